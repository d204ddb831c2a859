/** Says what a path is: what stat(2) knows, checksum, kind of content, flags of the file system. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import type { Data } from '../core/types.ts'
import { Unknown } from '../core/value.ts'
import { selinuxContext } from '../probes/answers.ts'
import { checksum } from '../probes/checksum.ts'
import { flags } from '../probes/flags.ts'
import type { Flags } from '../probes/flags.ts'
import { mime } from '../probes/mime.ts'
import { plainPath, stat } from '../probes/stat.ts'
import type { Live, Stat } from '../probes/stat.ts'
import { expand } from './files/paths.ts'
import { modeBits } from './files/mode.ts'

const letters: Readonly<Record<string, string>> = {
  A: 'noatime', a: 'append', c: 'compressed', C: 'nocow', d: 'nodump', D: 'dirsync', e: 'extents', E: 'encrypted', h: 'blocksize', i: 'immutable',
  I: 'indexed', j: 'journalled', N: 'inline', s: 'zero', S: 'synchronous', t: 'notail', T: 'blockroot', u: 'undelete', X: 'compressedraw', Z: 'compresseddirty',
}

export default defineModule({
  name: 'stat',
  doc: 'Says what a path is.',
  args: {
    path: { type: 'path', required: true, aliases: ['dest', 'name'], doc: 'The path.' },
    follow: { type: 'bool', default: false, doc: 'Of a link: what it leads to.' },
    get_checksum: { type: 'bool', default: true, doc: 'Also the checksum of a file.' },
    get_mime: { type: 'bool', default: true, aliases: ['mime', 'mime_type', 'mime-type'], doc: 'Also kind and encoding of the content, by file(1).' },
    get_attributes: { type: 'bool', default: true, aliases: ['attr', 'attributes'], doc: 'Also flags of the file system, by lsattr(1).' },
    get_md5: { type: 'bool', default: false, doc: 'Only false, which older roles say: true is refused, since checksum_algorithm: md5 does it.' },
    get_selinux_context: { type: 'bool', default: false, doc: 'Also the SELinux context.' },
    checksum_algorithm: { type: 'str', default: 'sha1', choices: ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'], aliases: ['checksum', 'checksum_algo'], doc: 'Kind of checksum.' },
  },
  async plan(args, target) {
    if (args.get_md5) throw new Failure('get_md5 is not supported any more (Ansible took it away): say checksum_algorithm: md5, and take checksum from the result')
    const path = await expand(target, args.path)
    const [is, sum, kind, own, context] = await Promise.all([
      target.read(stat, path), args.get_checksum ? target.read(checksum, { path, algorithm: args.checksum_algorithm }) : null,
      args.get_mime ? target.read(mime, path) : undefined, args.get_attributes ? target.read(flags, path) : null,
      args.get_selinux_context ? target.read(selinuxContext, path) : undefined,
    ])
    const seen = args.follow && is.type === 'link' ? is.to : is
    if (seen === undefined || seen.type === 'absent') return { changes: [], steps: [], data: { stat: { exists: false } } }
    const output: Data = { exists: true, path, ...facts(seen), ...times(seen) }
    if (is.type === 'link' && !args.follow) { output.lnk_source = is.real || plainPath(path); output.lnk_target = is.target ?? '' }
    if (seen.owner !== undefined) output.pw_name = seen.owner
    if (seen.group !== undefined) output.gr_name = seen.group
    if (seen.type === 'file' && seen.readable && args.get_checksum) output.checksum = sum ?? notYet
    if (kind !== undefined) Object.assign(output, seen.live === undefined ? { mimetype: notYet, charset: notYet } : kind)
    if (args.get_attributes) Object.assign(output, flagFacts(own))
    if (context !== undefined) output.selinux_context = context
    return { changes: [], steps: [], data: { stat: output } }
  },
})

const notYet = new Unknown('the file is only planned')

function facts(is: Stat): Data {
  const bits = modeBits(is.mode), has = (bit: number): boolean => (bits & bit) !== 0
  return {
    mode: bits.toString(8).padStart(4, '0'),
    isdir: is.type === 'directory', ischr: is.type === 'char', isblk: is.type === 'block', isreg: is.type === 'file', isfifo: is.type === 'fifo',
    islnk: is.type === 'link', issock: is.type === 'socket', uid: is.uid, gid: is.gid, size: is.size ?? notYet,
    wusr: has(0o200), rusr: has(0o400), xusr: has(0o100), wgrp: has(0o020), rgrp: has(0o040), xgrp: has(0o010), woth: has(0o002), roth: has(0o004), xoth: has(0o001),
    isuid: has(0o4000), isgid: has(0o2000), readable: is.readable, writeable: is.writable, executable: is.executable,
  }
}
function times({ live }: Stat): Data {
  if (live === undefined) {
    return Object.fromEntries(['inode', 'dev', 'nlink', 'atime', 'mtime', 'ctime', 'blocks', 'block_size', 'device_type', 'disk_usage_bytes'].map((name) => [name, notYet]))
  }
  const { inode, device, nlink, atime, mtime, ctime, birthtime, blocks, blockSize, rdev }: Live = live
  return {
    inode, dev: device, nlink, atime, mtime, ctime, blocks, block_size: blockSize, device_type: rdev, disk_usage_bytes: blocks * 512,
    ...(birthtime === undefined ? {} : { birthtime }),
  }
}
function flagFacts(own: Flags | null): Data {
  if (own === null) return { version: null, attributes: [], attr_flags: '' }
  return {
    version: own.version ?? null, attr_flags: own.letters,
    attributes: [...own.letters].flatMap((letter) => letters[letter] ?? []),
  }
}
