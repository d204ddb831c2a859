/** Lines of an authorized_keys file: options, kind, key, comment. */
export interface KeyLine { readonly key: string; readonly line: string }

const kinds = /(?:^|\s)((?:ssh-(?:rsa|dss|ed25519|ed448)|ecdsa-sha2-nistp\d+|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com|ssh-(?:rsa|dss|ed25519)-cert-v01@openssh\.com|ecdsa-sha2-nistp\d+-cert-v01@openssh\.com))\s+(\S+)(?:\s+(.*))?$/

/** Undefined where the line is a comment, empty, or no key. */
export function parseKey(line: string): { readonly options: string; readonly kind: string; readonly key: string; readonly comment: string } | undefined {
  const text = line.trim()
  if (text === '' || text.startsWith('#')) return undefined
  const match = kinds.exec(text)
  return match === null ? undefined : { options: text.slice(0, match.index).trim(), kind: match[1] ?? '', key: match[2] ?? '', comment: (match[3] ?? '').trim() }
}
export function splitKeys(text: string, options: string | undefined, comment: string | undefined): KeyLine[] {
  return text.split('\n').flatMap((line) => {
    const one = parseKey(line)
    if (one === undefined) return []
    const parts = [options ?? one.options, one.kind, one.key, comment ?? one.comment].filter((part) => part !== '')
    return [{ key: `${one.kind} ${one.key}`, line: parts.join(' ') }]
  })
}
/** The file with or without the keys; other lines stay as they are unless `exclusive`. */
export function merge(text: string, wanted: readonly KeyLine[], state: 'present' | 'absent', exclusive: boolean): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const ids = new Set(wanted.map(({ key }) => key)), done = new Set<string>()
  const kept = lines.flatMap((line) => {
    const one = parseKey(line)
    if (one === undefined) return [line]
    const id = `${one.kind} ${one.key}`
    if (!ids.has(id)) return exclusive && state === 'present' ? [] : [line]
    if (state === 'absent' || done.has(id)) return []
    done.add(id)
    return [wanted.find(({ key }) => key === id)?.line ?? line]
  })
  const added = state === 'absent' ? [] : wanted.filter(({ key }, i) => !done.has(key) && wanted.findIndex((one) => one.key === key) === i).map(({ line }) => line)
  const all = [...kept, ...added]
  return all.length === 0 ? '' : `${all.join('\n')}\n`
}
