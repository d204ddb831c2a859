/** Keeps a host's key in a known_hosts file, plain or hashed. Needs no ssh-keygen on the host. */
import { createHmac, randomBytes } from 'node:crypto'
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import { openText, linesOf, planEdit } from './files/edit.ts'

interface Entry { readonly marker: string | undefined; readonly host: string; readonly type: string; readonly key: string }

function parse(line: string): Entry | undefined {
  const words = line.trim().split(/\s+/)
  if (line.trim() === '' || line.trim().startsWith('#')) return undefined
  const [marker, ...rest] = words[0]?.startsWith('@') === true ? words : [undefined, ...words]
  const [host, type, key] = rest
  return host === undefined || type === undefined || key === undefined ? undefined : { marker, host, type, key }
}
const hash = (host: string, salt: Uint8Array): string => createHmac('sha1', salt).update(host).digest('base64')
/** Whether the names of an entry are those of this host: hashed, or a list with wildcards and exceptions. */
function names(entry: Entry, host: string): boolean {
  const hashed = /^\|1\|([^|]+)\|(.+)$/.exec(entry.host)
  if (hashed !== null) return hash(host, Buffer.from(hashed[1] ?? '', 'base64')) === hashed[2]
  const fits = (pattern: string): boolean => new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i').test(host)
  const all = entry.host.split(',')
  return all.some((one) => !one.startsWith('!') && fits(one)) && !all.some((one) => one.startsWith('!') && fits(one.slice(1)))
}
function hashed(host: string, key: string): string {
  const salt = randomBytes(20), words = key.trim().split(/\s+/)
  words[words[0]?.startsWith('@') === true ? 1 : 0] = `|1|${salt.toString('base64')}|${hash(host, salt)}`
  return words.join(' ')
}

interface Search { readonly found: boolean; readonly replaces: boolean; readonly line: number | undefined }
/** Ansible: known_hosts.py, search_for_host_key. */
function search(lines: readonly string[], host: string, wanted: Entry | undefined, isSameHost: (entry: Entry) => boolean): Search {
  let found = false
  for (const [i, text] of lines.entries()) {
    const entry = parse(text)
    if (entry === undefined || !names(entry, host)) continue
    found = true
    if (wanted === undefined) continue
    const isSame = isSameHost(entry) && entry.type === wanted.type && entry.key === wanted.key && entry.marker === wanted.marker
    if (isSame) return { found: true, replaces: false, line: i }
    if (entry.marker === undefined && entry.type === wanted.type) return { found: true, replaces: true, line: i }
  }
  return { found, replaces: found && wanted !== undefined, line: undefined }
}

export default defineModule({
  name: 'known_hosts',
  doc: 'Keeps a host key in a known_hosts file.',
  args: {
    name: { type: 'str', required: true, aliases: ['host'], doc: 'The host.' },
    key: { type: 'str', doc: 'Its key as a line of known_hosts; with absent none means all of its keys.' },
    path: { type: 'path', default: '~/.ssh/known_hosts', doc: 'The file.' },
    hash_host: { type: 'bool', default: false, doc: 'Write the name as a hash.' },
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], doc: 'Whether it is to be there.' },
  },
  async plan(given, target) {
    const host = given.name.toLowerCase(), data = { name: given.name, key: given.key ?? null, path: given.path, hash_host: given.hash_host, state: given.state }
    if (given.state === 'present' && (given.key === undefined || given.key === '')) throw new Failure('No key specified when adding a host')
    if (/\S+\s*,/.test(host)) throw new Failure('Comma separated list of names is not supported. Please pass a single name to lookup in the known_hosts file.')
    const wanted = given.key === undefined || given.key === '' ? undefined : parse(given.key)
    if (given.key !== undefined && given.key !== '' && (wanted === undefined || !names(wanted, host))) throw new Failure('Host parameter does not match hashed host field in supplied key', { ...data, rc: 1 })
    const edit = { path: given.path, encoding: 'latin-1', backup: false, unsafe_writes: false }
    const opened = await openText(target, edit)
    const lines = linesOf(opened.text ?? '')
    const isHash = (name: string | undefined): boolean => name?.startsWith('|1|') === true, wantsHash = given.hash_host || isHash(wanted?.host)
    // a plain name is written anew where it is to be a hash, and the other way round; a key that is to go goes either way
    const at = search(lines, host, wanted, ({ host: own }) => given.state === 'absent' ? isHash(own) || isHash(wanted?.host) || own === wanted?.host : isHash(own) ? wantsHash : !wantsHash && own === wanted?.host)
    const kept = remaining(lines, host, given.state, wanted !== undefined, at)
    const adds = given.state === 'present' && (at.replaces || !at.found)
    const last = kept.at(-1)
    if (adds && last !== undefined && !last.endsWith('\n')) kept[kept.length - 1] = `${last}\n`
    const line = given.hash_host ? hashed(host, given.key ?? '') : (given.key ?? '').trimEnd()
    const text = kept.join('') + (adds ? `${line}\n` : '')
    const plan = planEdit(opened, edit, text === (opened.text ?? '') ? undefined : { text, message: '' }, 'backup_file', data)
    const diff = { before_header: opened.text === undefined ? '/dev/null' : opened.path, before: opened.text ?? '', after_header: opened.path, after: text }
    return { ...plan, data: { ...data, diff } }
  },
})

function remaining(lines: readonly string[], host: string, state: 'absent' | 'present', hasKey: boolean, at: Search): string[] {
  if (state === 'absent' && !hasKey) return lines.filter((line) => { const entry = parse(line); return entry === undefined || !names(entry, host) })
  const goes = state === 'absent' ? at.line !== undefined && !at.replaces : at.replaces && at.line !== undefined
  return lines.filter((_, i) => !(goes && i === at.line))
}
