/** The other name of the module systemd. */
import systemd from './systemd.ts'

export default { ...systemd, name: 'systemd_service' }
