/** One play: its keywords and variables, its sections in the order in which they run, and all handlers. Ansible: playbook/play.py. */
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Fault, fault } from '../core/errors.ts'
import { keyLoc, locOf, valueLoc } from '../core/loc.ts'
import { pyText } from '../core/pytext.ts'
import type { Data, Frame, Keywords, Loc, Node, Play, Role } from '../core/types.ts'
import { dictEntries, dictGet, dictHas, dictKeys, isDict, Template, VaultText } from '../core/value.ts'
import type { Dict } from '../core/value.ts'
import type { Loading } from './loading.ts'
import { entries, loadRole } from './roles.ts'
import { inherit, inside } from './scope.ts'
import type { Link, Scope } from './scope.ts'
import { keywords } from './keywords.ts'
import { ownKeywords, tagsIn } from './values.ts'
import type { Own } from './values.ts'
import { kindOf } from './words.ts'

/** What import_playbook puts around a play: inner imports first. */
export interface Wrap { readonly kw: Keywords; readonly vars: readonly Frame[] }

const structure = new Set(['hosts', 'roles', 'handlers', 'pre_tasks', 'tasks', 'post_tasks', 'user'])

/** Hosts as written, checked where they are literal. */
function hostsOf(raw: Dict, loc: Loc): unknown {
  const hosts = dictGet(raw, 'hosts'), at = valueLoc(raw, 'hosts')
  if (!dictHas(raw, 'hosts')) throw fault('play-without-hosts', loc, {})
  if (hosts === null || hosts === '' || (Array.isArray(hosts) && hosts.length === 0)) throw fault('bad-hosts', at, { why: 'cannot be empty' })
  if (Array.isArray(hosts)) {
    for (const [i, one] of hosts.entries()) {
      const item: unknown = one
      if (item === null) throw fault('bad-hosts', valueLoc(hosts, i), { why: "cannot contain values of 'None'" })
      if (typeof item !== 'string' && !(item instanceof Template) && !(item instanceof VaultText)) throw fault('bad-hosts', valueLoc(hosts, i), { why: `contains an invalid host value: '${pyText(item)}'` })
    }
  } else if (typeof hosts !== 'string' && !(hosts instanceof Template) && !(hosts instanceof VaultText)) {
    throw fault('bad-hosts', at, { why: `must be a sequence or string, found ${kindOf(hosts)}` })
  }
  return hosts
}
function nameOf(own: Own, hosts: unknown): unknown {
  if (own.name !== undefined) return own.name
  if (!Array.isArray(hosts)) return hosts
  const texts = hosts.map((one: unknown) => one instanceof Template ? one.source : pyText(one))
  return hosts.some((one) => one instanceof Template) ? new Template(texts.join(',')) : texts.join(',')
}

/** A key of a play that is none: the most common mistake is a file of tasks given as a playbook. */
function checkKeys(loading: Loading, raw: Dict): void {
  if (dictHas(raw, 'hosts')) return
  for (const key of dictKeys(raw)) {
    const name = pyText(key)
    const isTask = keywords[name] === undefined && loading.context.known.resolve(name) !== undefined
    if (isTask) throw fault('play-is-task', keyLoc(raw, key), { module: name })
    if (name === 'block') throw fault('play-is-task', keyLoc(raw, key), { module: name })
  }
}

/** Play and vars_files variables, for names that must be known before anything runs; read when first asked for. */
function framesOf(loading: Loading, vars: readonly Frame[], files: unknown, dir: string): () => readonly Frame[] {
  let all: readonly Frame[] | undefined
  return () => {
    if (all === undefined) {
      all = vars
      all = [...vars, ...(Array.isArray(files) ? files.flatMap((file: unknown) => fileFrame(loading, file, vars, dir)) : [])]
    }
    return all
  }
}
/** Files whose names need facts or inventory are the run's business; so is a file that is missing. */
function fileFrame(loading: Loading, file: unknown, vars: readonly Frame[], dir: string): Frame[] {
  const names: readonly unknown[] = Array.isArray(file) ? file : [file]
  for (const name of names) {
    try {
      const known = name instanceof Template ? loading.context.render(name, vars) : name
      if (typeof known !== 'string') continue
      const path = [resolve(dir, known), resolve(dir, 'vars', known)].find((one) => existsSync(one))
      const data = path === undefined ? undefined : loading.yaml('vars file', path, undefined)
      if (isDict(data)) return [{ name: known, vars: Object.fromEntries(dictEntries(data).map(([key, value]) => [pyText(key), value])) }]
    } catch (error) {
      if (!(error instanceof Fault)) throw error
    }
  }
  return []
}

/** A play of a playbook file. `chain`: the playbooks that import it. */
export function loadPlay(loading: Loading, raw: Dict, file: string, chain: readonly Link[], wrap: Wrap): Play {
  const loc = locOf(raw) ?? { file, line: 1, column: 1 }
  checkKeys(loading, raw)
  const dir = dirname(file)
  loading.playDirs.add(dir)
  const root: Scope = {
    playDir: dir, frames: framesOf(loading, [], undefined, dir), kw: {}, vars: [], role: undefined, file, folders: [dir], search: [dir], isHandler: false,
    chain: chain.filter((link) => !link.key.startsWith('playbook ')), gathered: { roles: [], handlers: [] },
  }
  if (dictHas(raw, 'user') && dictHas(raw, 'remote_user')) throw fault('keyword-twice', keyLoc(raw, 'user'), { one: 'user', other: 'remote_user' })
  const first = ownKeywords(loading, raw, 'play', undefined, (key) => structure.has(key) || key === 'tags')
  const vars = [...first.vars, ...wrap.vars]
  const scope = { ...root, frames: framesOf(loading, vars, first.kw['vars_files'], dir) }
  const tags = tagsIn(loading, raw, scope)
  const user: Data = dictHas(raw, 'user') ? { remote_user: dictGet(raw, 'user') } : {}
  const kw = inherit(wrap.kw, { ...first.kw, ...tags, ...user }, raw)
  const hosts = hostsOf(raw, loc)
  return {
    name: nameOf(first, hosts), ...(first.name === undefined ? {} : { isNamed: true }), hosts, kw, vars, dir, loc, ...contents(loading, raw, inside(scope, inherit(kw, {}, raw), []), loc),
  }
}

type Contents = Pick<Play, 'sections' | 'handlers' | 'roles'>
function contents(loading: Loading, raw: Dict, scope: Scope, loc: Loc): Contents {
  const section = (key: string, inner: Scope): Node[] => loading.nodes(loading, dictGet(raw, key), inner, key, valueLoc(raw, key))
  const used = entries(loading, dictGet(raw, 'roles'), scope, undefined, valueLoc(raw, 'roles') ?? loc).map((use) => loadRole(loading, use, scope))
  const roles: Role[] = used.flatMap((one) => one.nodes.map((node) => node.role))
  const { when: _, ...withoutWhen } = scope.kw
  const handlers = section('handlers', { ...scope, kw: withoutWhen, isHandler: true })
  const before = section('pre_tasks', scope), main = section('tasks', scope), after = section('post_tasks', scope)
  return {
    sections: [
      { kind: 'pre_tasks', nodes: before }, { kind: 'roles', nodes: used.flatMap((one) => one.nodes) },
      { kind: 'tasks', nodes: main }, { kind: 'post_tasks', nodes: after },
    ],
    // Ansible (task_queue_manager.py): those of roles first, though a name means the last one defined
    handlers: [...used.flatMap((one) => one.handlers), ...handlers, ...scope.gathered.handlers],
    roles: [...roles, ...scope.gathered.roles],
  }
}
