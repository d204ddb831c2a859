/** Copies files between the controller and the host by rsync: as Ansible's action does, it runs rsync here, or where the task is delegated to. */
import { Failure } from '../core/errors.ts'
import { defineAction } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import type { Control, Ran, Step } from '../core/plan.ts'
import { expandable } from '../core/words.ts'
import { UnknownValue } from '../core/value.ts'
import { followed, stat } from '../probes/stat.ts'
import { reading, rsyncWords, synchronizeArgs } from './rsync/command.ts'
import type { Ends, SynchronizeArgs } from './rsync/command.ts'

/** Where rsync runs and what it connects to. `isOneMachine`: both paths are on the machine where it runs. */
interface Course { readonly at: 'controller' | 'host'; readonly isOneMachine: boolean; readonly host: string }
function courseOf(control: Control): Course {
  const { endpoint, delegated, name } = control.way()
  const host = endpoint.connection === 'local' ? name : endpoint.host
  const isOneMachine = delegated === undefined ? endpoint.connection === 'local' : delegated === name || delegated === endpoint.host
  return { at: delegated === undefined && !isOneMachine ? 'controller' : 'host', isOneMachine, host }
}

/** A relative path is one of the controller: of the role's files/ or the playbook's, with its slash at the end. */
async function ownPath(control: Control, path: string): Promise<string> {
  if (path.includes(':') || path.startsWith('/') || path.startsWith('~')) return path
  const found = await control.local('files', path.replace(/\/+$/, '') || path).then((file) => file.path, () => `${String(control.variable('playbook_dir'))}/${path}`)
  return path.endsWith('/') && !found.endsWith('/') ? `${found}/` : found
}
function otherPath(path: string, host: string, user: string | undefined): string {
  if (path.startsWith('rsync://')) return path
  const who = user === undefined ? '' : `${user}@`
  if (host.includes(':')) return `[${who}${host}]:${path}`
  return !path.includes(':') ? `${who}${host}:${path}` : path.includes('@') ? path : who + path
}

async function endsOf(args: SynchronizeArgs, control: Control, course: Course): Promise<Ends> {
  const { endpoint, become, delegated } = control.way(), given = control.variable('ansible_rsync_path')
  const base = { rsync: typeof given === 'string' && given !== '' ? given : 'rsync', rsyncPath: args.rsync_path, cwd: String(control.variable('playbook_dir')) }
  if (course.isOneMachine) return { ...base, src: await ownPath(control, args.src), dest: await ownPath(control, args.dest) }
  const isContainer = endpoint.connection === 'docker' || endpoint.connection === 'podman'
  const user = isContainer || !args.set_remote_user ? undefined : endpoint.user, isPull = args.mode === 'pull'
  const src = isPull ? otherPath(args.src, course.host, user) : await ownPath(control, args.src)
  const dest = isPull ? await ownPath(control, args.dest) : otherPath(args.dest, course.host, user)
  const { port, privateKeyFile: privateKey, sshArgs = [] } = endpoint
  if (isContainer && delegated === undefined) {
    const who = become?.user ?? endpoint.user
    return { ...base, src, dest, rsh: shText`${[endpoint.connection, ...(endpoint.extraArgs ?? []), 'exec', ...(who === undefined ? [] : ['-u', who]), '-i']}` }
  }
  if (become !== undefined && args.rsync_path === undefined && become.method !== 'sudo') throw new Failure(`synchronize can become another user by sudo only, not by ${become.method}: give rsync_path, or become: false`)
  const rsyncPath = args.rsync_path ?? (become === undefined ? undefined : `sudo -u ${become.user} rsync`)
  return { ...base, src, dest, port, privateKey, sshArgs, rsyncPath }
}

/** The password goes to sshpass by a pipe, never among arguments. */
function stepOf(words: readonly string[], password: string | undefined): Step {
  const command = words.map((word) => expandable(word)).join(' ')
  const missing = shText`command -v ${words[0] ?? ''} >/dev/null || { echo ${`Failed to find required executable "${words[0] ?? ''}" in paths`} >&2; exit 127; }\n`
  if (password === undefined) return { sh: `${missing}${command} </dev/null`, okRc: 'any' }
  return {
    sh: `${missing}command -v sshpass >/dev/null || { echo 'to use rsync connection with passwords, you must install the sshpass program' >&2; exit 127; }\nsshpass -d3 ${command} 3<&0 </dev/null`,
    stdin: new TextEncoder().encode(`${password}\n`), okRc: 'any',
  }
}

/** A dry run fails where what it needs is only foreseen: rsync does not find it. */
async function explain(args: SynchronizeArgs, control: Control, course: Course, said: string): Promise<void> {
  if (!control.checkMode || (course.at === 'host' && !course.isOneMachine)) return
  const folder = args.dest.replace(/\/+$/, ''), ofDest = [folder, folder.replace(/\/[^/]*$/, '')]
  const paths = course.isOneMachine ? [args.src, ...ofDest] : args.mode === 'pull' ? [args.src] : ofDest
  for (const path of paths.filter((one) => one !== '' && !one.includes(':'))) {
    const is = followed(await control.read(stat, path))
    if (is.type !== 'absent' && is.live === undefined) throw new UnknownValue(`${path} is not there before the real run (otherwise: ${said.trim()})`)
  }
}

export default defineAction({
  name: 'synchronize',
  doc: 'Copies files between the controller and the host by rsync, which both need.',
  args: synchronizeArgs,
  needsHost: true,
  inCheckMode: 'run',
  async run(args, control): Promise<Data> {
    const course = courseOf(control), ends = await endsOf(args, control, course)
    if (args.rsync_opts.includes('')) control.warn('The empty string is present in rsync_opts which will cause rsync to transfer the current working directory: use "." where that is meant')
    const words = rsyncWords(args, ends, control.checkMode)
    const password = course.isOneMachine || ends.rsh !== undefined ? undefined : control.way().endpoint.password
    const step = stepOf(words, password)
    const [ran] = course.isOneMachine ? await control.run([step]) : await control.plainly(course.at, [step])
    return await result(args, control, course, words, ran)
  },
})
async function result(args: SynchronizeArgs, control: Control, course: Course, words: readonly string[], ran: Ran | undefined): Promise<Data> {
  const cmd = words.map((word) => shText`${word}`).join(' ')
  if (ran?.rc !== 0) {
    const said = ran?.stderr ?? ''
    await explain(args, control, course, said)
    throw new Failure(said.trim() === '' ? `rsync ended with exit code ${ran?.rc ?? ''}` : said, { rc: ran?.rc ?? null, cmd })
  }
  const told = reading(ran.stdout, args)
  if (told.changed && control.checkMode) control.unforeseen(`what synchronize brings to ${args.dest} is not known`)
  return { ...told, rc: 0, cmd, ...(control.diffMode ? { diff: { prepared: told.msg } } : {}) }
}
