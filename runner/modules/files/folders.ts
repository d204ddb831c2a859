/** Folders that a task makes on its way: read with everything above them, made from the outside in. */
import { Failure } from '../../core/errors.ts'
import { attr } from '../../core/module.ts'
import { shText } from '../../core/sh.ts'
import type { Change, Plan, Predicted, Target } from '../../core/plan.ts'
import { followed, plainPath, stat } from '../../probes/stat.ts'
import type { Answer, Stat } from '../../probes/stat.ts'
import { made, planAttributes } from './attributes.ts'
import type { Wanted } from './attributes.ts'
import { parentOf } from './paths.ts'
import { shellLines } from './write.ts'

/** The path and the folders that it lies in, the outermost first. */
export function chain(path: string): string[] {
  const parent = parentOf(path)
  return parent === path || path === '.' || path === '/' ? [path] : [...chain(parent), path]
}
export interface Link { readonly path: string; readonly is: Answer }
export const readChain = (target: Target, path: string): Promise<Link[]> =>
  Promise.all(chain(plainPath(path)).map(async (one) => ({ path: one, is: await target.read(stat, one) })))

/** Makes what is missing of a chain; `end` is the folder as it will be. */
export function planFolders(links: readonly Link[], wanted: Wanted): { readonly plan: Plan; readonly end: Stat | undefined; readonly made: readonly { readonly path: string; readonly is: Stat }[] } {
  const changes: Change[] = [], commands: string[] = [], after: Predicted[] = [], news: { path: string; is: Stat }[] = []
  let parent: Stat | undefined
  for (const { path, is } of links) {
    const there = followed(is)
    if (there.type !== 'absent') {
      if (there.type !== 'directory') throw new Failure(`${path} is no directory`, { path })
      parent = there
      continue
    }
    const born = made('directory', parent, wanted.account, undefined)
    const rights = planAttributes(path, born, wanted)
    changes.push(attr(path, 'state', 'absent', 'directory'), ...rights.changes)
    commands.push(shText`mkdir -- ${path} || [ -d ${path} ]`, ...rights.commands)
    parent = { ...rights.after, fresh: true }
    news.push({ path, is: parent })
    after.push({ probe: stat.name, id: stat.id(path), value: parent })
  }
  const plan = changes.length === 0 ? { changes, steps: [] } : { changes, steps: [shellLines(commands)], after }
  return { plan, end: parent, made: news }
}
