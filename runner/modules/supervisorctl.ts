/** Keeps programs of supervisord running, stopped, known or forgotten, by the host's supervisorctl. Ansible: community.general. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule } from '../core/module.ts'
import { quote, shText } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import type { Args, Change, Plan, Predicted, Step } from '../core/plan.ts'
import { Unknown } from '../core/value.ts'
import { supervisor } from '../probes/supervisor.ts'
import type { Supervised } from '../probes/supervisor.ts'
import { expand } from './files/paths.ts'

const args = {
  name: { type: 'str', required: true, doc: 'The program; a group where it ends with a colon; all means every program.' },
  state: { type: 'str', required: true, choices: ['present', 'started', 'restarted', 'stopped', 'absent', 'signalled'], doc: 'What is to be.' },
  stop_before_removing: { type: 'bool', default: false, doc: 'With absent: stops it first.' },
  signal: { type: 'str', doc: 'With signalled: the signal.' },
  config: { type: 'path', doc: 'Configuration that supervisorctl reads.' },
  server_url: { type: 'str', doc: 'Where supervisord listens.' },
  username: { type: 'str', doc: 'Account there.' },
  password: { type: 'str', secret: true, doc: 'Not supported, since every account of the host could read it among the arguments of supervisorctl: put it into the section [supervisorctl] of a file that config names.' },
  supervisorctl_path: { type: 'path', doc: 'Path of supervisorctl.' },
} as const
type Given = Args<typeof args>

interface Scene {
  readonly given: Given
  /** Without the colon of a group. */
  readonly name: string
  readonly isGroup: boolean
  /** Shell text of supervisorctl with its options. */
  readonly ctl: string
  readonly matched: readonly Supervised[]
  readonly data: Data
  /** What a later look finds, of all processes. */
  readonly foresee: (change: (one: Supervised) => Supervised | undefined) => Predicted[]
  readonly uncertain: readonly Predicted[]
}
const isActive = (one: Supervised): boolean => one.status === 'RUNNING' || one.status === 'STARTING'
const unchanged = (scene: Scene): Plan => ({ changes: [], steps: [], data: scene.data })
const functions = (ctl: string): string => `ctl() { LANGUAGE=C LC_ALL=C ${ctl} "$@" 2>&1 </dev/null; }
stop() { printf '%s\\n' "$1" >&2; exit 1; }
must() { o=$(ctl "$@") || stop "supervisorctl $*: $o"; }
says() { e=$1; shift; o=$(ctl "$@"); case $o in *"$e"*) ;; *) stop "supervisorctl $*: $o" ;; esac; }
`
const step = (scene: Scene, commands: readonly string[]): Step => ({ sh: functions(scene.ctl) + commands.join('\n') })
const doing = (action: readonly string[], expected: string, one: Supervised): string => shText`says ${`${one.name}: ${expected}`} ${action} ${one.name}`

/** Starts or stops those that need it; all of them in one command where all are meant. */
function planRunning(scene: Scene, action: 'start' | 'stop', affected: readonly Supervised[]): Plan {
  if (affected.length === 0) return unchanged(scene)
  const [expected, status] = action === 'start' ? ['started', 'RUNNING'] as const : ['stopped', 'STOPPED'] as const
  const names = new Set(affected.map((one) => one.name))
  return {
    changes: affected.map((one) => attr(one.name, 'state', one.status, status)),
    steps: [step(scene, scene.name === 'all' ? [`must ${action} all`] : affected.map((one) => doing([action], expected, one)))],
    after: scene.foresee((one) => names.has(one.name) ? { ...one, status } : one), data: { ...scene.data, affected: [...names] },
  }
}
/** Programs that the configuration has since then are restarted too: they are looked for after the update. */
function planRestarted(scene: Scene): Plan {
  const { name, isGroup } = scene, isAll = name === 'all' && !isGroup
  const pattern = isAll ? '*' : isGroup ? `${quote(name)}:*` : quote(name)
  const restart = isAll ? 'must restart all' : 'for p in $n; do says "$p: started" restart "$p"; done'
  const script = `must update\nn=$(ctl status | while read -r p s rest; do case $p in ${pattern}) printf '%s\\n' "$p" ;; esac; done)
${isAll ? '' : "[ -n \"$n\" ] || stop 'ERROR (no such process)'\n"}${restart}\nprintf '%s\\n' "$n"`
  return {
    changes: [{ kind: 'run', cmd: `supervisorctl restart ${scene.given.name}`, guarded: true }], steps: [step(scene, [script])], after: scene.uncertain, data: scene.data, later: ['affected'],
    done: ([ran]) => ({ affected: (ran?.stdout ?? '').split('\n').filter((line) => line !== '') }),
  }
}
function planPresent(scene: Scene): Plan {
  if (scene.matched.length > 0) return unchanged(scene)
  const add = ['must reread', shText`says ${`${scene.name}: added process group`} add ${scene.name}`]
  return { changes: [attr(scene.given.name, 'state', 'absent', 'present')], steps: [step(scene, add)], after: scene.uncertain, data: scene.data }
}
function planAbsent(scene: Scene): Plan {
  const { matched, given, name } = scene
  if (matched.length === 0) return unchanged(scene)
  const running = given.stop_before_removing ? matched.filter(isActive) : [], gone = new Set(matched.map((one) => one.name))
  const remove = ['must reread', shText`says ${`${name}: removed process group`} remove ${name}`]
  const changes: Change[] = [...running.map((one) => attr(one.name, 'state', one.status, 'STOPPED')), attr(given.name, 'state', 'present', 'absent')]
  return { changes, steps: [step(scene, [...running.map((one) => doing(['stop'], 'stopped', one)), ...remove])], after: scene.foresee((one) => gone.has(one.name) ? undefined : one), data: scene.data }
}
function planSignalled(scene: Scene): Plan {
  const running = scene.matched.filter((one) => one.status === 'RUNNING'), signal = scene.given.signal ?? ''
  if (running.length === 0) return unchanged(scene)
  return {
    changes: running.map((one) => ({ kind: 'run', cmd: `supervisorctl signal ${signal} ${one.name}`, guarded: true })),
    steps: [step(scene, running.map((one) => doing(['signal', signal], 'signalled', one)))], after: scene.uncertain, data: { ...scene.data, affected: running.map((one) => one.name) },
  }
}
function act(scene: Scene): Plan {
  const { state } = scene.given, { matched } = scene
  if (state === 'restarted') return planRestarted(scene)
  if (state === 'present') return planPresent(scene)
  if (state === 'absent') return planAbsent(scene)
  if (matched.length === 0 && scene.name !== 'all') throw new Failure('ERROR (no such process)', { name: scene.name })
  if (state === 'signalled') return planSignalled(scene)
  return state === 'started' ? planRunning(scene, 'start', matched.filter((one) => !isActive(one))) : planRunning(scene, 'stop', matched.filter(isActive))
}

export default defineModule({
  name: 'supervisorctl',
  doc: 'Keeps programs of supervisord.',
  args,
  rules: { requiredIf: [['state', 'signalled', ['signal']]] },
  async plan(given, target): Promise<Plan> {
    if (given.password) throw new Failure('password is not supported: every account of the host could read it among the arguments of supervisorctl', {}, 'put username and password into the section [supervisorctl] of a file with mode 0600, and name that with config')
    const isGroup = given.name.endsWith(':'), name = given.name.replace(/:+$/, '')
    const tool = given.supervisorctl_path === undefined ? 'supervisorctl' : await expand(target, given.supervisorctl_path)
    const config = given.config === undefined ? [] : ['-c', await expand(target, given.config)]
    const options = [...config, ...given.server_url ? ['-s', given.server_url] : [], ...given.username ? ['-u', given.username] : []]
    const key = { tool, options }, is = await target.read(supervisor, key)
    if (!is.hasTool) {
      throw new Failure(given.supervisorctl_path === undefined ? 'Failed to find required executable "supervisorctl": it is not on this host (the package is often called supervisor)' : `Provided path to supervisorctl does not exist or isn't executable: ${tool}`)
    }
    const matched = is.processes.filter((one) => isGroup ? one.name.startsWith(`${name}:`) : one.name === name || name === 'all')
    const about = { probe: supervisor.name, id: supervisor.id(key) }
    return act({
      given, name, isGroup, matched, ctl: shText`${tool} ${options}`, data: { name, state: given.state }, uncertain: [{ ...about, value: new Unknown('supervisord would start or change programs') }],
      foresee: (change) => [{ ...about, value: { hasTool: true, processes: is.processes.flatMap((one) => change(one) ?? []) } }],
    })
  },
})
