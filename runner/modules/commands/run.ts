/** What command and shell share: when to run at all, the step, and the result keys. */
import { Failure } from '../../core/errors.ts'
import type { Data } from '../../core/types.ts'
import type { Arg, Plan, Predicted, Ran, Step, Target } from '../../core/plan.ts'
import { dateText, deltaText, splitLines } from '../../core/pytext.ts'
import { account } from '../../probes/account.ts'
import { glob, isGlob } from '../../probes/glob.ts'
import { followed, plainPath, stat } from '../../probes/stat.ts'
import { made } from '../files/attributes.ts'
import { expand, join } from '../files/paths.ts'

export const runArgs = {
  _raw_params: { type: 'str', doc: 'The command as free-form text.' },
  cmd: { type: 'str', doc: 'The command.' },
  chdir: { type: 'path', doc: 'Folder to run in; it must exist.' },
  creates: { type: 'path', doc: 'A path or shell pattern: when it exists, the command is not run.' },
  removes: { type: 'path', doc: 'A path or shell pattern: when it does not exist, the command is not run.' },
  executable: { type: 'path', doc: 'The shell to use instead of /bin/sh.' },
  stdin: { type: 'str', doc: 'Text for the command to read.' },
  stdin_add_newline: { type: 'bool', default: true, doc: 'Ends stdin with a line break.' },
  strip_empty_ends: { type: 'bool', default: true, doc: 'Drops line breaks from the end of stdout and stderr.' },
  warn: { type: 'bool', doc: 'Accepted for old playbooks, without effect.' },
} as const satisfies Readonly<Record<string, Arg>>

export interface Conditions { readonly chdir?: string | undefined; readonly creates?: string | undefined; readonly removes?: string | undefined }
/** Answers of the conditions: the folder to run in, and the plan that says why nothing is to do. */
export interface Checked {
  /** It runs because of what `creates` or `removes` found: a dry run announces it. */
  readonly guarded: boolean
  readonly chdir?: string; readonly idle?: Plan; /** Why it is idle, in the words of actions. */ readonly why?: string; readonly after: readonly Predicted[]
}

export const stripEnd = (text: string): string => text.replace(/[\r\n]+$/, '')
const output = (text: string, strip: boolean): string => strip ? stripEnd(text) : text

/** Result keys of a command that ran. */
export function resultOf(ran: Ran, cmd: unknown, strip: boolean): Data {
  const stdout = output(ran.stdout, strip), stderr = output(ran.stderr, strip)
  return {
    cmd, stdout, stderr, rc: ran.rc, start: dateText(ran.startedAt), end: dateText(ran.startedAt + ran.ms), delta: deltaText(ran.ms),
    stdout_lines: splitLines(stdout), stderr_lines: splitLines(stderr),
    ...(ran.rc === 0 ? { msg: '' } : { msg: 'The command exited with a non-zero return code.', failed: true }),
  }
}

/** Reads `chdir`, `creates` and `removes` at once. Throws where the folder is missing. */
export async function check({ chdir, creates, removes }: Conditions, cmd: unknown, target: Target): Promise<Checked> {
  const folder = chdir === undefined ? undefined : await expand(target, chdir)
  const from = async (path: string | undefined): Promise<string | undefined> =>
    path === undefined ? undefined : join(folder ?? '', await expand(target, path))
  const [created, removed] = await Promise.all([from(creates), from(removes)])
  const exists = async (path: string | undefined): Promise<boolean> => {
    if (path === undefined) return false
    return isGlob(path) ? (await target.read(glob, path)).length > 0 : (await target.read(stat, path)).type !== 'absent'
  }
  const [place, hasCreated, hasRemoved, who] = await Promise.all([
    folder === undefined ? undefined : target.read(stat, folder), exists(created), exists(removed),
    created === undefined ? undefined : target.read(account, target.user),
  ])
  if (place !== undefined && followed(place).type !== 'directory') {
    const why = `${folder ?? ''} is ${place.type === 'absent' ? 'not there' : 'no directory'}`
    throw new Failure(`Unable to change directory before execution: ${why}.`, { cmd, start: null, end: null, delta: null, stdout: '', stdout_lines: [], stderr: '', stderr_lines: [] }, 'correct chdir, or make the folder in an earlier task')
  }
  const reason = hasCreated ? [creates, 'exists'] : removes !== undefined && !hasRemoved ? [removes, 'does not exist'] : undefined
  return {
    guarded: creates !== undefined || removes !== undefined, ...(folder === undefined ? {} : { chdir: folder }), after: created === undefined || who === undefined || isGlob(created) ? [] : [{ probe: stat.name, id: plainPath(created), value: made('file', undefined, who, 0) }],
    ...(reason === undefined ? {} : { idle: skip(cmd, reason[0] ?? '', reason[1] ?? ''), why: `${reason[0] ?? ''} ${reason[1] ?? ''}, matching ${hasCreated ? 'creates' : 'removes'} option` }),
  }
}

function skip(cmd: unknown, path: string, what: string): Plan {
  const stdout = `skipped, since ${path} ${what}`
  return {
    changes: [], steps: [],
    data: {
      cmd, rc: 0, stdout, stdout_lines: [stdout], stderr: '', stderr_lines: [], start: null, end: null, delta: null,
      msg: `Did not run command since '${path}' ${what}`,
    },
  }
}

export const inputOf = (stdin: string | undefined, newline: boolean): Uint8Array | undefined =>
  stdin === undefined ? undefined : new TextEncoder().encode(stdin + (newline ? '\n' : ''))

/** The plan of a command: nobody can say what it will have done, except that it makes what it `creates`. */
export function runPlan(shown: string, cmd: unknown, step: Step, checked: Checked, done: (ran: Ran) => Data): Plan {
  const short = shown.length > 60 ? `${shown.slice(0, 57)}…` : shown
  return {
    changes: [{ kind: 'run', cmd: shown, ...(checked.guarded ? { guarded: true } : {}) }],
    steps: [{ ...step, okRc: 'any', ...(checked.chdir === undefined ? {} : { cwd: checked.chdir }) }],
    data: { cmd },
    later: ['stdout', 'stdout_lines', 'stderr', 'stderr_lines', 'rc', 'start', 'end', 'delta'],
    after: [
      { unknown: `what the command "${short.replaceAll('\n', ' ')}" would leave is not known` },
      ...checked.after,
    ],
    done: ([ran]) => ran === undefined ? {} : done(ran),
  }
}
