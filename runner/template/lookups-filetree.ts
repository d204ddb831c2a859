/** The lookup filetree: what is below a folder of the controller, with owners and modes, for roles that copy whole trees. Ansible: community.general. */
import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import type { Call, Lookup } from './call.ts'
import type { Data } from '../core/types.ts'
import { Float } from '../core/value.ts'
import { compileRegex, matchStart } from '../core/regex.ts'
import { onlyText } from './items.ts'
import { lookupTable } from './params.ts'
import { basename, dirname, join } from './posixpath.ts'
import { findFile } from './search.ts'

/** The name of an id in /etc/passwd or /etc/group; the id where there is none. */
function nameOf(file: string, id: number): string | number {
  let text = ''
  try { text = readFileSync(file, 'utf8') } catch { return id }
  return text.split('\n').map((line) => line.split(':')).find((fields) => fields[2] === String(id))?.[0] ?? id
}

function properties(root: string, path: string): Data | undefined {
  const absolute = join(root, path), stat = lstatSync(absolute)
  const kind = stat.isSymbolicLink() ? { state: 'link', src: readlinkSync(absolute) } : stat.isDirectory() ? { state: 'directory' } : stat.isFile() ? { state: 'file', src: absolute } : undefined
  if (kind === undefined) return undefined
  return {
    root, path, ...kind, uid: stat.uid, gid: stat.gid, owner: nameOf('/etc/passwd', stat.uid), group: nameOf('/etc/group', stat.gid),
    mode: `0${(stat.mode & 0o7777).toString(8).padStart(3, '0')}`, size: stat.size, mtime: new Float(stat.mtimeMs / 1000), ctime: new Float(stat.ctimeMs / 1000),
  }
}

/** Folders of a folder first, then its files, then what is in the folders; links to folders are not followed. */
function walk(root: string, below: string, leavesOut: (name: string) => boolean): string[] {
  const entries = readdirSync(join(root, below), { withFileTypes: true }).filter((entry) => !leavesOut(entry.name))
  const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
  const folders = entries.filter((entry) => isFolder(join(root, below, entry.name))), files = entries.filter((entry) => !folders.includes(entry))
  const here = [...folders, ...files].map((entry) => below === '' ? entry.name : `${below}/${entry.name}`)
  return [...here, ...folders.filter((entry) => entry.isDirectory()).flatMap((entry) => walk(root, below === '' ? entry.name : `${below}/${entry.name}`, leavesOut))]
}

function tree(term: string, exclude: string | undefined, call: Call): Data[] {
  const folder = findFile(call, 'files', dirname(term) === '' ? '.' : dirname(term))
  const root = folder === undefined ? term : join(folder, basename(term))
  if (exclude !== undefined) compileRegex(exclude)
  const leavesOut = (name: string): boolean => exclude !== undefined && matchStart(exclude, {}, name)
  let paths: string[]
  try { paths = walk(root, '', leavesOut) } catch { return [] }
  return paths.map((path) => properties(root, path)).filter((one) => one !== undefined)
}

export const treeLookups: Record<string, Lookup> = lookupTable({
  'filetree(exclude=None)': (terms, [exclude], call) => {
    const found = new Map<unknown, Data>()
    for (const term of terms) for (const one of tree(onlyText(term, 'a folder'), exclude === null || exclude === undefined ? undefined : onlyText(exclude, 'exclude'), call)) if (!found.has(one['path'])) found.set(one['path'], one)
    return [...found.values()]
  },
})
