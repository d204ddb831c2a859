/** Keeps a path a file, folder, link or absent, with rights, owner and times. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import type { Target } from '../core/types.ts'
import { flags } from '../probes/flags.ts'
import { absent, plainPath, stat } from '../probes/stat.ts'
import type { Answer } from '../probes/stat.ts'
import { tree } from '../probes/tree.ts'
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

export default defineModule({
  name: 'file',
  doc: 'Makes files, folders and links, removes them, and sets their rights.',
  args: {
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
    ...attributeArgs,
  },
  async plan(args, target) {
    const given = await expand(target, args.path)
    const src = args.src === undefined ? undefined : await expand(target, args.src)
    const missing = args.state === 'touch' ? 'now' : 'preserve'
    const folder = plainPath(given), folders = above(folder)
    const [{ path, is }, wanted, modification, access, aboves, own, whole, under, led] = await Promise.all([
      place(target, given, args.state, src), lookUpWanted(target, args),
      toMoment(target, args.modification_time, args.modification_time_format, missing), toMoment(target, args.access_time, args.access_time_format, missing),
      Promise.all(folders.map((one) => target.read(stat, one))),
      args.attributes === undefined ? null : target.read(flags, folder),
      args.recurse ? target.read(tree, { path: folder, follow: args.follow }) : undefined,
      args.state === 'link' && args.force ? target.read(tree, { path: folder, depth: 1 }) : undefined,
      src === undefined ? undefined : target.read(stat, args.state === 'link' ? sourcePath(folder, absent, src) : src),
    ])
    const state: State = args.state ?? (is.type !== 'absent' ? currentState(is) : args.recurse ? 'directory' : 'file')
    if (args.recurse && state !== 'directory') throw new Failure("recurse option requires state to be 'directory'", { path })
    if (src !== undefined && state !== 'link' && state !== 'hard') throw new Failure("src option requires state to be 'link' or 'hard'", { path })
    const one = { path, is, wanted, times: { access, modification }, follow: args.follow, flags: own }
    const parent = aboves.at(-1) ?? absent
    switch (state) {
      case 'absent': return planAbsent(one)
      case 'directory': return planDirectory(one, folders.map((at, i) => ({ path: at, is: aboves[i] ?? absent })), whole)
      case 'file': return planFile(one)
      case 'touch': return planTouch(one, parent)
      case 'link': case 'hard': {
        const isFolder = state === 'link' && is.type === 'directory' && src !== undefined
        const source = isFolder ? await target.read(stat, sourcePath(path, is, src)) : led ?? (is.type === 'link' ? is.to ?? absent : absent)
        const link = { ...one, src, force: args.force, source, parent, below: under }
        return state === 'link' ? planLink(link) : planHard(link)
      }
    }
  },
})

function currentState(is: Answer): State {
  const state = stateOf(is)
  return state === 'link' || state === 'directory' || state === 'hard' ? state : 'file'
}
