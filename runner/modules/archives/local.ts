/** Archives of the controller: what is in them, with the bytes. tar (plain or gzip) and zip; others are looked at on the host. */
import { gunzipSync, inflateRawSync } from 'node:zlib'
import { Failure } from '../../core/errors.ts'
import type { Member, Packing } from '../../probes/archive.ts'
import { zipMembers } from '../../probes/zip.ts'

export interface LocalMember extends Member { bytes(): Uint8Array | undefined }
export interface LocalArchive { readonly packing: Packing; readonly members: readonly LocalMember[] }

const starts = (bytes: Uint8Array, ...magic: number[]): boolean => magic.every((one, i) => bytes[i] === one)
export function packingOf(bytes: Uint8Array): Packing {
  if (starts(bytes, 0x1f, 0x8b)) return 'gzip'
  if (starts(bytes, 0x42, 0x5a, 0x68)) return 'bzip2'
  if (starts(bytes, 0xfd, 0x37, 0x7a, 0x58)) return 'xz'
  if (starts(bytes, 0x28, 0xb5, 0x2f, 0xfd)) return 'zstd'
  return starts(bytes, 0x50, 0x4b) && [0x03, 0x05, 0x07].includes(bytes[2] ?? 0) ? 'zip' : 'tar'
}

/** Undefined where this packing can be undone only on the host. Throws a Failure for what is no archive. */
export function readArchive(path: string, bytes: Uint8Array): LocalArchive | undefined {
  if (bytes.length === 0) throw new Failure(`Invalid archive '${path}', the file is 0 bytes`)
  const packing = packingOf(bytes)
  if (packing === 'zip') return { packing, members: zipLocal(path, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)) }
  if (packing !== 'gzip' && packing !== 'tar') return undefined
  try {
    const members = tarMembers(packing === 'gzip' ? gunzipSync(bytes) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
    if (members.length > 0) return { packing, members }
  } catch (error) {
    throw new Failure(`Failed to find handler for "${path}". Make sure the required command to extract the file is installed.\n${error instanceof Error ? error.message : String(error)}`)
  }
  throw new Failure(`Failed to find handler for "${path}". It is neither tar nor zip, or it is empty.`)
}

function zipLocal(path: string, bytes: Buffer): LocalMember[] {
  const found = zipMembers(bytes)
  if (found === undefined || 'short' in found) throw new Failure(`Failed to find handler for "${path}". The directory of the zip file is damaged.`)
  return found.map((member) => {
    const unpack = (): Uint8Array | undefined => {
      const start = member.offset + 30 + bytes.readUInt16LE(member.offset + 26) + bytes.readUInt16LE(member.offset + 28)
      const packed = bytes.subarray(start, start + member.packed)
      return member.method === 0 ? packed : member.method === 8 ? inflateRawSync(packed) : undefined
    }
    return { ...member, ...(member.type === 'link' ? { target: Buffer.from(unpack() ?? []).toString() } : {}), bytes: unpack }
  })
}

const text = (block: Buffer, start: number, length: number): string => {
  const end = block.indexOf(0, start)
  return block.toString('utf8', start, end < 0 || end > start + length ? start + length : end)
}
/** POSIX octal, or GNU's base-256 for large values. */
function number(block: Buffer, start: number, length: number): number {
  if (((block[start] ?? 0) & 0x80) === 0) return parseInt(text(block, start, length).trim() || '0', 8)
  let value = (block[start] ?? 0) & 0x7f
  for (let i = 1; i < length; i++) value = value * 256 + (block[start + i] ?? 0)
  return value
}
/** POSIX: pax records `LENGTH KEY=VALUE\n`. */
function paxRecords(body: Buffer): Map<string, string> {
  const found = new Map<string, string>()
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at), length = Number(body.toString('latin1', at, space))
    if (space < 0 || !(length > 0)) break
    const record = body.toString('utf8', space + 1, at + length - 1), equal = record.indexOf('=')
    found.set(record.slice(0, equal), record.slice(equal + 1))
    at += length
  }
  return found
}

const kinds: Readonly<Record<string, Member['type']>> = { '': 'file', 0: 'file', 7: 'file', 1: 'hard', 2: 'link', 5: 'directory' }

function tarMembers(tar: Buffer): LocalMember[] {
  const members: LocalMember[] = []
  let next = new Map<string, string>(), global = new Map<string, string>()
  for (let at = 0; at + 512 <= tar.length;) {
    const block = tar.subarray(at, at + 512)
    if (block.every((one) => one === 0)) break
    checkSum(block)
    const kind = String.fromCharCode(block[156] ?? 0).replace('\0', ''), size = next.has('size') ? Number(next.get('size')) : number(block, 124, 12)
    const body = tar.subarray(at + 512, at + 512 + size)
    at += 512 + Math.ceil(size / 512) * 512
    if (kind === 'x') { next = paxRecords(body); continue }
    if (kind === 'g') { global = paxRecords(body); continue }
    if (kind === 'L') { next.set('path', text(body, 0, body.length)); continue }
    if (kind === 'K') { next.set('linkpath', text(body, 0, body.length)); continue }
    members.push(tarMember(block, kind, size, body, new Map([...global, ...next])))
    next = new Map()
  }
  return members
}
function checkSum(block: Buffer): void {
  let sum = 8 * 32
  for (let i = 0; i < 512; i++) if (i < 148 || i > 155) sum += block[i] ?? 0
  if (sum !== number(block, 148, 8)) throw new Error('This does not look like a tar archive')
}
function tarMember(block: Buffer, kind: string, size: number, body: Buffer, pax: ReadonlyMap<string, string>): LocalMember {
  const isUstar = text(block, 257, 5) === 'ustar', isPosix = isUstar && block.toString('latin1', 257, 265) === 'ustar\x0000'
  const prefix = isPosix ? text(block, 345, 155) : '', own = text(block, 0, 100)
  const name = pax.get('path') ?? (prefix === '' ? own : `${prefix}/${own}`)
  const type = kinds[kind] === 'file' && name.endsWith('/') ? 'directory' : kinds[kind] ?? 'other'
  const named = (key: string, start: number): string | undefined => (pax.get(key) ?? (isUstar ? text(block, start, 32) : '')) || undefined
  return {
    name, type, mode: number(block, 100, 8) & 0o7777, size: type === 'file' ? size : 0,
    mtime: Math.floor(pax.has('mtime') ? Number(pax.get('mtime')) : number(block, 136, 12)), user: named('uname', 265), group: named('gname', 297),
    uid: pax.has('uid') ? Number(pax.get('uid')) : number(block, 108, 8), gid: pax.has('gid') ? Number(pax.get('gid')) : number(block, 116, 8),
    ...(type === 'link' || type === 'hard' ? { target: pax.get('linkpath') ?? text(block, 157, 100) } : {}), bytes: () => type === 'file' ? body : undefined,
  }
}
