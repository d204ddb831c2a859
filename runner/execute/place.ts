/** Where a task acts: the host itself or the one it is delegated to, its endpoint, account, and the exchange with it. */
import type { Task } from '../core/types.ts'
import type { Become, Endpoint } from '../core/session.ts'
import { fault, Fault } from '../core/errors.ts'
import { valueLoc } from '../core/loc.ts'
import type { Frame } from '../core/types.ts'
import type { Scope } from '../vars/scope.ts'
import { accounts } from '../probes/accounts.ts'
import { UnknownValue } from '../core/value.ts'
import { relocate } from '../template/python.ts'
import { accountKey, becomeOf, endpointOf, machineKey } from './connect.ts'
import { hostState, type HostState, type PlayState, type Run } from './context.ts'
import { Exchange, Machine } from './exchange.ts'
import { environment, keyword, placing } from './keywords.ts'
import { taskScope } from './scopes.ts'

export interface Place {
  /** Inventory name of the host that is acted on. */
  readonly on: HostState
  readonly delegated: string | undefined
  readonly endpoint: Endpoint
  readonly become: Become | undefined
  readonly machine: Machine
  exchange(): Promise<Exchange>
}

export function placeOf(run: Run, play: PlayState, host: HostState, task: Task, scope: Scope, varsFiles: readonly Frame[]): Place {
  const to = keyword(run, task, scope, 'delegate_to')
  if (to !== undefined && typeof to !== 'string') throw fault('not-a-name', valueLoc(task.kw, 'delegate_to') ?? task.loc, { what: 'delegate_to', found: JSON.stringify(to) })
  const on = to === undefined || to === '' ? host : hostState(run, to)
  const connectScope = on === host ? scope : taskScope(run, play, on, task, varsFiles, { ownHost: true })
  const variable = (name: string): unknown => run.jinja.resolve(connectScope.get(name), connectScope)
  const kw = placing(run, task, scope)
  // connection: local of the play is about its own hosts; a delegated task asks the other host's variables first
  const placed = <T>(keys: Readonly<Record<string, string>>, make: () => T): T => {
    try { return make() } catch (error) { throw whereWritten(error, keys, connectScope, task) }
  }
  const endpoint = placed({ connection: 'ansible_connection', port: 'ansible_port' }, () => endpointOf(on.name, variable, kw, run.options))
  const become = placed({ become_method: 'ansible_become_method' }, () => becomeOf(variable, kw, run.options, endpoint))
  for (const secret of [endpoint.password, endpoint.passphrase, become?.password]) if (secret !== undefined) run.masker.add(secret)
  const machine = machineOf(run, endpoint)
  const env = environment(run, task, scope)
  return { on, delegated: on === host ? undefined : on.name, endpoint, become, machine, exchange: () => exchangeOf(run, host, machine, endpoint, become, env) }
}

/** A wrong connection, port or become method is shown where the variable or keyword with it stands. */
function whereWritten(error: unknown, keys: Readonly<Record<string, string>>, scope: Scope, task: Task): unknown {
  if (!(error instanceof Fault) || error.loc !== undefined) return error
  for (const [key, name] of Object.entries(keys)) {
    if (error.code !== codes[key]) continue
    const loc = valueLoc(scope.frameOf(name)?.vars, name) ?? valueLoc(task.kw, key)
    if (loc !== undefined) return relocate(error, loc)
  }
  return error
}
const codes: Readonly<Record<string, string>> = { connection: 'unknown-connection', port: 'bad-port', become_method: 'unknown-become' }

function machineOf(run: Run, endpoint: Endpoint): Machine {
  const key = machineKey(endpoint)
  const before = run.machines.get(key)
  if (before !== undefined) return before
  const machine = new Machine()
  run.machines.set(key, machine)
  return machine
}

/** In a dry run, an account (or sudo) that is missing may be one that the real run has made by then. */
function notYet(run: Run, machine: Machine, become: Become | undefined, error: unknown): unknown {
  if (!run.options.check || !(error instanceof Fault) || !['become-no-user', 'become-not-installed'].includes(error.code) || become === undefined) return error
  const isForeseen = error.code === 'become-no-user' && machine.foreseen(accounts, 'files')?.value.passwd[become.user] !== undefined
  const reason = isForeseen ? `the account ${become.user} is not there yet` : machine.unforeseen(become.user)
  return reason === undefined ? error : new UnknownValue(reason)
}

async function exchangeOf(run: Run, host: HostState, machine: Machine, endpoint: Endpoint, become: Become | undefined, env: Readonly<Record<string, string>>): Promise<Exchange> {
  const session = await run.pool.session(endpoint, become).catch((error: unknown) => { throw notYet(run, machine, become, error) })
  const account = accountKey(endpoint, become, env)
  const before = run.exchanges.get(account)
  const exchange = before !== undefined && before.session === session ? before : new Exchange(session, machine, account, env)
  run.exchanges.set(account, exchange)
  host.sessions.add(session)
  host.machines.add(machine)
  return exchange
}
