/** Files of the controller: found where Ansible looks for them, read when needed. */
import { existsSync, readFileSync } from 'node:fs'
import { lstat, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, isAbsolute, join, normalize } from 'node:path'
import type { Loc } from '../core/types.ts'
import type { LocalFile } from '../core/plan.ts'
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'

/** `~` and `~name` at the start of a path of the controller; an account that is not there leaves it as it is. Python: os.path.expanduser. */
function expandHome(path: string): string {
  const [, name, rest = ''] = /^~([^/]*)(\/.*)?$/s.exec(path) ?? []
  if (name === undefined) return path
  const home = name === '' ? homedir() : homeOf(name)
  return home === undefined ? path : join(home, rest)
}
function homeOf(name: string): string | undefined {
  const accounts = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : ''
  return accounts.split('\n').map((line) => line.split(':')).find(([account]) => account === name)?.[5]
}

/** Candidates for a relative path, in order: in each folder its files/ or templates/ first, then itself. */
export function candidates(search: readonly string[], kind: string, path: string): readonly string[] {
  const expanded = expandHome(path)
  if (isAbsolute(expanded)) return [expanded]
  return [...new Set(search.flatMap((folder) => [join(folder, kind, expanded), join(folder, expanded)]).map(normalize))]
}

export async function localFile(path: string): Promise<LocalFile | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined || !(found.isFile() || found.isDirectory())) return undefined
  return {
    path, kind: found.isDirectory() ? 'directory' : 'file', mode: found.mode & 0o7777, size: found.size,
    read: async () => new Uint8Array(await readFile(path)),
    list: async () => listBelow(path, '', [await realpath(path)]),
  }
}

/** `chain`: the real folders that this one lies in, as far as they are copied. A link to one of them stays a link: following it would never end. */
async function listBelow(root: string, below: string, chain: readonly string[]): Promise<{ relative: string; file: LocalFile }[]> {
  const names = (await readdir(join(root, below))).sort()
  const found: { relative: string; file: LocalFile }[] = []
  for (const name of names) {
    const relative = below === '' ? name : `${below}/${name}`
    const path = join(root, relative), isLink = (await lstat(path)).isSymbolicLink()
    const file = await localFile(path) ?? (isLink ? linkOnly(path) : undefined)
    if (file === undefined) continue
    const real = file.kind === 'directory' ? await realpath(path) : ''
    const isRound = isLink && chain.includes(real)
    found.push({ relative, file: isLink ? { ...isRound ? linkOnly(path) : file, link: await readlink(path) } : file })
    if (file.kind === 'directory' && !isRound) found.push(...await listBelow(root, relative, [...chain, real]))
  }
  return found
}

/** A link into nothing, or to a folder that it lies in: it can be copied as a link only. */
const linkOnly = (path: string): LocalFile => ({ path, kind: 'file', mode: 0o777, size: 0, read: async () => new Uint8Array(await readFile(path)), list: async () => [] })

/** The first candidate that exists; a trailing slash is kept out of the path but asked for by copy itself. */
export async function findLocal(search: readonly string[], kind: string, path: string, loc: Loc | undefined): Promise<LocalFile> {
  const searched = candidates(search, kind, path)
  for (const one of searched) {
    const file = await localFile(one)
    if (file !== undefined) return file
  }
  const beside = await Promise.all([...new Set(searched.map(dirname))].map((folder) => readdir(folder).catch(() => [])))
  const near = nearest(basename(path), beside.flat())
  throw fault('file-not-found', loc, { path, searched, near: near === undefined ? undefined : join(dirname(path), near) })
}
