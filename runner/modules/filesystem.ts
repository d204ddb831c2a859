/** Makes a file system on a device, or takes it away. Ansible: community.general. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Plan, Predicted } from '../core/plan.ts'
import { filesystem } from '../probes/tools.ts'

/** The program for each, and what it is told so that it neither asks nor refuses. */
const makers: Readonly<Record<string, readonly [tool: string, force: readonly string[]]>> = {
  ext2: ['mkfs.ext2', ['-F']], ext3: ['mkfs.ext3', ['-F']], ext4: ['mkfs.ext4', ['-F']], ext4dev: ['mkfs.ext4', ['-F']], xfs: ['mkfs.xfs', ['-f']], btrfs: ['mkfs.btrfs', ['-f']],
  vfat: ['mkfs.vfat', ['-I']], f2fs: ['mkfs.f2fs', ['-f']], swap: ['mkswap', ['-f']], lvm: ['pvcreate', ['-f']],
}
const types: Readonly<Record<string, string>> = { LVM2_member: 'lvm' }

export default defineModule({
  name: 'filesystem',
  doc: 'Makes a file system on a device, or takes it away.',
  args: {
    dev: { type: 'path', required: true, aliases: ['device'], doc: 'The device, or a file.' },
    fstype: { type: 'str', aliases: ['type'], choices: ['btrfs', 'ext2', 'ext3', 'ext4', 'ext4dev', 'f2fs', 'lvm', 'swap', 'vfat', 'xfs'], doc: 'Its kind.' },
    state: { type: 'str', default: 'present', choices: ['present', 'absent'], doc: 'Whether there is one.' },
    force: { type: 'bool', default: false, doc: 'Makes it though another one is there.' },
    opts: { type: 'str', doc: 'More options of mkfs.' },
    resizefs: { type: 'bool', default: false, doc: 'Lets it grow.', unsupported: 'play does not resize file systems; use a command' },
    uuid: { type: 'str', doc: 'Its UUID.', unsupported: 'write it into opts' },
    label: { type: 'str', doc: 'Its label.', unsupported: 'write it into opts' },
  },
  rules: { requiredIf: [['state', 'present', ['fstype']]] },
  async plan({ dev, fstype, state, force, opts }, target): Promise<Plan> {
    const is = await target.read(filesystem, dev), now = types[is.fstype] ?? is.fstype
    if (!is.exists) {
      if (state === 'absent') return nothing({ msg: `Device ${dev} not found.` })
      throw new Failure(`Device ${dev} not found.`)
    }
    const after = (kind: string): Predicted[] => [{ probe: filesystem.name, id: dev, value: { ...is, fstype: kind === 'lvm' ? 'LVM2_member' : kind } }]
    if (state === 'absent') {
      return now === '' ? nothing() : { changes: [attr(dev, 'fstype', now, null)], steps: [{ sh: `PATH=$PATH:/usr/sbin:/sbin; ${shText`wipefs --all -- ${dev}`}` }], after: after('') }
    }
    const [tool, flags] = makers[fstype ?? ''] ?? ['', []], wanted = fstype === 'ext4dev' ? 'ext4' : fstype ?? ''
    if (now === wanted && !force) return nothing()
    if (now !== '' && !force) throw new Failure(`'${dev}' is already used as ${now}, use force=true to overwrite`, { rc: 1, err: '' })
    if (!is.tools.includes(tool)) throw new Failure(`${tool} is not on this host: the package that makes ${wanted} file systems has it`)
    return {
      changes: [attr(dev, 'fstype', now === '' ? null : now, wanted)], after: after(wanted),
      steps: [{ sh: `PATH=$PATH:/usr/sbin:/sbin; ${shText`${tool} ${force || ['ext2', 'ext3', 'ext4'].includes(wanted) ? flags : []} ${(opts ?? '').split(/\s+/).filter((word) => word !== '')} ${dev}`}` }],
    }
  },
})
