/** Reads OpenSSH's known_hosts files and judges host keys by them. Source of the format: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

export interface KnownHost {
  readonly marker: 'cert-authority' | 'revoked' | undefined
  /** The first field as written: patterns with commas, or one hash. */
  readonly names: string
  readonly kind: string
  readonly key: Buffer
  readonly file: string
  readonly line: number
}

/** Entries of one file; lines that make no sense are passed over, as OpenSSH does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((raw, index) => {
    const fields = raw.trim().split(/[ \t]+/)
    if (fields[0] === '' || fields[0]?.startsWith('#')) return []
    const first = fields[0]?.startsWith('@') ? fields.shift()?.slice(1) : undefined
    const marker = first === 'cert-authority' || first === 'revoked' ? first : undefined
    const [names, kind, key] = fields
    if (first !== marker || names === undefined || kind === undefined || key === undefined) return []
    return [{ marker, names, kind, key: Buffer.from(key, 'base64'), file, line: index + 1 }]
  })
}

/** The name under which known_hosts lists a host: `host`, or `[host]:port` for another port than 22. */
export const listedName = (host: string, port: number): string => port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`

function matchesHash(hashed: string, name: string): boolean {
  const [, , salt, hash] = hashed.split('|')
  if (salt === undefined || hash === undefined) return false
  const expected = Buffer.from(hash, 'base64')
  const found = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  return expected.length === found.length && timingSafeEqual(expected, found)
}

/** `*` and `?` as in ssh_config(5), PATTERNS; walked by hand so that no name can make it slow. */
function matchesPattern(pattern: string, name: string): boolean {
  let p = 0, n = 0, star = -1, mark = 0
  while (n < name.length) {
    if (pattern[p] === '*') { star = p++; mark = n }
    else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) { p++; n++ }
    else if (star >= 0) { p = star + 1; n = ++mark }
    else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

export function isFor(entry: KnownHost, name: string): boolean {
  if (entry.names.startsWith('|1|')) return matchesHash(entry.names, name)
  let found = false
  for (const pattern of entry.names.toLowerCase().split(',')) {
    if (pattern.startsWith('!')) {
      if (matchesPattern(pattern.slice(1), name)) return false // a negated match rules the whole line out
    } else if (matchesPattern(pattern, name)) found = true
  }
  return found
}

export type Verdict =
  | { readonly is: 'known' | 'unknown' }
  | { readonly is: 'changed' | 'revoked' | 'authority'; readonly entry: KnownHost }

/**
 * What the files say about this key of this host. A host that is listed with other keys only is `changed`, whatever their kind: the kinds
 * it is listed with are asked for first (`algorithmsFor`), so an honest host shows one of them.
 */
export function judge(entries: readonly KnownHost[], name: string, key: Buffer): Verdict {
  const own = entries.filter((entry) => isFor(entry, name))
  const revoked = entries.find((entry) => entry.marker === 'revoked' && entry.key.equals(key) && isFor(entry, name))
  if (revoked !== undefined) return { is: 'revoked', entry: revoked }
  const plain = own.filter((entry) => entry.marker === undefined)
  if (plain.some((entry) => entry.key.equals(key))) return { is: 'known' }
  const [changed] = [...plain.filter((entry) => entry.kind === keyKind(key)), ...plain]
  if (changed !== undefined) return { is: 'changed', entry: changed }
  const authority = own.find((entry) => entry.marker === 'cert-authority')
  return authority === undefined ? { is: 'unknown' } : { is: 'authority', entry: authority }
}

const algorithms = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] as const
export type HostKeyAlgorithm = (typeof algorithms)[number]

/** Host key algorithms to offer, those of listed keys first; `ssh-rsa` keys sign with SHA-2 where both sides can. */
export function algorithmsFor(entries: readonly KnownHost[], name: string): HostKeyAlgorithm[] {
  const kinds = new Set(entries.filter((entry) => entry.marker === undefined && isFor(entry, name)).map((entry) => entry.kind))
  const isListed = (one: HostKeyAlgorithm): boolean => kinds.has(one.startsWith('rsa-') ? 'ssh-rsa' : one)
  return [...algorithms.filter(isListed), ...algorithms.filter((one) => !isListed(one))]
}

/** `ssh-ed25519`, from the key itself. */
export function keyKind(key: Buffer): string {
  return key.length < 4 ? '' : key.toString('latin1', 4, 4 + Math.min(key.readUInt32BE(0), 64))
}
/** As ssh-keygen -l shows it. */
export const fingerprint = (key: Buffer): string => `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** The line to add for a key that was accepted. */
export function knownHostsLine(name: string, key: Buffer, hashed: boolean): string {
  const salt = randomBytes(20)
  const shown = hashed ? `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}` : name
  return `${shown} ${keyKind(key)} ${key.toString('base64')}\n`
}
