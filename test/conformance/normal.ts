/**
 * Makes two runs comparable: times, ids and error texts that are ours go; hosts within one task stand in order of their names, since
 * there Ansible's own order is a race. What a case lists as a difference made on purpose is put in Ansible's place.
 */
import type { Answer, Case } from './case.ts'

/** Result lines start like this; the host is the order within a task. */
const resultLine = /^(?:(?:ok|changed|skipping|failed|fatal|unknown|FAILED - RETRYING): \[([^\]]+)\]|(?<adhoc>\S+) \| [A-Z]+)/
const hostIn = (line: string): string | undefined => { const found = resultLine.exec(line); return found?.groups?.['adhoc'] ?? found?.[1]?.split(' -> ')[0] }
const isBanner = (line: string): boolean => line.startsWith('$ adhoc ') || line.startsWith('exit code ') || /^(PLAY|TASK|RUNNING HANDLER|NO MORE HOSTS LEFT|PLAYBOOK)\b.*\*{3}$/.test(line) || line.startsWith('included: ')

export interface Comparable { readonly code: number; readonly stdout: string; readonly files: Answer['files'] }

export function comparable(answer: Answer, one: Case, whose: 'ours' | 'ansible'): Comparable {
  const code = whose === 'ansible' ? one.differs?.find((difference) => difference.code !== undefined)?.code ?? answer.code : answer.code
  const told = trimmed(withoutFrames(answer.stdout)).map(cleaned).map((line) => shortened(line, one.said ?? []))
  const lines = whose === 'ours' ? told : replaced(told, one)
  const stdout = one.free === true ? byHost(lines) : inOrder(lines)
  return { code, stdout: stdout.join('\n'), files: answer.files }
}

/** Both put why a task failed before its line: as a frame of ours, as an `[ERROR]` paragraph in Ansible's. */
function withoutFrames(lines: readonly string[]): readonly string[] {
  const kept: string[] = []
  let inFrame = false
  for (const line of lines) {
    if (/^(\[ERROR\]|error:|error\b.*:)/i.test(line)) inFrame = true
    if (inFrame && (resultLine.test(line) || isBanner(line))) inFrame = false
    if (!inFrame) kept.push(line)
  }
  return kept
}

/** The banner above, where only skips of a `meta` stand in between. */
function bannerBefore(lines: readonly string[], at: number): string | undefined {
  let i = at - 1
  if (/meta\] \*+$/.test(lines[at] ?? '')) while (/^skipping: \[/.test(lines[i] ?? '')) i -= 1
  return lines[i]
}
/** Without empty lines; Ansible says the banner of a `meta` once a host, ours once. */
function trimmed(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.trimEnd()).filter((line) => line !== '' && !isExtra(line)).filter((line, i, all) => !isBanner(line) || line !== bannerBefore(all, i))
}

/** What a dry run of ours says beyond Ansible, and what Ansible says of jobs that it waits for and of its configuration. */
const isExtra = (line: string): boolean => /^(would run: |ASYNC (OK|FAILED|POLL) on |Using .* as config file)/.test(line)

const cleaned = (line: string): string => line
  .replace(/^(included: .* for )([^=]*?)( => .*)?$/, (_, before: string, hosts: string, after: string | undefined) => `${before}${hosts.split(', ').sort().join(', ')}${after ?? ''}`)
  // a diff of ours names the file that changes, Ansible's where the new text comes from
  .replace(/^\+\+\+ after: .*/, '+++ after')
  // copy: a temporary file on the target, and a sum that is nobody's any more
  .replace(/"md5sum": "[^"]*", /, '').replace(/"src": "[^"]*\/\.ansible\/tmp\/[^"]*", /, '').replace(/("src": ")[^"]*\/(\.ansible\/tmp\/[^"]*|note)",$/, '$1{source}",')
  .replace(/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+/g, '{time}').replace(/"delta": "[^"]*"/g, '"delta": "{time}"').replace(/^( *)delta: '[^']*'$/, "$1delta: '{time}'")
  .replace(/"ansible_job_id": "[^"]*"/g, '"ansible_job_id": "{id}"').replace(/"results_file": "[^"]*"/g, '"results_file": "{file}"')

/** Of an error's message only the words that the case asks for. */
function shortened(line: string, said: readonly string[]): string {
  const found = /^((?:fatal|failed): \[.*?=> )(\{.*\})$/.exec(line)
  if (found === null || said.length === 0) return line
  const data: Record<string, unknown> = JSON.parse(found[2] ?? '{}')
  if (typeof data['msg'] !== 'string') return line
  const { msg } = data
  if (Array.isArray(data['argument_errors'])) data['argument_errors'] = data['argument_errors'].length
  // ours are shown with -v
  for (const key of ['argument_spec_data', 'validate_args_context']) Reflect.deleteProperty(data, key)
  for (const key of ['failed_when_result', 'changed_when_result']) if (typeof data[key] === 'string') data[key] = '{text}'
  return `${found[1] ?? ''}${JSON.stringify({ ...data, msg: said.filter((word) => msg.includes(word)).join(' … ') })}`
}

function replaced(lines: readonly string[], one: Case): readonly string[] {
  const whole = one.differs?.find((difference) => difference.stdout !== undefined)?.stdout
  if (whole !== undefined) return whole.trimEnd().split('\n')
  let result = [...lines]
  for (const { ansible, ours } of one.differs ?? []) {
    if (ansible === undefined) continue
    const wanted = ansible.trimEnd()
    if (!result.includes(wanted)) throw new Error(`the recorded answer has no line '${wanted}' (differs)`)
    result = result.flatMap((line) => line !== wanted ? [line] : ours === undefined ? [] : ours.trimEnd().split('\n'))
  }
  return result
}

interface Piece { readonly host: string; readonly lines: string[] }
/** Lines of one task by result; lines before the first result belong to it. */
function pieces(lines: readonly string[]): Piece[] {
  const found: Piece[] = []
  let waiting: string[] = []
  for (const line of lines) {
    const host = hostIn(line)
    if (host !== undefined) { found.push({ host, lines: [...waiting, line] }); waiting = []; continue }
    if (/^(--- |\+\+\+ )/.test(line) || waiting.length > 0) { waiting.push(line); continue }
    const last = found.at(-1)
    if (last === undefined) waiting.push(line); else last.lines.push(line)
  }
  if (waiting.length > 0) found.push({ host: '~', lines: waiting })
  return found
}

function inOrder(lines: readonly string[]): readonly string[] {
  const result: string[] = []
  let task: string[] = []
  const flush = (): void => {
    const parts = pieces(task)
    result.push(...parts.sort((x, y) => x.host < y.host ? -1 : x.host > y.host ? 1 : 0).flatMap((piece) => piece.lines))
    task = []
  }
  for (const line of lines) {
    if (isBanner(line) || line.startsWith('PLAY RECAP')) { flush(); result.push(line) } else task.push(line)
  }
  flush()
  return result
}

/** For strategies without lockstep: what each host was told, without banners. */
function byHost(lines: readonly string[]): readonly string[] {
  const recap = lines.findIndex((line) => line.startsWith('PLAY RECAP'))
  const body = lines.slice(0, recap).filter((line) => !isBanner(line))
  const parts = pieces(body)
  return [...parts.sort((x, y) => x.host < y.host ? -1 : x.host > y.host ? 1 : 0).flatMap((piece) => piece.lines), ...lines.slice(recap)]
}
