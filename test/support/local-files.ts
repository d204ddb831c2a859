/** Files of the controller as a case lists them: path to text. */
import type { LocalFile } from '../../runner/core/plan.ts'
import { Failure } from '../../runner/core/errors.ts'

/** A text `-> x` is a link to x; `base64:` starts bytes. */
function toFile(files: Readonly<Record<string, string>>, path: string): LocalFile | undefined {
  const text = files[path]
  const link = text?.startsWith('-> ') === true ? text.slice(3).trim() : undefined
  if (text !== undefined) {
    const end = link === undefined ? text : files[`${path.slice(0, path.lastIndexOf('/') + 1)}${link}`] ?? ''
    const bytes = end.startsWith('base64:') ? Buffer.from(end.slice(7), 'base64') : Buffer.from(end)
    return { path: `/controller/${path}`, kind: 'file', mode: 0o644, size: bytes.length, ...(link === undefined ? {} : { link }), read: async () => new Uint8Array(bytes), list: async () => [] }
  }
  const below = Object.keys(files).filter((one) => one.startsWith(`${path}/`))
  if (below.length === 0) return undefined
  return { path: `/controller/${path}`, kind: 'directory', mode: 0o755, size: 4096, read: async () => new Uint8Array(), list: async () => listBelow(files, path, below) }
}

function listBelow(files: Readonly<Record<string, string>>, root: string, below: readonly string[]): { relative: string; file: LocalFile }[] {
  const names = new Set(below.flatMap((path) => {
    const parts = path.slice(root.length + 1).split('/')
    return parts.map((_, i) => parts.slice(0, i + 1).join('/'))
  }))
  return [...names].filter((one) => !one.endsWith('/.keep') && one !== '.keep').sort().flatMap((relative) => {
    const file = toFile(files, `${root}/${relative}`)
    return file === undefined ? [] : [{ relative, file }]
  })
}

/** As Ansible looks: in files/ or templates/ first, then as given. */
export function localFile(files: Readonly<Record<string, string>>, kind: string, path: string): LocalFile {
  const plain = path.replace(/\/$/, '')
  const found = toFile(files, `${kind}/${plain}`) ?? toFile(files, plain)
  if (found === undefined) throw new Failure(`could not find or access '${path}' on the controller`)
  return found
}
export const renderFile = async (file: LocalFile): Promise<string> => Buffer.from(await file.read()).toString()
