/** The directory of a zip file: names, kinds, rights, sizes and times of what is in it. APPNOTE 4.3.12, 4.5. */
import type { Member } from './archive.ts'

export interface ZipMember extends Member {
  /** Where its local header starts, how its bytes are packed (0 stored, 8 deflated) and how many there are. */
  readonly offset: number; readonly method: number; readonly packed: number
  /** Written with the rights of Unix; else with a FAT's, which know only read-only. */
  readonly isUnix: boolean
}

/** DOS time without a zone, taken as UTC: it is unpacked with TZ=UTC0. */
function dosTime(date: number, time: number): number {
  return Date.UTC(1980 + (date >> 9), (date >> 5 & 15) - 1, date & 31, time >> 11, time >> 5 & 63, (time & 31) * 2) / 1000
}
/** Modification time of the extended timestamp field (0x5455), if there is one; sizes and offset of zip64 (1). */
function extras(extra: Buffer): { readonly mtime?: number; readonly zip64?: Buffer } {
  const found: { mtime?: number; zip64?: Buffer } = {}
  for (let at = 0; at + 4 <= extra.length;) {
    const id = extra.readUInt16LE(at), size = extra.readUInt16LE(at + 2), body = extra.subarray(at + 4, at + 4 + size)
    if (id === 0x5455 && body.length >= 5 && ((body[0] ?? 0) & 1) !== 0) found.mtime = body.readInt32LE(1)
    if (id === 1) found.zip64 = body
    at += 4 + size
  }
  return found
}

/**
 * Members in a piece of a zip file that ends where the file ends. `short`: bytes from the end that are needed where the piece is too small.
 * Undefined: no zip file.
 */
export function zipMembers(tail: Buffer): readonly ZipMember[] | { readonly short: number } | undefined {
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  if (end < 0) return undefined
  let count = tail.readUInt16LE(end + 10), size = tail.readUInt32LE(end + 12)
  let stop = end
  const far = end >= 20 && tail.readUInt32LE(end - 20) === 0x07064b50 ? tail.lastIndexOf(Buffer.from('PK\x06\x06', 'latin1'), end - 20) : -1
  if (far >= 0) { count = Number(tail.readBigUInt64LE(far + 32)); size = Number(tail.readBigUInt64LE(far + 40)); stop = far }
  const start = stop - size
  if (start < 0) return { short: size + (tail.length - stop) }
  const members: ZipMember[] = []
  for (let at = start, i = 0; i < count && at + 46 <= stop && tail.readUInt32LE(at) === 0x02014b50; i++) {
    const [nameLength, extraLength, commentLength] = [tail.readUInt16LE(at + 28), tail.readUInt16LE(at + 30), tail.readUInt16LE(at + 32)]
    members.push(toMember(tail, at, nameLength, extraLength))
    at += 46 + nameLength + extraLength + commentLength
  }
  return members
}

function toMember(tail: Buffer, at: number, nameLength: number, extraLength: number): ZipMember {
  const name = tail.toString('utf8', at + 46, at + 46 + nameLength)
  const { mtime, zip64 } = extras(tail.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength))
  let far = 0
  const wide = (value: number): number => {
    if (value !== 0xffffffff || zip64 === undefined) return value
    far += 8
    return Number(zip64.readBigUInt64LE(far - 8))
  }
  const size = wide(tail.readUInt32LE(at + 24)), packed = wide(tail.readUInt32LE(at + 20)), offset = wide(tail.readUInt32LE(at + 42))
  const attributes = tail.readUInt32LE(at + 38), unix = attributes >>> 16, system = tail.readUInt8(at + 5)
  // Info-ZIP believes rights of Unix in an entry of FAT too, where the bits for read-only and folder say the same.
  const agrees = system === 0 && ((attributes & 1) !== 0) === ((unix & 0o200) === 0) && ((attributes & 0x10) !== 0) === name.endsWith('/')
  const isUnix = unix !== 0 && (system === 3 || system === 19 || agrees)
  const isFolder = name.endsWith('/') || (isUnix && (unix & 0o170000) === 0o040000)
  const isLink = isUnix && (unix & 0o170000) === 0o120000
  const isReadOnly = (attributes & 1) !== 0
  return {
    name, type: isFolder ? 'directory' : isLink ? 'link' : 'file', isUnix,
    mode: isUnix ? unix & 0o777 : isFolder ? 0o777 : isReadOnly ? 0o444 : 0o666,
    size, packed, offset, method: tail.readUInt16LE(at + 10), mtime: mtime ?? dosTime(tail.readUInt16LE(at + 14), tail.readUInt16LE(at + 12)),
    user: undefined, group: undefined, uid: undefined, gid: undefined,
  }
}
