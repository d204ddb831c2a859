/** Downloads a file to the host, by the host's own curl or wget. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule } from '../core/module.ts'
import { shText } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import type { Args, Plan, Ran, Target } from '../core/plan.ts'
import { algorithms } from '../probes/checksum.ts'
import type { Algorithm } from '../probes/checksum.ts'
import { content } from '../probes/content.ts'
import { download, fetchScript } from '../probes/download.ts'
import type { Download } from '../probes/download.ts'
import type { Request } from '../probes/http.ts'
import { page } from '../probes/page.ts'
import { flags } from '../probes/flags.ts'
import { followed, pathInfo, plainPath, stat } from '../probes/stat.ts'
import { attributeArgs, lookUpWanted, made, planAttributes, planFlags, predicted } from './files/attributes.ts'
import type { Wanted } from './files/attributes.ts'
import { ending, isFolder, planContent } from './files/deliver.ts'
import type { Place } from './files/deliver.ts'
import { expand, join, parentOf } from './files/paths.ts'
import { dispositionName, fileName, maskUrl, toRequest, urlArgs } from '../probes/url.ts'
import { backupName, foreseeUnseen, shellLines, writeStep } from './files/write.ts'

const args = {
  url: { type: 'str', required: true, doc: 'The address: http, https, ftp or file.' },
  dest: { type: 'path', required: true, doc: 'Where to; a folder takes the name that the answer or the address has.' },
  checksum: { type: 'str', default: '', doc: 'algorithm:value, or algorithm:address of a list of checksums; a file that has it is not asked for.' },
  timeout: { type: 'int', default: 10, doc: 'Seconds without an answer.' },
  backup: { type: 'bool', default: false, doc: 'Keep a dated copy of what was there.' },
  tmp_dest: { type: 'path', doc: 'Folder for the part-way file. It is always written beside its place; this one must exist.' },
  ...urlArgs, ...attributeArgs,
} as const
type Given = Args<typeof args>
interface Sum { readonly algorithm: Algorithm; readonly value: string }

export default defineModule({
  name: 'get_url',
  doc: 'Downloads a file.',
  args,
  async plan(given, target) {
    const dest = plainPath(await expand(target, given.dest)), request = toRequest(given.url, given, given.timeout)
    const sum = await wantedSum(target, given, request)
    const guess = join(dest, fileName(given.url))
    const [own, inside, wanted, got, tmp] = await Promise.all([
      readOld(target, dest, given), readOld(target, guess, given), lookUpWanted(target, given),
      target.read(download, { request, dest, force: given.force, checksum: sum }),
      given.tmp_dest === undefined ? undefined : target.read(stat, await expand(target, given.tmp_dest)),
    ])
    if (tmp !== undefined && !isFolder(tmp)) throw new Failure(tmp.type === 'absent' ? `${given.tmp_dest} directory does not exist.` : `${given.tmp_dest} is a file but should be a directory.`)
    const base: Data = { url: maskUrl(given.url), dest, elapsed: 0 }
    if (got.kind === 'failed') throw new Failure(`Request failed: ${got.why}`, { ...base, status_code: -1 })
    if (got.kind === 'fits') return { ...rights(own, wanted), data: { ...base, ...rights(own, wanted).data, msg: 'file already exists' } }
    const place = isFolder(own.is) ? await placeInside(target, given, got, inside) : own
    checkAnswer(got, { ...base, dest: place.path })
    return planDownload(given, place, wanted, request, got, sum, { ...base, dest: place.path })
  },
})

async function readOld(target: Target, path: string, given: Given): Promise<Place> {
  const [is, now, parent, own] = await Promise.all([
    target.read(stat, path), target.read(content, { path, max: 0 }), target.read(stat, parentOf(path)), given.attributes === undefined ? null : target.read(flags, path),
  ])
  return { path, is, content: now, parent, flags: own }
}
async function placeInside(target: Target, given: Given, got: Download, guess: Place): Promise<Place> {
  if (got.kind !== 'answer') return guess
  const name = dispositionName(got.response.headers['content-disposition']) ?? fileName(got.url)
  const path = join(parentOf(guess.path), name)
  return path === guess.path ? guess : readOld(target, path, given)
}

/** The checksum that the argument means; a list of checksums is fetched first. */
async function wantedSum(target: Target, given: Given, request: Request): Promise<Sum | undefined> {
  if (given.checksum === '') return undefined
  const at = given.checksum.indexOf(':')
  if (at < 0) throw new Failure('The checksum parameter has to be in format <algorithm>:<checksum>', { url: maskUrl(given.url), dest: given.dest })
  const name = given.checksum.slice(0, at), text = given.checksum.slice(at + 1)
  const algorithm = algorithms.find((one) => one === name)
  if (algorithm === undefined) throw new Failure(`Could not hash file with algorithm '${name}'. Available algorithms: ${algorithms.join(', ')}`)
  const value = /^(https?|ftp|file):/.test(text) ? await listed(target, text, fileName(given.url), request) : text
  const plain = value.replace(/\W+/g, '').toLowerCase()
  if (!/^[0-9a-f]+$/.test(plain)) throw new Failure('The checksum format is invalid', { url: maskUrl(given.url), dest: given.dest })
  return { algorithm, value: plain }
}
async function listed(target: Target, url: string, name: string, request: Request): Promise<string> {
  const found = await target.read(page, { ...request, url })
  if ('why' in found) throw new Failure(`Request failed: ${found.why}`, { url: maskUrl(url) })
  if (![0, 200].includes(found.response.status)) throw new Failure('Request failed', { status_code: found.response.status, response: found.response.reason, url: maskUrl(url) })
  const lines = found.text.split('\n').map((line) => line.trimEnd()).filter((line) => line !== '')
  if (lines.length === 1 && !/\s/.test(lines[0] ?? '')) return lines[0] ?? ''
  for (const line of lines) {
    const bsd = /^\w+ ?\((.+)\) ?= ([\w.]+)$/.exec(line), gnu = /^([\w.]+)\s+(?:\*|\.\/|\.)?(.+)$/.exec(line)
    const [sum, path] = bsd === null ? [gnu?.[1], gnu?.[2]?.replace(/^[./]+/, '')] : [bsd[2], bsd[1]]
    if (path === name && sum !== undefined) return sum
  }
  throw new Failure(`Unable to find a checksum for file '${name}' in '${maskUrl(url)}'`)
}

function checkAnswer(got: Download & { kind: 'answer' }, data: Data): void {
  const { status, reason } = got.response
  const isHeadOnly = got.sha1 === undefined
  // Some servers answer GET only; what they would say is then seen in the run itself.
  if ([0, 200, 304].includes(status) || (isHeadOnly && [403, 405, 500, 501].includes(status))) return
  throw new Failure('Request failed', { ...data, status_code: status, response: `HTTP Error ${status}: ${reason}` })
}

const rights = (place: Place, wanted: Wanted): Plan => {
  const now = place.content
  return planContent(place, { source: { file: '', sha1: now.kind === 'file' ? now.sha1 : '', size: undefined }, wanted, follow: true })
}

function planDownload(given: Given, given1: Place, wanted: Wanted, request: Request, got: Download & { kind: 'answer' }, sum: Sum | undefined, data: Data): Plan {
  const place = ending(given1, true), { path, is } = place, { status } = got.response
  const old = place.content.kind === 'file' ? place.content.sha1 : undefined
  if (status === 304 || (old !== undefined && old === got.sha1)) {
    const plan = rights(given1, wanted), { path: _, checksum: __, ...facts } = plan.data ?? {}
    // nothing came that could have a checksum
    if (status === 304) return { ...plan, data: { ...data, ...facts, status_code: status, msg: 'HTTP Error 304: Not Modified' } }
    return { ...plan, data: { ...data, ...plan.data, checksum_src: got.sha1 ?? null, checksum_dest: old ?? null, status_code: status === 0 ? null : status, msg: `OK (${got.size ?? 'unknown'} bytes)` } }
  }
  if (sum !== undefined && got.sum !== undefined && got.sum !== sum.value) throw new Failure(`The checksum for ${path} did not match ${sum.value}; it was ${got.sum}.`, data)
  const parent = followed(place.parent)
  if (is.type === 'absent' && parent.type !== 'directory') throw new Failure(`Destination ${parentOf(path)} does not exist`, data)
  const size = got.response.headers['content-encoding'] === undefined || got.sha1 !== undefined ? got.size : undefined
  const born = made('file', parent.type === 'absent' ? undefined : parent, wanted.account, size)
  const outcome = planAttributes(path, is.type === 'file' ? predicted(is, { size }, wanted.account) : born, wanted)
  const own = planFlags(path, place.flags, wanted)
  const become = predicted(outcome.after, { size }, wanted.account)
  const step = writeStep({
    path, was: is, sha1: old, source: { writes: fill(request, sum) }, become, born, backup: given.backup ? path : undefined, unsafeWrites: given.unsafe_writes,
  })
  const sums: Partial<Record<Algorithm, string>> = { ...(sum === undefined ? {} : { [sum.algorithm]: sum.value }), ...(got.sha1 === undefined ? {} : { sha1: got.sha1 }) }
  return {
    changes: [
      ...(is.type === 'absent' ? [attr(path, 'state', 'absent', 'file')] : []),
      { kind: 'text', of: path, before: '', after: '', note: `downloaded from ${maskUrl(given.url)}` }, ...outcome.changes, ...own.changes,
    ],
    steps: [step, ...own.commands.length === 0 ? [] : [shellLines(own.commands)]],
    after: [...foreseeUnseen(path, become, `${path} would be downloaded`, sums), ...own.after],
    data: { ...data, checksum_dest: old ?? null, ...pathInfo(become), ...(got.sha1 === undefined ? {} : { checksum_src: got.sha1 }) },
    later: ['checksum_src', 'md5sum', 'size', 'status_code', 'msg', 'elapsed', ...given.backup && old !== undefined ? ['backup_file'] : []],
    done: (ran) => said(ran[0], given.backup && old !== undefined),
  }
}

const fill = (request: Request, sum: Sum | undefined): string => `answer=$tmp head=$(mktemp) why=$(mktemp)
trap 'rm -f -- "$tmp" "$head" "$why"' EXIT
set +e
${fetchScript(request)}
set -e
status=$(sed -n 's/^ *HTTP\\/[0-9.]* \\([0-9][0-9][0-9]\\).*/\\1/p' "$head" | tail -n 1)
[ "$rc" = 0 ] || stop "Request failed: $(cat "$why")"
case $status in ''|200) ;; *) stop "Request failed: HTTP Error $status";; esac
${sum === undefined ? '' : shText`set -- $(${[`${sum.algorithm}sum`]} <"$tmp"); [ "$1" = ${sum.value} ] || stop "The checksum for $path did not match "${sum.value}"; it was $1."
`}set -- $(sha1sum <"$tmp"); printf '\\nsha1 %s\\n' "$1"; set -- $(md5sum <"$tmp"); echo "md5 $1"; set -- $(wc -c <"$tmp"); echo "size $1"; echo "status \${status:-0}"
rm -f -- "$head" "$why"`

function said(ran: Ran | undefined, hasBackup: boolean): Data {
  const of = (name: string): string | undefined => new RegExp(`^${name} (\\S+)$`, 'm').exec(ran?.stdout ?? '')?.[1]
  const status = Number(of('status') ?? 0)
  return {
    checksum_src: of('sha1'), md5sum: of('md5'), size: Number(of('size')), status_code: status === 0 ? null : status, msg: `OK (${of('size') ?? 'unknown'} bytes)`,
    elapsed: Math.floor((ran?.ms ?? 0) / 1000), ...(hasBackup ? { backup_file: backupName(ran) } : {}),
  }
}
