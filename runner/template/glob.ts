/** File names by shell pattern: `*`, `?`, `[a-z]`, `**`. Python: glob.glob. */
import { readdirSync, existsSync, lstatSync, statSync } from 'node:fs'

const magic = /[*?[]/

/** A regular expression for one part of a path. Python: fnmatch. */
export function matcher(pattern: string): RegExp {
  const text = pattern.replace(/\[(!?)(\]?[^\]]*)\]|[*?]|[\\^$+.()|{}[\]]/g, (whole, not: string | undefined, set: string | undefined) => {
    if (set !== undefined) return `[${not === '!' ? '^' : ''}${set.replace(/[\\\]]/g, '\\$&').replace(/^\^/, '\\^')}]`
    return whole === '*' ? '.*' : whole === '?' ? '.' : `\\${whole}`
  })
  return new RegExp(`^(?:${text})$`, 's')
}

const names = (dir: string): string[] => { try { return readdirSync(dir === '' ? '.' : dir).sort() } catch { return [] } }
export const isFile = (path: string): boolean => { try { return statSync(path).isFile() } catch { return false } }
export const isDirectory = (path: string): boolean => { try { return statSync(path).isDirectory() } catch { return false } }
const isThere = (path: string): boolean => { try { lstatSync(path); return true } catch { return existsSync(path) } }

/** Paths that match, in name order; hidden names only where the pattern names the dot. */
export function glob(pattern: string): string[] {
  const parts = pattern.split('/')
  let found = [parts[0] === '' ? '/' : '']
  for (const [i, part] of parts.entries()) {
    if (part === '') continue
    const isLast = i === parts.length - 1
    found = found.flatMap((dir) => {
      const under = (name: string): string => dir === '' || dir.endsWith('/') ? dir + name : `${dir}/${name}`
      if (!magic.test(part)) return isThere(under(part)) ? [under(part)] : []
      const matches = matcher(part)
      return names(dir).filter((name) => matches.test(name) && (part.startsWith('.') || !name.startsWith('.'))).map(under)
        .filter((path) => isLast || isDirectory(path))
    })
  }
  return pattern === '' ? [] : found
}
