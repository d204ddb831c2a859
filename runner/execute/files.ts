/** Files of the controller: found where Ansible looks for them, read when needed. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join, normalize } from 'node:path'
import type { LocalFile, Loc } from '../core/types.ts'
import { fault } from '../core/errors.ts'

/** Candidates for a relative path, in order: in each folder its files/ or templates/ first, then itself. */
export function candidates(search: readonly string[], kind: string, path: string): readonly string[] {
  const expanded = path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path
  if (isAbsolute(expanded)) return [expanded]
  return [...new Set(search.flatMap((folder) => [join(folder, kind, expanded), join(folder, expanded)]).map(normalize))]
}

export async function localFile(path: string): Promise<LocalFile | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined || !(found.isFile() || found.isDirectory())) return undefined
  return {
    path, kind: found.isDirectory() ? 'directory' : 'file', mode: found.mode & 0o7777, size: found.size,
    read: async () => new Uint8Array(await readFile(path)),
    list: () => listBelow(path, ''),
  }
}

async function listBelow(root: string, below: string): Promise<{ relative: string; file: LocalFile }[]> {
  const names = (await readdir(join(root, below))).sort()
  const found: { relative: string; file: LocalFile }[] = []
  for (const name of names) {
    const relative = below === '' ? name : `${below}/${name}`
    const file = await localFile(join(root, relative))
    if (file === undefined) continue
    found.push({ relative, file })
    if (file.kind === 'directory') found.push(...await listBelow(root, relative))
  }
  return found
}

/** The first candidate that exists; a trailing slash is kept out of the path but asked for by copy itself. */
export async function findLocal(search: readonly string[], kind: string, path: string, loc: Loc | undefined): Promise<LocalFile> {
  const searched = candidates(search, kind, path)
  for (const one of searched) {
    const file = await localFile(one)
    if (file !== undefined) return file
  }
  throw fault('file-not-found', loc, { path, searched })
}
