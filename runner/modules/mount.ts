/** Keeps mounts: in fstab, and now. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule } from '../core/module.ts'
import { sh, shText } from '../core/sh.ts'
import type { Args, Plan } from '../core/plan.ts'
import { mounted } from '../probes/answers.ts'
import { followed, stat } from '../probes/stat.ts'
import { dropEntry, setEntry, type Entry } from './config/fstab.ts'
import { chain, planText } from './config/text.ts'

const args = {
  path: { type: 'path', required: true, aliases: ['name'], doc: 'Where it is mounted.' },
  src: { type: 'path', doc: 'What is mounted.' },
  fstype: { type: 'str', doc: 'Kind of file system.' },
  opts: { type: 'str', doc: 'Options.' },
  dump: { type: 'str', default: '0', doc: 'Dump frequency.' },
  passno: { type: 'str', default: '0', doc: 'Order of checks.' },
  state: { type: 'str', required: true, choices: ['absent', 'absent_from_fstab', 'mounted', 'present', 'unmounted', 'remounted', 'ephemeral'], doc: 'mounted: now and in fstab; present: in fstab; unmounted: not now; absent: neither, and the folder goes too; ephemeral: now only.' },
  fstab: { type: 'path', default: '/etc/fstab', doc: 'The file.' },
  boot: { type: 'bool', default: true, doc: 'Whether it is mounted at boot.' },
  backup: { type: 'bool', default: false, doc: 'Keeps a copy of fstab.' },
  opts_no_log: { type: 'bool', default: false, doc: 'Keeps opts out of the output.' },
} as const
type MountArgs = Args<typeof args>

function entryOf(one: MountArgs): Entry {
  const opts = one.opts ?? 'defaults'
  return { src: one.src ?? '', name: one.path, fstype: one.fstype ?? '', opts: one.boot || opts.split(',').includes('noauto') ? opts : `${opts},noauto`, dump: one.dump, passno: one.passno }
}
const predict = (one: MountArgs, isMounted: boolean): NonNullable<Plan['after']> =>
  isMounted ? [{ unknown: `what ${one.path} holds once it is mounted is not known`, within: [one.path] }] : [{ probe: mounted.name, id: one.path, value: undefined }]

export default defineModule({
  name: 'mount',
  doc: 'Keeps mounts.',
  args,
  rules: { requiredIf: [['state', 'mounted', ['src', 'fstype']], ['state', 'present', ['src', 'fstype']], ['state', 'ephemeral', ['src', 'fstype']]] },
  async plan(one, target): Promise<Plan> {
    const entry = entryOf(one), { state, path } = one
    const editsTab = ['mounted', 'present', 'absent', 'absent_from_fstab'].includes(state)
    const [now, place, tab] = await Promise.all([
      target.read(mounted, path), target.read(stat, path),
      editsTab ? planText(target, one.fstab, (text) => state === 'mounted' || state === 'present' ? setEntry(text ?? '', entry) : dropEntry(text ?? '', entry), { backup: one.backup, makeParents: true }) : undefined,
    ])
    const plans: Plan[] = []
    const isThere = followed(place).type !== 'absent'
    if ((state === 'mounted' || state === 'ephemeral') && !isThere && path !== 'none') plans.push({ changes: [attr(path, 'state', 'absent', 'directory')], steps: [sh`mkdir -p -- ${path}`] })
    if (tab !== undefined) plans.push(tab)
    const mountLine = one.fstab === '/etc/fstab' && state === 'mounted' ? shText`mount -- ${path}` : shText`mount -t ${entry.fstype} -o ${entry.opts.split(',').filter((opt) => opt !== 'noauto').join(',')} -- ${entry.src} ${path}`
    if ((state === 'mounted' || state === 'ephemeral') && now === undefined) plans.push({ changes: [attr(path, 'mounted', false, true)], steps: [{ sh: `${mountLine} 2>&1` }], after: predict(one, true) })
    else if (state === 'ephemeral' && now !== undefined && now.source !== one.src) throw new Failure(`Ephemeral mount point is already mounted with a different source (${now.source})`, { name: path })
    else if (state === 'mounted' && tab !== undefined && tab.changes.length > 0) plans.push({ changes: [attr(path, 'mounted', 'old options', 'new options')], steps: [sh`mount -o remount -- ${path} 2>/dev/null || { umount -- ${path} && mount -- ${path}; }`], after: predict(one, true) })
    if (state === 'remounted') {
      if (now === undefined) throw new Failure(`Unable to remount ${path}: it is not mounted`, { name: path })
      plans.push({ changes: [attr(path, 'mounted', true, 'remounted')], steps: [sh`mount -o ${['remount', ...(one.opts === undefined ? [] : [one.opts])].join(',')} -- ${path}`] })
    }
    if ((state === 'unmounted' || state === 'absent') && now !== undefined) plans.push({ changes: [attr(path, 'mounted', true, false)], steps: [sh`umount -- ${path}`], after: predict(one, false) })
    if (state === 'absent' && isThere) {
      const below = { changes: [attr(path, 'state', 'directory', 'absent')], steps: [sh`rmdir -- ${path}`], after: [{ probe: stat.name, id: stat.id(path), value: { type: 'absent' } }] }
      plans.push(below)
    }
    const data = { name: path, src: one.src ?? null, fstype: one.fstype ?? null, opts: one.opts_no_log ? '********' : entry.opts, dump: one.dump, passno: one.passno, fstab: one.fstab, boot: one.boot ? 'yes' : 'no' }
    return chain(plans, data)
  },
})
