/** Lines of an authorized_keys file: options, kind, key, comment. Rules: ansible.posix, modules/authorized_key.py. */

/** A key, or a line that is none and stays as it is. */
export type KeyEntry = Key | { readonly line: string }
export interface Key { readonly options: readonly string[]; readonly kind: string; readonly key: string; readonly comment: string }

const kinds = new Set([
  'sk-ecdsa-sha2-nistp256@openssh.com', 'sk-ecdsa-sha2-nistp256-cert-v01@openssh.com', 'webauthn-sk-ecdsa-sha2-nistp256@openssh.com',
  ...['256', '384', '521'].flatMap((size) => [`ecdsa-sha2-nistp${size}`, `ecdsa-sha2-nistp${size}-cert-v01@openssh.com`]),
  'sk-ssh-ed25519@openssh.com', 'sk-ssh-ed25519-cert-v01@openssh.com', 'ssh-ed25519', 'ssh-ed25519-cert-v01@openssh.com', 'ssh-dss', 'ssh-dss-cert-v01@openssh.com',
  'ssh-rsa', 'ssh-rsa-cert-v01@openssh.com', 'ssh-xmss@openssh.com', 'ssh-xmss-cert-v01@openssh.com',
  ...['rsa-sha2-256', 'rsa-sha2-512'].flatMap((kind) => [kind, `${kind}-cert-v01@openssh.com`]),
])

/** Options are between commas that are not in quotes. */
export const splitOptions = (text: string): string[] => text.match(/(?:[^,"']|"[^"]*"|'[^']*')+/g) ?? []

/** Undefined where the line is a comment, empty, or no key. */
export function parseKey(line: string): Key | undefined {
  const words = line.replaceAll('\\#', '#').split(/\s+/).filter((word) => word !== '')
  const at = words.findIndex((word) => kinds.has(word))
  if (words[0] === '#' || at === -1 || words[at + 1] === undefined) return undefined
  return { options: splitOptions(words.slice(0, at).join(' ')), kind: words[at] ?? '', key: words[at + 1] ?? '', comment: words.slice(at + 2).join(' ') }
}

/** The keys that the argument names; a line that is none comes back as it is. */
export const splitKeys = (text: string, options: string | undefined, comment: string | undefined): KeyEntry[] =>
  text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#')).map((line) => {
    const one = parseKey(line)
    return one === undefined ? { line } : { ...one, ...(options === undefined ? {} : { options: splitOptions(options) }), ...(comment === undefined ? {} : { comment }) }
  })

const isSame = (one: KeyEntry | undefined, other: Key): boolean => one !== undefined && 'key' in one && one.kind === other.kind && one.comment === other.comment &&
  [...one.options].sort().join(',') === [...other.options].sort().join(',')
/** Ansible writes the blank in front of a comment even where there is none. */
const lineOf = (one: KeyEntry): string => 'line' in one ? one.line : `${one.options.length === 0 ? '' : `${one.options.join(',')} `}${one.kind} ${one.key} ${one.comment}`

/** The file with or without the keys. A key that differs goes to the end; `exclusive` leaves nothing else, comments neither. */
export function merge(text: string, wanted: readonly Key[], state: 'present' | 'absent', exclusive: boolean): string {
  const now = new Map<string, { readonly entry: KeyEntry; readonly rank: number }>()
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  for (const [rank, line] of lines.entries()) {
    const one = parseKey(line)
    now.set(one?.key ?? `${line}\n`, { entry: one ?? { line }, rank })
  }
  const before = now.size
  let differs = false
  for (const [rank, entry] of wanted.entries()) {
    const is = now.get(entry.key)?.entry
    if (state === 'present' ? isSame(is, entry) : is === undefined) continue
    differs = true
    now.delete(entry.key)
    if (state === 'present') now.set(entry.key, { entry, rank: before + rank })
  }
  const stays = new Set(wanted.map(({ key }) => key))
  if (state === 'present' && exclusive) for (const key of [...now.keys()]) if (!stays.has(key)) { now.delete(key); differs = true }
  return differs ? [...now.values()].sort((one, other) => one.rank - other.rank).map(({ entry }) => `${lineOf(entry)}\n`).join('') : text
}
