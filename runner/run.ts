/** The only place that wires everything: loads, opens connections, executes, and tells the reporters. */
import { existsSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, parse, resolve } from 'node:path'
import type { Data, Frame, Loc, Play, Playbook } from './core/types.ts'
import type { LocalFile, Question, RenderOptions, Reply } from './core/plan.ts'
import type { ErrorData, Event, HostStats, Reporter } from './core/events.ts'
import type { Options } from './core/options.ts'
import { fault, Fault, toErrorData } from './core/errors.ts'
import { mergeVars } from './core/merge.ts'
import { exitCodeOf } from './core/exit.ts'
import { isOn } from './config.ts'
import type { Masker } from './core/mask.ts'
import { nearest } from './core/near.ts'
import type { Template } from './core/value.ts'
import { createGate } from './execute/gate.ts'
import type { Run } from './execute/context.ts'
import { openFactCache } from './execute/fact-cache.ts'
import { extraFrames } from './execute/extra.ts'
import { checkTasks, leavesOut } from './execute/check.ts'
import { checkLimit, checkSelection } from './execute/selection.ts'
import { runPlay } from './execute/play.ts'
import { playValues } from './execute/play-values.ts'
import { createRegistry, type Registry } from './execute/registry.ts'
import { loadInventory, type Inventory } from './inventory/load.ts'
import { createLoader, type Loader } from './playbook/load.ts'
import { type Listed, onlyRole } from './playbook/list.ts'
import { findNamed } from './template/lookup-call.ts'
import { lookups } from './template/lookups.ts'
import { fileVars } from './template/file-vars.ts'
import { createJinja, fileTemplate } from './template/jinja.ts'
import type { Jinja, Services, Vars } from './template/call.ts'
import { openPool } from './transport/pool.ts'
import { loadMappingFile, loadVarsFile } from './vars/files.ts'
import { Scope } from './vars/scope.ts'
import { decrypt as decryptVault, encrypt as encryptVault, type VaultSecret } from './vars/vault.ts'
import { loadSecrets, vaultSources } from './vars/vault-secrets.ts'
import { dumpYaml } from './yaml/dump.ts'
import { loadYaml } from './yaml/load.ts'

/** What is loaded before anything runs: enough for listing and for the syntax check. */
export interface Loaded {
  readonly options: Options
  readonly inventory: Inventory
  readonly playbooks: readonly Playbook[]
  readonly registry: Registry
  readonly loader: Loader
  readonly jinja: Jinja
  readonly masker: Masker
  readonly extra: readonly Frame[]
  readonly limit: ReadonlySet<string> | undefined
  readonly loadFile: (path: string) => Promise<unknown>
  readonly loadMapping: (path: string) => Promise<unknown>
  readonly renderFile: Run['renderFile']
}

/** Questions to the person at the terminal. */
export interface Prompts {
  /** A text that is not shown while it is typed. */
  secret(prompt: string): Promise<string>
  ask?(prompt: string, isPrivate: boolean): Promise<string>
  askKeys?(question: Question): Promise<Reply>
  hostKey?(question: string): Promise<boolean>
}

/** For who ends a run in the middle: once `isOn`, nothing more is told of it, and `end` gives up what is under way. */
export interface Interrupt { isOn: boolean; end: () => Promise<void> }

export type Tell = (event: Event) => void

/** Folders that a playbook named on the command line is looked for in: as given, then playbooks/. */
export function findPlaybook(path: string): string {
  const searched = [path, join('playbooks', path)]
  const found = searched.find((one) => existsSync(one) && statSync(one).isFile())
  if (found !== undefined) return resolve(found)
  const beside = (folder: string): string[] => existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : []
  const near = nearest(basename(path), [...beside('.'), ...beside('playbooks'), ...beside(dirname(path))])
  throw fault('playbook-missing', undefined, { path, searched, near })
}

function createServices(secrets: readonly VaultSecret[], masker: Masker, tell: Tell, inventory: () => Inventory | undefined, { managed = 'Ansible managed', settings = {} }: Pick<Options, 'managed' | 'settings'>): Services {
  return {
    managed, settings,
    parseYaml: (text, file) => loadYaml(text, file, { templates: false }).value,
    dumpYaml,
    decrypt: (ciphertext, loc) => { const text = decryptVault(ciphertext, secrets, loc); for (const secret of secretsIn(text)) masker.add(secret); return text },
    encrypt: (text, secret, id, salt) => encryptVault(text, secret, id, salt),
    matchHosts: (pattern) => matching(inventory(), pattern),
    secret: (text) => { masker.add(text) },
    warn: (message, loc) => { tell({ type: 'warning', message, ...(loc === undefined ? {} : { loc }) }) },
  }
}

/** For lookups, to which a pattern that means nothing is never an error. */
function matching(inventory: Inventory | undefined, pattern: string): readonly string[] {
  try { return inventory?.match(pattern) ?? [] } catch (error) {
    if (error instanceof Fault && error.code === 'pattern-mismatch') return []
    throw error
  }
}

/** What must not be shown of decrypted text: all of a single value; of a variable file the lines, and the values under names of secrets. */
function secretsIn(text: string): readonly string[] {
  const found = [text]
  for (const line of text.split('\n')) {
    const value = /^[\s-]*["']?\w*(?:pass|pwd|secret|token|credential|private|api_?key|_key)\w*["']?\s*[:=]\s*(?:"([^"]*)"|'([^']*)'|([^\s#][^#]*?))\s*(?:#.*)?$/i.exec(line)
    const secret = value?.[1] ?? value?.[2] ?? value?.[3]
    if (secret !== undefined && !/^(true|false|yes|no|null|~|[|>][-+]?|\{\{.*)$/i.test(secret)) found.push(secret)
  }
  return found
}

/** Loads inventory and playbooks and checks them; throws a Fault at the first thing that is wrong. */
export async function load(options: Options, masker: Masker, tell: Tell, prompts: Prompts): Promise<Loaded> {
  const warn = (message: string, loc?: Loc, mistake?: ErrorData): void => {
    tell({ type: 'warning', message: masker.text(message), ...(loc === undefined ? {} : { loc }), ...(mistake === undefined ? {} : { mistake: masker.value(mistake) }) })
  }
  const settings = options.settings ?? {}, sources = vaultSources({ ids: options.vaultIds, files: options.vaultPasswordFiles, ask: options.askVault }, settings)
  const secrets = await loadSecrets(sources, { cwd: process.cwd(), ask: prompts.secret, warn, isStrict: isOn(settings['ANSIBLE_VAULT_ID_MATCH']) })
  let inventory: Inventory | undefined
  let findPlugin: Loader['pluginFile'] | undefined
  const services: Services = { ...createServices(secrets, masker, tell, () => inventory, options), pluginFile: (kind, name) => findPlugin?.(kind, name) }
  const jinja = createJinja(services)
  const decrypt = (text: string, loc?: Loc): string => services.decrypt(text, loc)
  const { values } = options
  const scopeOf = (frames: readonly Frame[]): Scope => new Scope(frames, { search: [process.cwd()], ...(values?.mergesHashes === true ? { mergesBelow: frames.length } : {}) })
  const extra = extraFrames(options.extraVars, { decrypt, warn, values })
  const extraVars: Data = mergeVars(extra, values?.mergesHashes)
  inventory = await loadInventory(inventorySources(options), {
    cwd: process.cwd(), decrypt, warn, extraVars, rules: options.inventoryRules, evaluate: (source, vars) => { const scope = scopeOf([{ name: 'inventory', vars }]); return jinja.resolve(jinja.expression(source, scope), scope) },
  })
  const registry = createRegistry()
  const loader = createLoader({
    known: {
      resolve: registry.resolve, names: registry.names, isAction: registry.isAction, dynamic: true, freeForm: (name) => freeForm.has(name),
      // one of a collection that is not here is told when it is reached
      isLookup: (name) => findNamed(lookups, name) !== undefined || name.split('.').length > 2, lookups: () => Object.keys(lookups),
    },
    render: (value, frames) => { const scope = scopeOf([...frames, ...extra]); return jinja.resolve(value, scope) },
    modulePath: options.modulePath ?? [], rolesPath: [join(process.cwd(), 'roles'), ...options.rolesPath ?? []], collectionsPath: options.collectionsPath ?? [], publicRoles: options.publicRoles,
    decrypt: (text, loc) => decrypt(text, loc), warn, values,
  })
  findPlugin = loader.pluginFile
  const read: Playbook[] = []
  if (options.adhoc !== undefined) read.push(loader.adhoc(options.adhoc, resolve(options.playbookDir ?? '.')))
  for (const path of options.playbooks) read.push(await loader.playbook(findPlaybook(path)))
  const playbooks = options.role === undefined ? read : read.map((one) => onlyRole(one, options.role ?? ''))
  await checkTasks({ registry, jinja, loader, warn, sparesHandlers: options.errorOnMissingHandler === false, isPart: leavesOut(options) }, playbooks)
  checkSelection(playbooks, options, warn)
  const limit = options.limit === undefined ? undefined : limitOf(inventory, options.limit)
  checkLimit(playbooks, limit, inventory, warn)
  return {
    options, inventory, playbooks, registry, loader, jinja, masker, extra, limit,
    loadFile: (path) => Promise.resolve(loadVarsFile(path, { decrypt, warn, values }).vars),
    loadMapping: (path) => Promise.resolve(loadMappingFile(path, { decrypt, warn, values }).vars),
    renderFile: (file, vars, wish) => renderFile(jinja, services, file, vars, wish),
  }
}
/** What `-i` names; without it the folder or file `inventory` here, if there is one. */
const inventorySources = (options: Options): readonly string[] =>
  options.inventory.length > 0 ? options.inventory : existsSync('inventory') ? ['inventory'] : []
const freeForm = new Set(['command', 'shell', 'raw', 'script', 'meta', 'include_tasks', 'include_role', 'import_tasks', 'import_role', 'include', 'include_vars', 'import_playbook', 'set_fact', 'add_host', 'group_by', 'win_command', 'win_shell'])

function limitOf(inventory: Inventory, pattern: string): ReadonlySet<string> {
  const known = new Set(inventory.hosts()), found = inventory.match(pattern)
  // the implied localhost is no host that a limit can leave, where there are others
  if (found.length > 0 && known.size > 0 && !found.some((name) => known.has(name))) throw fault('limit-implied', undefined, { pattern })
  if (found.length === 0) throw fault('no-inventory-match', undefined, { pattern, near: nearest(pattern, [...inventory.hosts(), ...inventory.groups().keys()]) })
  return new Set(found)
}

/** EJS for *.ejs, Jinja for all else, with the variables that Ansible gives templates. */
async function renderFile(jinja: Jinja, services: Services, file: LocalFile, vars: Vars, options: RenderOptions): Promise<string> {
  const source = Buffer.from(await file.read()).toString('utf8')
  const scope = vars.child(fileVars(file.path, file.path, vars, options.dest, services))
  if (file.path.endsWith('.ejs')) {
    const { renderEjs } = await import('./template/ejs.ts')
    return renderEjs(source, file.path, scope, { jinja, services })
  }
  return jinja.text(templateOf(file.path, source), scope, options)
}
/** Templates of files, so that all hosts share what was compiled; made anew when the text is another. */
const fileTemplates = new Map<string, Template>()
function templateOf(path: string, source: string): Template {
  const before = fileTemplates.get(path)
  if (before?.source === source) return before
  const made = fileTemplate(source, path)
  fileTemplates.set(path, made)
  return made
}

/** `at.dir`: folder of the playbook that runs now. */
function createRun(loaded: Loaded, ways: Pick<Run, 'pool' | 'emit' | 'warn'>, at: { readonly dir: string }): Run {
  let id = 1_000_000
  const { factCache: cache, check } = loaded.options
  return {
    ...loaded, ...ways, hosts: new Map(), machines: new Map(), exchanges: new Map(), jobs: new Map(), gate: createGate(loaded.options.forks), talk: createGate(1), steps: loaded.options.step === true, custom: {}, namesChecked: new WeakSet(),
    ...(cache === undefined ? {} : { factCache: openFactCache(cache, check, ways.warn) }), nextId: () => ++id, playDir: () => at.dir,
  }
}

/** For lists of what would run: with `hosts` and names of plays evaluated. Nothing is connected to. */
export async function listed(loaded: Loaded): Promise<Listed> {
  const at = { dir: process.cwd() }
  const run = createRun(loaded, { pool: openPool({ masker: loaded.masker, warn: () => undefined }), emit: () => undefined, warn: () => undefined }, at)
  const heads = new Map<Play, { hosts: unknown; name: unknown }>()
  for (const play of loaded.playbooks.flatMap((playbook) => playbook.plays)) {
    at.dir = play.dir
    const value = await playValues(run, play)
    heads.set(play, { hosts: value(play.hosts), name: value(play.name) })
  }
  return { ...loaded, heads }
}

/** Runs what was loaded. The exit code is Ansible's: 0, 2 where a host failed, 4 where one was unreachable or what was included cannot be understood. */
export async function execute(loaded: Loaded, reporter: Reporter, prompts: Prompts, interrupt?: Interrupt): Promise<number> {
  const { options, masker } = loaded
  if (options.step === true && prompts.ask === undefined) throw fault('usage', undefined, { message: '--step needs a terminal to ask at' })
  const emit = (event: Event): void => { if (interrupt?.isOn !== true) reporter.on(event) }
  const said = new Set<string>()
  const warn = (message: string, loc?: Loc): void => {
    const key = `${message} ${loc?.file ?? ''}:${loc?.line ?? ''}`
    if (said.has(key)) return
    said.add(key)
    emit({ type: 'warning', message: masker.text(message), ...(loc === undefined ? {} : { loc }) })
  }
  const pool = openPool({ masker, warn: (message) => { warn(message) }, ...(prompts.hostKey === undefined ? {} : { promptHostKey: asked(prompts.hostKey, emit, interrupt) }) })
  if (interrupt !== undefined) interrupt.end = () => pool.close()
  const at = { dir: process.cwd() }
  const run = createRun(loaded, { pool, emit, warn }, at)
  if (prompts.ask !== undefined) run.ask = prompts.ask
  if (prompts.askKeys !== undefined) run.askKeys = prompts.askKeys
  if (options.flushCache === true) for (const name of loaded.inventory.hosts()) run.factCache?.clear(name)
  if (options.startAtTask !== undefined) run.startAt = startingAt(options.startAtTask)
  emit({ type: 'start', playbooks: options.playbooks, plays: loaded.playbooks.map((playbook) => playbook.plays.length), checkMode: options.check, diffMode: options.diff, verbosity: options.verbosity })
  let broken: Fault | undefined
  try {
    for (const playbook of loaded.playbooks) {
      for (const play of playbook.plays) {
        at.dir = play.dir
        const { stopAll } = await runPlay(run, play)
        if (stopAll) break
      }
      if (playbook === loaded.playbooks.at(-1) || exitCode(run) !== 0) break // a playbook is not run after one that failed
      emit({ type: 'recap', stats: statsOf(run) })
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    broken = error
    emit({ type: 'error', error: masker.value(toErrorData(error)) })
  } finally {
    await pool.close()
  }
  if (options.retryFiles !== undefined && interrupt?.isOn !== true) writeRetry(run, options.retryFiles.folder)
  emit({ type: 'end', stats: statsOf(run), ...(Object.keys(run.custom).length === 0 ? {} : { custom: run.custom }) })
  return broken === undefined ? exitCode(run) : exitCodeOf(broken)
}

/** A question that nothing is drawn over. */
const asked = (ask: (question: string) => Promise<boolean>, emit: Tell, interrupt: Interrupt | undefined) => async (question: string): Promise<boolean> => {
  if (interrupt?.isOn === true) return false
  emit({ type: 'question', isOver: false })
  return ask(question).finally(() => { emit({ type: 'question', isOver: true }) })
}

/** Of the hosts that something was done on, as it is now: what comes later is not counted in. */
const statsOf = (run: Run): Record<string, HostStats> =>
  Object.fromEntries([...run.hosts].map(([name, host]): [string, HostStats] => [name, { ...host.stats }]).filter(([, one]) => Object.values(one).some((n) => n > 0)))

function exitCode(run: Run): number {
  const hosts = [...run.hosts.values()]
  if (hosts.some((host) => host.unreachable)) return 4
  return hosts.some((host) => host.failed !== undefined) ? 2 : 0
}

/** The hosts that failed, for `--limit @FILE`. Ansible: executor/playbook_executor.py. */
function writeRetry(run: Run, folder: string | undefined): void {
  const failed = [...run.hosts.values()].filter((host) => host.failed !== undefined || host.unreachable).map((host) => host.name).sort()
  const playbook = run.options.playbooks.at(-1)
  if (failed.length === 0 || playbook === undefined) return
  const path = join(folder ?? dirname(findPlaybook(playbook)), `${parse(playbook).name}.retry`)
  try {
    if (folder !== undefined) mkdirSync(folder, { recursive: true })
    writeFileSync(`${path}.new`, failed.map((name) => `${name}\n`).join(''))
    renameSync(`${path}.new`, path)
    run.warn(`to run the failed hosts again, add: --limit @${path}`)
  } catch (error) {
    run.warn(`the file of failed hosts ${path} was not written: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** `--start-at-task`: from the first task whose name matches (globs as in Ansible) on. */
function startingAt(name: string): (title: string) => boolean {
  let started = false
  const pattern = new RegExp(`^${name.replace(/[.+^${}()|\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`)
  return (title) => { started ||= title === name || pattern.test(title) || pattern.test(title.split(' : ').at(-1) ?? title); return started }
}

