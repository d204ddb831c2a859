/** Python's os.path on POSIX (and the parts of ntpath that filters use): they differ from Node's path in dots, slashes and links. */
import { lstatSync, readFileSync, readlinkSync } from 'node:fs'
import { homedir } from 'node:os'
import { Refusal } from './params.ts'

/** Folder and last part; the folder loses its trailing slashes unless it is all slashes. */
export function split(path: string): [string, string] {
  const at = path.lastIndexOf('/') + 1
  const head = path.slice(0, at)
  return [/^\/*$/.test(head) ? head : head.replace(/\/+$/, ''), path.slice(at)]
}
export const basename = (path: string): string => split(path)[1]
export const dirname = (path: string): string => split(path)[0]

export function splitext(path: string): [string, string] {
  const base = basename(path), dot = base.lastIndexOf('.')
  if (dot <= 0 || /^\.*$/.test(base.slice(0, dot))) return [path, '']
  return [path.slice(0, path.length - base.length + dot), base.slice(dot)]
}
export function join(first: string, ...rest: readonly string[]): string {
  return rest.reduce((path, part) => part.startsWith('/') ? part : path === '' || path.endsWith('/') ? path + part : `${path}/${part}`, first)
}
export function normpath(path: string): string {
  if (path === '') return '.'
  const root = path.startsWith('//') && !path.startsWith('///') ? '//' : path.startsWith('/') ? '/' : ''
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..' || (root === '' && parts.length === 0) || parts.at(-1) === '..') parts.push(part)
    else parts.pop()
  }
  return root + parts.join('/') || '.'
}
export const abspath = (path: string): string => normpath(join(process.cwd(), path))

export function relpath(path: string, start: string): string {
  if (path === '') throw new Refusal('no path specified')
  const parts = (one: string): string[] => abspath(one).split('/').filter((part) => part !== '')
  const from = parts(start), to = parts(path)
  let same = 0
  while (same < Math.min(from.length, to.length) && from[same] === to[same]) same++
  return [...from.slice(same).map(() => '..'), ...to.slice(same)].join('/') || '.'
}

/** Follows links as far as the path exists; the rest stays as it is. */
export function realpath(path: string, depth = 0): string {
  let done = ''
  const parts = join(process.cwd(), path).split('/').filter((part) => part !== '' && part !== '.')
  for (const [i, part] of parts.entries()) {
    if (part === '..') { done = dirname(done || '/'); if (done === '/') done = ''; continue }
    const next = `${done}/${part}`
    const link = linkTarget(next)
    if (link === undefined || depth > 40) { done = next; continue }
    return realpath([join(done === '' ? '/' : done, link), ...parts.slice(i + 1)].join('/'), depth + 1)
  }
  return done === '' ? '/' : done
}
function linkTarget(path: string): string | undefined {
  try { return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined } catch { return undefined }
}

/** `~` and `~user` at the start; a user that is not there leaves the path as it is. */
export function expanduser(path: string): string {
  const found = /^~([^/]*)/.exec(path)
  if (found === null) return path
  const name = found[1] ?? ''
  const home = name === '' ? process.env.HOME ?? homedir() : homeOf(name)
  return home === undefined ? path : (home.replace(/\/+$/, '') + path.slice(found[0].length)) || '/'
}
function homeOf(name: string): string | undefined {
  const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((one) => one.startsWith(`${name}:`))
  return line?.split(':')[5]
}
export function expandvars(path: string): string {
  return path.replace(/\$(?:([A-Za-z0-9_]+)|\{([^}]*)\})/g, (whole, plain: string | undefined, braced: string | undefined) =>
    process.env[plain ?? braced ?? ''] ?? whole)
}

export function commonpath(paths: readonly string[]): string {
  if (paths.length === 0) throw new Refusal('commonpath() arg is an empty sequence')
  const isAbsolute = paths.every((path) => path.startsWith('/'))
  if (!isAbsolute && paths.some((path) => path.startsWith('/'))) throw new Refusal("Can't mix absolute and relative paths")
  const split = paths.map((path) => path.split('/').filter((part) => part !== '' && part !== '.'))
  const first = split[0] ?? []
  let same = 0
  while (same < first.length && split.every((parts) => parts[same] === first[same])) same++
  return (isAbsolute ? '/' : '') + first.slice(0, same).join('/')
}

// ---------------------------------------------------------------- Windows

/** Drive (or \\server\share) and the rest. */
export function splitDrive(path: string): [string, string] {
  const plain = path.replaceAll('/', '\\')
  const share = /^\\\\[^\\]*\\[^\\]*|^\\\\.*/s.exec(plain)
  const drive = share?.[0] ?? /^.:/s.exec(plain)?.[0] ?? ''
  return [path.slice(0, drive.length), path.slice(drive.length)]
}
function splitWindows(path: string): [string, string] {
  const [drive, rest] = splitDrive(path)
  const at = Math.max(rest.lastIndexOf('/'), rest.lastIndexOf('\\')) + 1
  const head = rest.slice(0, at)
  return [drive + (/^[/\\]*$/.test(head) ? head : head.replace(/[/\\]+$/, '')), rest.slice(at)]
}
export const windowsBasename = (path: string): string => splitWindows(path)[1]
export const windowsDirname = (path: string): string => splitWindows(path)[0]
