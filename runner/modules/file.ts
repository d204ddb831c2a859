/** Keeps a path a file, folder, link or absent, with rights, owner and times. */
import { Failure } from '../core/errors.ts'
import { defineModule, nothing } from '../core/module.ts'
import type { Data } from '../core/types.ts'
import type { Args, Plan, Target } from '../core/plan.ts'
import { content } from '../probes/content.ts'
import { flags } from '../probes/flags.ts'
import { absent, plainPath, stat } from '../probes/stat.ts'
import type { Answer } from '../probes/stat.ts'
import { tree, type Tree } from '../probes/tree.ts'
import { attributeArgs, lookUpWanted } from './files/attributes.ts'
import { planHard, planLink, sourcePath } from './files/links.ts'
import { baseName, expand, join, parentOf } from './files/paths.ts'
import { planAbsent, planDirectory, planFile, planTouch, stateOf } from './files/states.ts'
import { toMoment } from './files/times.ts'

type State = 'absent' | 'directory' | 'file' | 'hard' | 'link' | 'touch'

/** The folders that a path lies in, the outermost first. */
function above(path: string): string[] {
  const parent = parentOf(path)
  return parent === path || parent === '.' || parent === '/' ? [parent] : [...above(parent), parent]
}

async function place(target: Target, given: string, state: State | undefined, src: string | undefined): Promise<{ readonly path: string; readonly is: Answer }> {
  const path = plainPath(given)
  if (src === undefined || state === 'link' || state === 'absent') return { path, is: await target.read(stat, path) }
  const inside = join(path, baseName(src))
  const [own, below] = await Promise.all([target.read(stat, path), target.read(stat, inside)])
  const isFolder = own.type === 'directory' || (own.type === 'link' && own.to?.type === 'directory')
  return isFolder ? { path: inside, is: below } : { path, is: own }
}

const args = {
  path: { type: 'path', required: true, aliases: ['dest', 'name'], doc: 'The path.' },
  state: { type: 'str', choices: ['absent', 'directory', 'file', 'hard', 'link', 'touch'], doc: 'What it is to be. Default: what it is; else a file, or with recurse a directory.' },
  src: { type: 'path', doc: 'What a link leads to.' },
  recurse: { type: 'bool', default: false, doc: 'Also everything below a directory.' },
  force: { type: 'bool', default: false, doc: 'Make a link to what does not exist; replace a file by a link.' },
  follow: { type: 'bool', default: true, doc: 'Act on what a link leads to.' },
  modification_time: { type: 'str', doc: 'preserve, now, or a time. Default: preserve; with touch: now.' },
  modification_time_format: { type: 'str', default: '%Y%m%d%H%M.%S', doc: 'How modification_time is written.' },
  access_time: { type: 'str', doc: 'preserve, now, or a time. Default: preserve; with touch: now.' },
  access_time_format: { type: 'str', default: '%Y%m%d%H%M.%S', doc: 'How access_time is written.' },
  _diff_peek: { type: 'bool', doc: 'Only says whether the file looks binary.' },
  ...attributeArgs,
} as const
type Given = Args<typeof args>

export default defineModule({
  name: 'file',
  doc: 'Makes files, folders and links, removes them, and sets their rights.',
  args,
  async plan(given, target) {
    const [whole, src] = await Promise.all([expand(target, given.path), given.src === undefined ? undefined : expand(target, given.src)])
    if (given._diff_peek !== undefined) {
      const now = await target.read(content, { path: plainPath(whole) })
      return nothing({ path: whole, appears_binary: now.kind === 'file' && now.bytes?.subarray(0, 8192).includes(0) === true })
    }
    const path = plainPath(whole), plan = await planState(given, target, path, src)
    // Ansible gives the path back as it was given, with its slash.
    const goes = plan.changes.some((one) => one.kind === 'attr' && one.name === 'state' && one.before === 'directory' && one.after === 'absent')
    const details = async (): Promise<Data> => ({ path_content: contentsOf(path, await target.read(tree, { path })) })
    return { ...plan, diff: 'path', ...(goes ? { details } : {}), ...(plan.data?.path === path ? { data: { ...plan.data, path: whole } } : {}) }
  },
})

function contentsOf(path: string, all: Tree): Data {
  const below = all?.own.filter((one) => one.path !== path) ?? []
  const paths = (isFolder: boolean): string[] => below.filter(({ stat: is }) => (is.type === 'directory') === isFolder).map((one) => one.path)
  return { directories: paths(true), files: paths(false) }
}

/** All that is read: in one round trip. */
async function look(given: Given, target: Target, path: string, src: string | undefined) {
  const missing = given.state === 'touch' ? 'now' : 'preserve', folders = above(path)
  const [there, wanted, modification, access, aboves, own, whole, below, led] = await Promise.all([
    place(target, path, given.state, src), lookUpWanted(target, given),
    toMoment(target, given.modification_time, given.modification_time_format, missing), toMoment(target, given.access_time, given.access_time_format, missing),
    Promise.all(folders.map(async (one) => ({ path: one, is: await target.read(stat, one) }))),
    given.attributes === undefined ? null : target.read(flags, path),
    given.recurse ? target.read(tree, { path, follow: given.follow }) : undefined,
    given.state === 'link' && given.force ? target.read(tree, { path, depth: 1 }) : undefined,
    src === undefined ? undefined : target.read(stat, given.state === 'link' ? sourcePath(path, absent, src) : src),
  ])
  return { one: { ...there, wanted, times: { access, modification }, follow: given.follow, flags: own }, aboves, whole, below, led }
}

async function planState(given: Given, target: Target, asked: string, src: string | undefined): Promise<Plan> {
  const { one, aboves, whole, below, led } = await look(given, target, asked, src)
  const { path, is } = one
  const state: State = given.state ?? (is.type !== 'absent' ? currentState(is) : given.recurse ? 'directory' : 'file')
  if (given.recurse && state !== 'directory') throw new Failure("recurse option requires state to be 'directory'", { path })
  if (src !== undefined && state !== 'link' && state !== 'hard') throw new Failure("src option requires state to be 'link' or 'hard'", { path })
  const parent = aboves.at(-1)?.is ?? absent
  switch (state) {
    case 'absent': return planAbsent(one)
    case 'directory': return planDirectory(one, aboves, whole)
    case 'file': return planFile(one)
    case 'touch': return planTouch(one, parent)
    case 'link': case 'hard': {
      const isFolder = state === 'link' && is.type === 'directory' && src !== undefined
      const source = isFolder ? await target.read(stat, sourcePath(path, is, src)) : led ?? (is.type === 'link' ? is.to ?? absent : absent)
      const link = { ...one, src, force: given.force, source, parent, below }
      return state === 'link' ? planLink(link) : planHard(link)
    }
  }
}

function currentState(is: Answer): State {
  const state = stateOf(is)
  return state === 'link' || state === 'directory' || state === 'hard' ? state : 'file'
}
