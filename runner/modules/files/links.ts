/** Symbolic and hard links of the file module. */
import { Failure } from '../../core/errors.ts'
import { attr } from '../../core/module.ts'
import { shText } from '../../core/sh.ts'
import type { Plan } from '../../core/plan.ts'
import { followed, leadsTo, pathInfo, stat } from '../../probes/stat.ts'
import type { Answer, Stat } from '../../probes/stat.ts'
import type { Tree } from '../../probes/tree.ts'
import { made, predicted } from './attributes.ts'
import { parentOf, join } from './paths.ts'
import { Draft, planEnding, planExisting, stateOf } from './states.ts'
import type { Case } from './states.ts'

/** The file that a link's text leads to, where it is relative. Ansible counts from the path itself if that is a folder. */
export const sourcePath = (path: string, is: Answer, src: string): string => join(is.type === 'directory' ? path : parentOf(path), src)

export interface LinkCase extends Case {
  readonly src: string | undefined
  readonly force: boolean
  /** What `src` leads to from here. */
  readonly source: Answer
  readonly parent: Answer
  /** One level of a folder that a link is to replace. */
  readonly below: Tree | undefined
}

function refuse({ path, is, force, source, src, below }: LinkCase): void {
  if (!force && src !== undefined && followed(source).type === 'absent') {
    throw new Failure(`src file does not exist, use 'force=yes' if you really want to create the link: ${sourcePath(path, is, src)}`, { path, src })
  }
  const state = stateOf(is)
  if (state === 'directory' && force && (below?.own.length ?? 1) > 1) throw new Failure(`the directory ${path} is not empty, refusing to convert it`, { path })
  if (state !== 'absent' && state !== 'link' && !force) throw new Failure(`refusing to convert from ${state} to symlink for ${path}`, { path })
}

const replaceBy = (command: string, path: string, is: Answer): string => {
  const tmp = `${parentOf(path) === '/' ? '' : parentOf(path)}/.${path.slice(path.lastIndexOf('/') + 1).slice(0, 200)}.link`
  return [
    shText`tmp=${tmp}.$$; rm -f -- "$tmp"`, command,
    is.type === 'directory' ? shText`rmdir -- ${path}` : shText`[ ! -d ${path} ] || [ -h ${path} ] || { echo ${path} ${'is a directory by now: run again'} >&2; exit 1; }`,
    // mv would move it into a folder that the old link leads to.
    shText`[ ! -h ${path} ] || rm -f -- ${path}`, shText`mv -f -- "$tmp" ${path}`,
  ].join('\n')
}

export function planLink(one: LinkCase): Plan {
  const { path, is, follow, source, wanted } = one
  const src = one.src ?? (follow && is.type === 'link' && is.to !== undefined ? is.target : undefined)
  refuse(one)
  const draft = new Draft()
  if (src === undefined && is.type !== 'link') throw new Failure('src is required for creating new symlinks')
  const isNew = is.type !== 'link', turns = is.type === 'link' && src !== undefined && is.target !== src
  let link: Stat
  if (is.type !== 'link' || (turns && src !== undefined)) {
    const text = src ?? ''
    if (isNew) draft.changes.push(attr(path, 'state', stateOf(is), 'link'))
    draft.changes.push(attr(path, 'src', is.type === 'link' ? is.target ?? null : null, text))
    draft.commands.push(is.type === 'absent' ? shText`ln -s -- ${text} ${path}` : replaceBy(shText`ln -s -- ${text} "$tmp"`, path, is))
    const end = followed(source), above = followed(one.parent)
    const real = source.type === 'link' ? source.real ?? '' : leadsTo(path, text)
    const born = made('link', above.type === 'absent' ? undefined : above, wanted.account, Buffer.byteLength(text))
    link = predicted(born, { target: text, real, ...(end.type === 'absent' ? {} : { to: end }) }, wanted.account)
    draft.after.push({ probe: stat.name, id: stat.id(path), value: link })
  } else link = is
  const end = planEnd(draft, one, link)
  const info = followed(link).type === 'absent' ? {} : pathInfo(end)
  return draft.plan({ dest: path, ...(src === undefined ? {} : { src }), ...info })
}

/** Rights go to the end of the link, or to the link itself where it is not followed. */
function planEnd(draft: Draft, one: LinkCase, link: Stat): Stat {
  if (!one.follow) return planExisting(draft, one.path, link, one)
  if (link.to === undefined) {
    draft.warnings.push('Cannot set fs attributes on a non-existent symlink target. follow should be set to False to avoid this.')
    return link
  }
  return planEnding(draft, one.path, link, one)
}

export function planHard(one: LinkCase): Plan {
  const { path, is, src, source, force } = one
  const state = stateOf(is)
  if (state !== 'hard' && src === undefined) throw new Failure('src is required for creating new hardlinks')
  const end = followed(source)
  if (src !== undefined && end.type === 'absent') throw new Failure('src does not exist', { dest: path, src })
  const inode = (answer: Answer): string => answer.type === 'absent' ? '' : `${answer.live?.device}:${answer.live?.inode}`
  const isSame = src === undefined || (end.type !== 'absent' && end.live !== undefined && is.type !== 'absent' && inode(is) === inode(end))
  if (is.type !== 'absent' && !isSame && !force && state !== 'link') {
    throw new Failure(state === 'file' ? `Cannot link, ${state} exists at destination` : 'Cannot link, different hard link exists at destination', { dest: path, src })
  }
  const draft = new Draft()
  let now = is
  if (!isSame && src !== undefined && end.type !== 'absent') {
    draft.changes.push(attr(path, 'state', state, 'hard'))
    const from = one.follow && source.type === 'link' && source.real !== undefined ? source.real : src
    draft.commands.push(is.type === 'absent' ? shText`ln -- ${from} ${path}` : replaceBy(shText`ln -- ${from} "$tmp"`, path, is))
    const { live: _, ...linked } = end
    now = linked
    draft.after.push({ probe: stat.name, id: stat.id(path), value: linked })
  }
  if (now.type === 'absent') throw new Failure('src is required for creating new hardlinks')
  const after = planExisting(draft, path, now, one)
  return draft.plan({ dest: path, ...(src === undefined ? {} : { src }), ...pathInfo(after), state: 'hard' })
}
