/** A file that a program of the host makes: its bytes are not known before, only that they are to be made anew, and the rights. */
import { Failure } from '../../core/errors.ts'
import { Missing } from '../../core/missing.ts'
import { attr } from '../../core/module.ts'
import { shText } from '../../core/sh.ts'
import type { Data } from '../../core/types.ts'
import type { Plan, Predicted, Target } from '../../core/plan.ts'
import { content } from '../../probes/content.ts'
import { flags } from '../../probes/flags.ts'
import { followed, pathInfo, plainPath, stat } from '../../probes/stat.ts'
import type { Stat } from '../../probes/stat.ts'
import { made, planAttributes, planFlags, predicted } from './attributes.ts'
import type { Wanted } from './attributes.ts'
import { isFolder, planContent } from './deliver.ts'
import type { Place } from './deliver.ts'
import { parentOf } from './paths.ts'
import { backupName, foreseeGone, foreseeUnseen, shellLines, writeStep } from './write.ts'

/** As readPlace, but no bytes are brought here: they may be secret, or many. */
export async function readUnseen(target: Target, path: string, asksFlags: boolean): Promise<Place> {
  const plain = plainPath(path)
  const [is, now, parent, own] = await Promise.all([target.read(stat, plain), target.read(content, { path: plain, max: 0 }), target.read(stat, parentOf(plain)), asksFlags ? target.read(flags, plain) : null])
  return { path: plain, is, content: now, parent, flags: own }
}
export interface Production {
  readonly place: Place; readonly wanted: Wanted
  /** Shell text that writes "$tmp"; what it prints is the step's output. */
  readonly writes: string
  readonly note: string
  readonly unsafeWrites: boolean; readonly backup?: boolean
  readonly after?: readonly Predicted[]
}
/** The plan that makes it. `data` has what is known of the file; the size is told by `done`. */
export function planProduced(job: Production): Plan {
  const { path, is } = job.place, parent = followed(job.place.parent)
  if (isFolder(is)) throw new Failure(`${path} is a directory`, { dest: path })
  if (is.type === 'absent' && parent.type !== 'directory') {
    throw new Missing(`The directory ${parentOf(path)} does not exist or the file is not a directory`, { name: parentOf(path) }, () => produced(job, undefined))
  }
  return produced(job, parent.type === 'absent' ? undefined : parent)
}
function produced({ place, wanted, writes, note, unsafeWrites, backup = false, after = [] }: Production, parent: Stat | undefined): Plan {
  const { path, is } = place, born = made('file', parent, wanted.account, undefined)
  const rights = planAttributes(path, is.type === 'absent' || is.type === 'link' ? born : predicted(is, { size: undefined }, wanted.account), wanted), own = planFlags(path, place.flags, wanted)
  const become = predicted(rights.after, { size: undefined }, wanted.account)
  const step = writeStep({
    path, was: is, sha1: is.type === 'file' && place.content.kind === 'file' ? place.content.sha1 : undefined, become, born, backup: backup ? path : undefined, unsafeWrites,
    source: { writes: `${writes}\nprintf '\\nsize %s\\n' "$(($(wc -c <"$tmp")))"` },
  })
  return {
    changes: [...(is.type === 'absent' ? [attr(path, 'state', 'absent', 'file')] : []), { kind: 'text', of: path, before: '', after: '', note }, ...rights.changes, ...own.changes],
    steps: [step, ...own.commands.length === 0 ? [] : [shellLines(own.commands)]],
    after: [...foreseeUnseen(path, become, `${path} would be made`, {}), ...own.after, ...after], data: pathInfo(become), later: ['size', ...(backup && is.type === 'file' ? ['backup_file'] : [])],
    done: ([ran]): Data => ({ size: Number(/^size (\d+)$/m.exec(ran?.stdout ?? '')?.[1] ?? 0), ...(backup && is.type === 'file' ? { backup_file: backupName(ran) } : {}) }),
  }
}
/** It is as it should be, but perhaps for its rights. */
export function planKept(place: Place, wanted: Wanted): Plan {
  if (place.is.type === 'absent') return { changes: [], steps: [] }
  const plan = planContent(place, { source: { file: '', sha1: place.content.kind === 'file' ? place.content.sha1 : '', size: undefined }, wanted })
  const { checksum: _, path: __, dest: ___, ...data } = plan.data ?? {}
  return { ...plan, data }
}
/** It goes, perhaps with a dated copy kept. */
export function planRemoved(path: string, isThere: boolean, backup: boolean, data: Data): Plan {
  if (!isThere) return { changes: [], steps: [], data }
  const copy = backup ? shText`b=${path}.$$.$(date '+%Y-%m-%d@%H:%M:%S')~; cp -p -- ${path} "$b" && printf '%s\\n' "$b" && ` : ''
  return {
    changes: [attr(path, 'state', 'file', 'absent')], steps: [{ sh: `${copy}${shText`rm -f -- ${path}`}` }], after: foreseeGone(path), data,
    done: ([ran]): Data => backup ? { backup_file: ran?.stdout.trim() ?? '' } : {},
  }
}
