/**
 * The text that travels: scripts that run steps in the long-lived shell, and the frames in which answers come back. The output of a step
 * goes to two files in a private folder first, and from there to the answer: a daemon that keeps its file descriptors can then neither
 * hold up an answer nor write into a later one, and standard output and error stay apart (POSIX has no other way to tell them
 * on one pipe). A full folder cannot be told from a step that printed little, so each step is followed by a write of one byte; where that
 * fails, or the folder is gone, the answer says so and another folder is made. Measured on two busy cores: 0.4 ms a trip where nothing is printed, 1.5 ms where something is (one `cat`). The folder is on
 * /dev/shm where there is one, so a full disk does not matter; a container's is 64 MiB, which bounds the output of one step there.
 */
import type { Step } from '../core/plan.ts'

/** How the shell can make bytes from text, from best to worst. */
export type Decoder = 'base64' | 'openssl' | 'uudecode' | 'printf'

/** Exit code of a step whose working directory cannot be entered; its standard error says so. */
export const noDirectoryRc = 125
/** Standard input above this size has a channel of its own. */
export const inlineBytes = 256 * 1024

/**
 * What a new shell is told first: `_pm` makes its folder, `_pn` makes it anew, `_pe` answers. Names begin with `_p`; none is exported. Signals that a step sends to `$$` are noted in `_pk` instead
 * of ending the shell; `EXIT` removes the folder, also when the connection is gone (end of input).
 */
export function greeting(nonce: string): string {
  return `_pd= _pk= _pg=1 _pf=printf
_pm() {
for _pb in /dev/shm "\${TMPDIR:-/tmp}" /tmp /var/tmp "\${HOME:-/}"; do
_pd=$_pb/.play-${nonce}
if [ -w "$_pb" ] && mkdir -m 700 -- "$_pd" 2>/dev/null; then
if { echo >"$_pd/f"; } 2>/dev/null; then return; else rm -rf -- "$_pd"; fi
fi
done
_pd=
}
_pn() { rm -rf -- "$_pd"; _pm; [ -n "$_pd" ] || exit 1; }
_pm
trap '[ -z "$_pd" ] || rm -rf -- "$_pd"' EXIT
trap '_pk=15' TERM; trap '_pk=2' INT; trap '_pk=1' HUP; trap '_pk=3' QUIT; trap 'exit 141' PIPE
_pe() {
_pr=$1 _pl=
[ -e "$_pd/o$3" ] || _pl=gone
{ echo >"$_pd/f$3"; } 2>/dev/null || _pl=\${_pl:-full}
[ "$_pl$_pr" != full0 ] || _pr=1
[ -s "$_pd/o$3" ] && cat "$_pd/o$3"
if [ -s "$_pd/e$3" ]; then printf '%s:E\\n' "$2"; cat "$_pd/e$3"; printf '%s:R %s %s %s\\n' "$2" "$_pr" "$_pk" "$_pl"
else printf '%s:E\\n%s:R %s %s %s\\n' "$2" "$2" "$_pr" "$_pk" "$_pl"; fi
case $4 in any|*,"$_pr",*) ;; *) _pg=0;; esac
_pk=
[ -z "$_pl" ] || _pn
}
if command -v base64 >/dev/null 2>&1; then _pf=base64
elif command -v openssl >/dev/null 2>&1; then _pf=openssl
elif command -v uudecode >/dev/null 2>&1; then _pf=uudecode; fi
printf '${nonce}:G %s %s %s %s\\n' "$(id -un 2>/dev/null || id -u)" "$$" "$_pf" "$_pd"
`
}

export interface Greeting { readonly user: string; readonly pid: number; readonly decoder: Decoder; readonly folder: string }

/** The answer to `greeting`, if it has come; noise of login scripts before it is skipped. */
export function parseGreeting(nonce: string, stdout: string): Greeting | undefined {
  const found = new RegExp(`${nonce}:G (\\S+) (\\d+) (base64|openssl|uudecode|printf) (.*)\\n`).exec(stdout)
  if (found === null) return undefined
  const [, user = '', pid = '', decoder = '', folder = ''] = found
  const known = (['base64', 'openssl', 'uudecode', 'printf'] as const).find((one) => one === decoder) ?? 'printf'
  return { user, pid: Number(pid), decoder: known, folder }
}

const single = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** Bytes as the content of a file in the session's folder. */
function writeFile(path: string, bytes: Uint8Array, decoder: Decoder): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (buffer.length === 0) return `: >${path}`
  const text = buffer.toString('utf8')
  if (!buffer.includes(0) && Buffer.from(text, 'utf8').equals(buffer)) return `printf %s ${single(text)} >${path}`
  switch (decoder) {
    case 'base64': return `printf %s ${single(buffer.toString('base64'))} | base64 -d >${path}`
    case 'openssl': return `printf '%s\\n' ${single(buffer.toString('base64'))} | openssl base64 -d -A >${path}`
    case 'uudecode': return `printf '%s\\n' ${single(uuencoded(buffer))} | uudecode -o ${path}`
    case 'printf': return `printf ${single([...buffer].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''))} >${path}`
    default: return decoder satisfies never
  }
}
const uuencoded = (buffer: Buffer): string => {
  const lines = buffer.toString('base64').match(/.{1,76}/g) ?? []
  return ['begin-base64 600 x', ...lines, '===='].join('\n')
}

/** What is tested after a step: `,0,3,` or `any`. */
const allowed = (step: Step): string => step.okRc === 'any' ? 'any' : `,${(step.okRc ?? [0]).join(',')},`
export const isAllowed = (step: Step, rc: number): boolean => step.okRc === 'any' || (step.okRc ?? [0]).includes(rc)

/** The step's own text with its environment and working directory. `eval` keeps a syntax error inside the subshell. */
function body(step: Step): string {
  const env = Object.entries(step.env ?? {}).map(([name, value]) => ` ${name}=${single(value)}`).join('')
  const dir = step.cwd === undefined ? '' : enter(step.cwd)
  return `${env === '' ? '' : `export${env}; `}${dir}eval ${single(` ${step.sh}`)}`
}
function enter(cwd: string): string {
  const path = single(cwd.startsWith('-') ? `./${cwd}` : cwd)
  const say = `if [ -d ${path} ]; then printf '%s\\n' ${single(`cannot change to the directory ${cwd}: permission denied`)}; else printf '%s\\n' ${single(`cannot change to the directory ${cwd}: no such directory`)}; fi >&2`
  return `CDPATH= cd -P ${path} 2>/dev/null || { ${say}; exit ${noDirectoryRc}; }; `
}

export interface Numbered { readonly step: Step; readonly serial: number }

/** Runs these steps one after the other until one fails; each prints one frame. */
export function stepsScript(nonce: string, steps: readonly Numbered[], decoder: Decoder): string {
  let text = '_pg=1; [ -d "$_pd" ] || _pn\n'
  steps.forEach(({ step, serial }, index) => {
    const input = step.stdin === undefined ? undefined : `"$_pd/i${serial}"`
    const feed = step.stdin === undefined ? '' : `${writeFile(`"$_pd/i${serial}"`, step.stdin, decoder)}\n`
    const run = `( ${body(step)}\n) <${input ?? '/dev/null'} >"$_pd/o${serial}" 2>"$_pd/e${serial}"\n_pe $? ${nonce} ${serial} ${allowed(step)}\n`
    text += index === 0 ? `${feed}${run}` : `if [ $_pg = 1 ]; then\n${feed}${run}fi\n`
  })
  return text
}

/** One step that reads the rest of the channel as its input: says `:S` first, since the shell may read ahead what is sent too early. */
export function streamScript(nonce: string, { step, serial }: Numbered): string {
  return `printf '${nonce}:S\\n'; ( ${body(step)}\n) >"$_pd/o${serial}" 2>"$_pd/e${serial}"; _pe $? ${nonce} ${serial} any; exit 0\n`
}

/** Removes the files of answers that were given. */
export const cleaning = 'rm -f "$_pd"/[oeif]*\n'

export interface Frame {
  readonly stdout: Buffer; readonly stderr: Buffer
  readonly rc: number
  /** Number of the signal that was sent to the session's shell meanwhile. */
  readonly signal: number | undefined
  /** The output is not whole: its files went away while the step ran, or had no room. */
  readonly lost?: 'gone' | 'full'
}

/** Bytes that came, and frames found in them. Grows by doubling; a search starts where the last one ended. */
export class Inbox {
  private buffer = Buffer.allocUnsafe(16 * 1024)
  private start = 0
  private end = 0
  private searched = 0

  push(chunk: Buffer): void {
    if (this.end + chunk.length > this.buffer.length) this.makeRoom(chunk.length)
    chunk.copy(this.buffer, this.end)
    this.end += chunk.length
  }
  private makeRoom(more: number): void {
    const used = this.end - this.start
    const size = used + more > this.buffer.length / 2 ? Math.max(this.buffer.length * 2, (used + more) * 2) : this.buffer.length
    const next = Buffer.allocUnsafe(size)
    this.buffer.copy(next, 0, this.start, this.end)
    this.searched -= this.start
    this.buffer = next
    this.start = 0
    this.end = used
  }
  private find(text: string, from: number): number {
    return this.buffer.subarray(0, this.end).indexOf(text, from, 'latin1')
  }

  /** True where this marker line has come; it and all before it are taken out. */
  takeMarker(marker: string): boolean {
    const at = this.find(`${marker}\n`, this.start)
    if (at < 0) return false
    this.start = this.searched = at + marker.length + 1
    return true
  }

  /** The next frame of this trip, once it is whole. */
  takeFrame(nonce: string): Frame | undefined {
    const middle = `${nonce}:E\n`, last = `${nonce}:R `
    const end = this.find(last, Math.max(this.start, this.searched))
    if (end < 0) {
      this.searched = Math.max(this.start, this.end - last.length)
      return undefined
    }
    const newline = this.find('\n', end)
    if (newline < 0) {
      this.searched = end
      return undefined
    }
    const split = this.find(middle, this.start)
    const [rc = '', signal = '', lost = ''] = this.buffer.toString('latin1', end + last.length, newline).split(' ')
    const frame: Frame = {
      stdout: Buffer.from(this.buffer.subarray(this.start, split)),
      stderr: Buffer.from(this.buffer.subarray(split + middle.length, end)),
      rc: Number(rc),
      signal: signal === '' ? undefined : Number(signal),
      ...(lost === 'gone' || lost === 'full' ? { lost } : {}),
    }
    this.start = this.searched = newline + 1
    if (this.start === this.end) this.reset()
    return frame
  }
  /** A buffer that held a large answer is given back. */
  private reset(): void {
    this.start = this.end = this.searched = 0
    if (this.buffer.length > 1024 * 1024) this.buffer = Buffer.allocUnsafe(16 * 1024)
  }
}
