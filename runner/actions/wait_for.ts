/** Waits on a host for a port, a file, a text, or the end of connections. */
import { Failure } from '../core/errors.ts'
import { defineAction } from '../core/module.ts'
import { BadRegex, compileRegex, firstMatch, type Pattern } from '../core/regex.ts'
import { shText } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import type { Args, Control } from '../core/plan.ts'
import { bannerQuestion, connectionsQuestion, isLocal, parseConnections, portQuestion, tcpStates } from './waiting/connections.ts'

const args = {
  host: { type: 'str', default: '127.0.0.1', doc: 'Whose port, seen from the host.' },
  port: { type: 'int', doc: 'Port to look at.' },
  path: { type: 'path', doc: 'File to look at.' },
  search_regex: { type: 'str', doc: 'Text to wait for in the file or in what the port says.' },
  state: { type: 'str', choices: ['absent', 'drained', 'present', 'started', 'stopped'], default: 'started', doc: 'What to wait for.' },
  timeout: { type: 'int', default: 300, doc: 'Most seconds to wait; without port and path, the seconds to wait.' },
  delay: { type: 'int', default: 0, doc: 'Seconds before the first look.' },
  sleep: { type: 'int', default: 1, doc: 'Seconds between looks.' },
  connect_timeout: { type: 'int', default: 5, doc: 'Seconds for one connection.' },
  active_connection_states: {
    type: 'list', elements: 'str', default: ['ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'SYN_RECV', 'SYN_SENT', 'TIME_WAIT'], doc: 'For drained: states that count as active.',
  },
  exclude_hosts: { type: 'list', elements: 'str', doc: 'For drained: hosts whose connections do not count.' },
  msg: { type: 'str', doc: 'What to say when time is up.' },
} as const
type WaitArgs = Args<typeof args>
/** Found, with what was matched; undefined: not yet. */
type Look = () => Promise<Data | undefined>

async function ask(control: Control, sh: string): Promise<string> {
  const [ran] = await control.run([{ sh, okRc: 'any' }])
  return ran?.stdout ?? ''
}

function pattern(search: string): Pattern {
  try { return compileRegex(search, { multiline: true }) } catch (error) {
    if (error instanceof BadRegex) throw new Failure(`search_regex: ${error.message}`)
    throw error
  }
}
function matched(text: string, search: string): Data | undefined {
  const searched = pattern(search), match = firstMatch(searched, text)
  return match === undefined ? undefined : { match_groups: match.slice(1).map((one: string | undefined) => one ?? null), match_groupdict: Object.fromEntries([...searched.names].map(([name, at]) => [name, match[at] ?? null])) }
}

function lookAtPath(path: string, want: WaitArgs, control: Control): Look {
  const { state, search_regex: search } = want
  const exists = shText`[ -e ${path} ] || [ -h ${path} ]`
  if (state === 'absent' || state === 'stopped') {
    return async () => search === undefined ? ((await ask(control, `{ ${exists}; } && echo yes || echo no`)).trim() === 'no' ? {} : undefined)
      : matched(await ask(control, shText`cat -- ${path} 2>/dev/null`), search) === undefined ? {} : undefined
  }
  return async () => {
    if (search === undefined) return (await ask(control, `{ ${exists}; } && echo yes || echo no`)).trim() === 'yes' ? {} : undefined
    return matched(await ask(control, shText`cat -- ${path} 2>/dev/null`), search)
  }
}

function lookAtPort(port: number, want: WaitArgs, control: Control): Look {
  const { host, state, search_regex: search } = want
  if (state === 'drained') return async () => drained(parseConnections(await ask(control, connectionsQuestion(want.exclude_hosts ?? []))), port, want) ? {} : undefined
  const isOpen = async (): Promise<boolean> => {
    const answer = (await ask(control, portQuestion(host, port, want.connect_timeout))).trim()
    if (answer === 'no-tool') throw new Failure(`${control.host} has no way to try port ${host}:${port}: one of bash, nc, curl, python3 or perl is needed`)
    return answer === 'open'
  }
  if (state === 'absent' || state === 'stopped') return async () => await isOpen() ? undefined : {}
  if (search === undefined) return async () => await isOpen() ? {} : undefined
  return async () => matched(await ask(control, bannerQuestion(host, port, want.connect_timeout)), search)
}

function drained({ connections, excluded }: ReturnType<typeof parseConnections>, port: number, { host, active_connection_states: active }: WaitArgs): boolean {
  const states = new Set(active.map((name) => {
    const state = tcpStates[name]
    if (state === undefined) throw new Failure(`unknown active_connection_state (${name}) defined`)
    return state
  }))
  const any = host === '0.0.0.0' || host === '::'
  return !connections.some((one) => one.port === port && states.has(one.state) && (any || one.local === host || (isLocal(host) && isLocal(one.local))) && !excluded.has(one.remote))
}

function timeUp({ host, port, path, state, search_regex: search, msg }: WaitArgs): string {
  if (msg !== undefined) return msg
  const what = path ?? `${host}:${port ?? ''}`
  if (state === 'drained') return `Timeout when waiting for ${what} to drain`
  if (state === 'absent' || state === 'stopped') return path === undefined ? `Timeout when waiting for ${what} to stop.` : `Timeout when waiting for ${path} to be absent.`
  return search === undefined ? `Timeout when waiting for ${path === undefined ? '' : 'file '}${what}` : `Timeout when waiting for search string ${search} in ${what}`
}

function check({ port, path, state, search_regex: search, exclude_hosts: excluded }: WaitArgs): void {
  if (port !== undefined && path !== undefined) throw new Failure('port and path parameter can not both be passed to wait_for')
  if (path !== undefined && (state === 'stopped' || state === 'drained')) throw new Failure(`state=${state} should only be used for checking a port in the wait_for module`)
  if (path !== undefined && excluded !== undefined) throw new Failure('exclude_hosts should only be with a port and state=drained in the wait_for module')
  if (excluded !== undefined && state !== 'drained') throw new Failure('exclude_hosts should only be with state=drained')
  if (search !== undefined) pattern(search)
}

export default defineAction({
  name: 'wait_for',
  doc: 'Waits for a port, a file, a text, or the end of connections.',
  needsHost: true,
  inCheckMode: 'skip',
  args,
  async run(want, control) {
    check(want)
    const started = Date.now()
    const elapsed = (): number => Math.floor((Date.now() - started) / 1000)
    const result = (found: Data): Data => ({
      changed: false, state: want.state, port: want.port ?? null, search_regex: want.search_regex ?? null, path: want.path ?? null,
      match_groups: [], match_groupdict: {}, ...found, elapsed: elapsed(),
    })
    if (want.delay > 0) await control.sleep(want.delay)
    if (want.port === undefined && want.path === undefined) {
      if (want.state !== 'drained') { await control.sleep(want.timeout); return result({}) }
      throw new Failure('port or path is missing')
    }
    const look = want.path !== undefined ? lookAtPath(want.path, want, control) : lookAtPort(want.port ?? 0, want, control)
    for (;;) {
      const found = await look()
      if (found !== undefined) return result(found)
      if (elapsed() >= want.timeout) return { changed: false, failed: true, msg: timeUp(want), elapsed: elapsed() }
      await control.sleep(want.sleep)
    }
  },
})
