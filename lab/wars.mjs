// Packs lab/apps/<app> with lab/apps/common and the JDBC driver into lab/cache/mago3d-<app>.war. A war is a zip, and Node has
// deflate: no build tool is needed. Dates in the archive are fixed, so the same sources always give the same bytes.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deflateRawSync } from 'node:zlib'

const here = dirname(fileURLToPath(import.meta.url))
const cache = process.env.LAB_CACHE ?? join(here, 'cache')

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value
})

function crc32(bytes) {
  let crc = 0xffffffff
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 0xff] ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

function filesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath ?? entry.path, entry.name))
    .map(path => [relative(folder, path), readFileSync(path)])
}

// The fields that a local header and a directory entry share (APPNOTE 4.3.7, 4.3.12): version, flags (UTF-8 names), method,
// time, date (1980-01-01), checksum, sizes, name length, extra length.
function sharedFields(name, packed, bytes) {
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(20, 0)
  fields.writeUInt16LE(0x0800, 2)
  fields.writeUInt16LE(8, 4)
  fields.writeUInt16LE(0x21, 8)
  fields.writeUInt32LE(crc32(bytes), 10)
  fields.writeUInt32LE(packed.length, 14)
  fields.writeUInt32LE(bytes.length, 18)
  fields.writeUInt16LE(name.length, 22)
  return fields
}

function zip(files) {
  const local = []
  const directory = []
  let offset = 0
  for (const [path, bytes] of files) {
    const name = Buffer.from(path)
    const packed = deflateRawSync(bytes, { level: 9 })
    const fields = sharedFields(name, packed, bytes)
    const entry = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name, packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE((0o100644 << 16) >>> 0, 6)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), fields, tail, name]))
    local.push(entry)
    offset += entry.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, central, end])
}

function contents(app) {
  const own = filesUnder(join(here, 'apps', app)).map(([path, bytes]) => {
    if (path.startsWith('static/')) return [`WEB-INF/classes/${path}`, bytes]
    return [path === 'application.properties' ? `WEB-INF/classes/${path}` : path, bytes]
  })
  const driver = ['WEB-INF/lib/postgresql.jar', readFileSync(join(cache, 'postgresql.jar'))]
  return [...filesUnder(join(here, 'apps', 'common')), ...own, driver].sort(([a], [b]) => (a < b ? -1 : 1))
}

mkdirSync(cache, { recursive: true })
for (const app of ['admin', 'user']) {
  const war = process.env[`LAB_WAR_${app.toUpperCase()}`]
  writeFileSync(join(cache, `mago3d-${app}.war`), war === undefined || war === '' ? zip(contents(app)) : readFileSync(war))
}
