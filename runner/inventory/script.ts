/** Inventory scripts: executables that print JSON for `--list`, and for `--host NAME` where `--list` gave no `_meta`. Rules: plugins/inventory/script.py. */
import { execFile } from 'node:child_process'
import { fault } from '../core/errors.ts'
import type { Data, Loc } from '../core/types.ts'
import { Template, VaultText, dictEntries, float, isDict, makeDict } from '../core/value.ts'
import type { Group, Origin, Tree } from './model.ts'
import { kindOf } from './yaml.ts'

export interface ScriptContext { readonly origin: Origin; readonly tree: Tree; warn(message: string, loc?: Loc): void }
interface Output { readonly command: string; readonly stdout: string; readonly stderr: string }

const atOnce = 8

/** Runs the script and takes in what it prints. */
export async function readScript(path: string, context: ScriptContext): Promise<void> {
  const loc: Loc = { file: path, line: 1, column: 1 }
  const listed = await run(path, ['--list'], loc)
  if (listed.stderr.trim() !== '') context.warn(`${path} says: ${listed.stderr.trim()}`)
  const document = parse(listed, loc)
  const bad = (why: string): never => { throw fault('inventory-script-json', loc, { command: listed.command, why, output: listed.stdout }) }
  const names = new Set<string>()
  let hostvars: Data | undefined
  for (const [name, body] of Object.entries(document)) {
    if (name === '_meta') hostvars = isDict(body) && !(body instanceof Map) ? asData(body['hostvars'], bad) : bad(`_meta is ${kindOf(body)}`)
    else for (const host of readGroup(name, body, context, loc, bad)) names.add(host)
  }
  await hostVars([...names], hostvars, path, context, loc)
}
function asData(value: unknown, bad: (why: string) => never): Data {
  return isDict(value) && !(value instanceof Map) ? value : bad(`_meta.hostvars is ${kindOf(value)}, not a mapping`)
}

async function hostVars(names: readonly string[], known: Data | undefined, path: string, context: ScriptContext, loc: Loc): Promise<void> {
  const take = (name: string, vars: unknown): void => {
    const host = context.tree.hosts.get(name)
    if (host === undefined || vars === undefined || vars === null) return
    if (!isDict(vars)) throw fault('inventory-bad-host', loc, { host: name, found: kindOf(vars) })
    for (const [key, value] of dictEntries(vars)) context.tree.setHostVar(host, String(key), trusted(value), loc)
  }
  if (known !== undefined) {
    for (const name of names) take(name, Object.hasOwn(known, name) ? known[name] : undefined)
    return
  }
  for (let i = 0; i < names.length; i += atOnce) {
    const some = names.slice(i, i + atOnce)
    const outputs = await Promise.all(some.map((name) => run(path, ['--host', name], loc)))
    outputs.forEach((output, k) => { if (output.stdout.trim() !== '') take(some[k] ?? '', parse(output, loc)) })
  }
}

/** Gives the names of the hosts that the group lists. */
function readGroup(name: string, body: unknown, context: ScriptContext, loc: Loc, bad: (why: string) => never): readonly string[] {
  const group = context.tree.addGroup(name, loc)
  const given = groupBody(name, body)
  const hosts: readonly unknown[] = given['hosts'] === undefined ? [] : Array.isArray(given['hosts']) ? given['hosts'] : bad(`${name}.hosts is ${kindOf(given['hosts'])}, not a list`)
  const names = hosts.map((host) => typeof host === 'string' ? host : bad(`${name}.hosts holds ${kindOf(host)}, not a name`))
  for (const host of names) context.tree.addHost(host, group, context.origin, loc)
  if (given['vars'] !== undefined) setVars(group, given['vars'], context, loc, bad)
  const children: readonly unknown[] = given['children'] === undefined ? [] : Array.isArray(given['children']) ? given['children'] : bad(`${name}.children is ${kindOf(given['children'])}, not a list`)
  for (const child of children) {
    if (typeof child !== 'string') return bad(`${name}.children holds ${kindOf(child)}, not a name`)
    context.tree.addChild(group, context.tree.addGroup(child, loc), loc)
  }
  return names
}
function setVars(group: Group, vars: unknown, context: ScriptContext, loc: Loc, bad: (why: string) => never): void {
  if (!isDict(vars)) return bad(`${group.name}.vars is ${kindOf(vars)}, not a mapping`)
  for (const [key, value] of dictEntries(vars)) context.tree.setGroupVar(group, String(key), trusted(value), loc)
}
/** Old scripts print a list of hosts as a group, or the variables of a host of the group's name. */
function groupBody(name: string, body: unknown): Data {
  if (!isDict(body) || body instanceof Map) return { hosts: body }
  return 'hosts' in body || 'vars' in body || 'children' in body ? body : { hosts: [name], vars: body }
}

function run(path: string, args: readonly string[], loc: Loc): Promise<Output> {
  const command = [path, ...args].join(' ')
  return new Promise((done, fail) => {
    execFile(path, [...args], { maxBuffer: 1 << 28, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error === null) return done({ command, stdout, stderr })
      const why = typeof error.code === 'number' ? `exit code ${error.code}` : error.signal !== null && error.signal !== undefined ? `killed by ${error.signal}` : error.message
      fail(fault('inventory-script-failed', loc, { command, why, stderr }, error))
    })
  })
}

function parse(output: Output, loc: Loc): Data {
  const bad = (why: string, cause?: unknown): Error => fault('inventory-script-json', loc, { command: output.command, why, output: output.stdout }, cause)
  let value: unknown
  try {
    JSON.parse(output.stdout)
    value = JSON.parse(output.stdout.replace(tokens, mark), revive)
  } catch (cause) {
    throw bad(cause instanceof Error ? cause.message : String(cause), cause)
  }
  if (!isDict(value) || value instanceof Map) throw bad(`it is ${kindOf(value)}, not a mapping`)
  return value
}
/** JavaScript would read 2.0 as an int and lose digits of great ints: such numbers travel as marked text. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const mark = (token: string): string => !token.startsWith('"') && (/[.eE]/.test(token) || token.length > 15) ? `"\\u0000${token}"` : token
function revive(_key: string, value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith('\0')) return /[.eE]/.test(value) ? float(Number(value.slice(1))) : BigInt(value.slice(1))
  return isDict(value) && !(value instanceof Map) && Object.keys(value).some((key) => /^\d+$/.test(key)) ? makeDict(Object.entries(value)) : value
}

/** What a script prints is trusted: text with Jinja in it is evaluated. `__ansible_vault` and `__ansible_unsafe` are as ansible-inventory writes them. */
export function trusted(value: unknown): unknown {
  if (typeof value === 'string') return /\{[{%#]/.test(value) ? new Template(value) : value
  if (Array.isArray(value)) return value.map(trusted)
  if (!isDict(value)) return value
  const pairs = dictEntries(value)
  const [only, ...more] = pairs
  if (only !== undefined && more.length === 0 && typeof only[1] === 'string') {
    if (only[0] === '__ansible_vault') return new VaultText(only[1])
    if (only[0] === '__ansible_unsafe') return only[1]
  }
  return makeDict(pairs.map(([key, item]) => [key, trusted(item)]))
}
