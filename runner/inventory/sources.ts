/** Reads one inventory source after the other into a tree: host lists, files of every kind, executable scripts, folders of these. */
import { readFileSync, readdirSync, statSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import { fault } from '../core/errors.ts'
import { locOf, valueLoc } from '../core/loc.ts'
import { nearest } from '../core/near.ts'
import type { Data, InventoryRules, Loc } from '../core/types.ts'
import { isDict } from '../core/value.ts'
import { isVault } from '../vars/vault.ts'
import { expandHosts } from './address.ts'
import { isConstructed, readConstructed } from './constructed.ts'
import { readIni } from './ini.ts'
import type { Host, Origin, Tree } from './model.ts'
import { readScript } from './script.ts'
import { parseToml } from '../yaml/toml.ts'
import { readToml } from './toml.ts'
import { pluginOf, readYaml } from './yaml.ts'

export interface SourceContext {
  readonly cwd: string
  readonly tree: Tree
  readonly extraVars: Readonly<Data>
  parse(text: string, file: string): unknown
  decrypt(ciphertext: string, loc?: Loc): string
  warn(message: string, loc?: Loc): void
  evaluate(source: string, vars: Data): unknown
  varsOf(host: Host, files: boolean): Data
  readonly rules?: InventoryRules
}

/** Names in a folder that are no sources. Ansible: INVENTORY_IGNORE_EXTS and inventory/manager.py. */
const never = /^\.|^host_vars$|^group_vars$|^vars_plugins$/, usually = /\.(pyc|pyo|swp|bak|rpm|md|txt|rst|orig|cfg|retry)$|~$/
function isIgnored(name: string, rules: InventoryRules | undefined): boolean {
  const endings = rules?.ignoreExtensions
  return never.test(name) || (endings === undefined ? usually.test(name) : endings.some((ending) => name.endsWith(ending))) ||
    (rules?.ignorePatterns ?? []).some((pattern) => new RegExp(pattern).test(name))
}

/** A list of hosts may be longer than any file name can be. */
function stats(path: string): Stats | undefined {
  try { return statSync(path, { throwIfNoEntry: false }) } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENAMETOOLONG') return undefined
    throw error
  }
}

/** The folder whose group_vars and host_vars belong to a source; none for a list of hosts. */
export function folderOf(source: string, cwd: string): string | undefined {
  const path = resolve(cwd, source)
  const found = stats(path)
  if (found === undefined) return source.includes(',') ? undefined : dirname(path)
  return found.isDirectory() ? path : dirname(path)
}

/** True if the source could be read at all. */
export async function readSource(source: string, context: SourceContext): Promise<boolean> {
  const path = resolve(context.cwd, source)
  const found = stats(path)
  if (found === undefined && source.includes(',')) {
    readList(source, context.tree)
    return true
  }
  if (found === undefined) {
    const near = nearest(path.slice(path.lastIndexOf('/') + 1), namesIn(dirname(path)))
    context.warn(`Unable to parse ${path} as an inventory source: there is no such file${near === undefined ? '' : `; did you mean '${near}'?`}`)
    return false
  }
  if (!found.isDirectory()) return readFile(path, found, context)
  let any = false
  for (const name of readdirSync(path).sort()) {
    if (!isIgnored(name, context.rules) && await readSource(join(path, name), context)) any = true
  }
  if (!any) context.warn(`Unable to parse ${path} as an inventory source: the folder holds no inventory`)
  return any
}
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readList(source: string, tree: Tree): void {
  const ungrouped = tree.addGroup('ungrouped', undefined)
  for (const part of source.split(',').map((one) => one.trim()).filter((one) => one !== '')) {
    const { names, port } = expandHosts(part, undefined)
    for (const name of names) tree.addHost(name, tree.hosts.has(name) ? undefined : ungrouped, { file: source, dir: null }, undefined, port)
  }
}

async function readFile(path: string, found: Stats, context: SourceContext): Promise<boolean> {
  const origin: Origin = { file: path, dir: dirname(path) }
  const bytes = contents(path)
  if (found.isFile() && (found.mode & 0o111) !== 0 && isProgram(bytes)) {
    await readScript(path, { origin, tree: context.tree, warn: context.warn })
    return true
  }
  const raw = bytes.toString('utf8').replace(/^\uFEFF/, '')
  const text = isVault(raw) ? context.decrypt(raw, { file: path, line: 1, column: 1 }) : raw
  const extension = extname(path)
  if (extension === '.toml') {
    readToml(parseToml(text, path), path, { origin, tree: context.tree, warn: context.warn })
    return true
  }
  if (['.yml', '.yaml', '.json', '.config'].includes(extension) || (extension === '' && looksLikeYaml(text))) readDocument(text, path, origin, context)
  else readIni(text, path, origin, context.tree)
  return true
}
function contents(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw fault('group-vars-unreadable', undefined, { path, reason: cause instanceof Error ? cause.message : String(cause) }, cause)
  }
}
const isProgram = (bytes: Buffer): boolean => bytes.subarray(0, 2).toString('latin1') === '#!' || bytes.subarray(0, 4).toString('latin1') === '\x7fELF'

/** A file without extension may be either: the first line that says something decides. */
function looksLikeYaml(text: string): boolean {
  const first = text.split('\n').find((line) => line.trim() !== '' && !/^\s*[#;]/.test(line)) ?? ''
  return /^(---|\{|["']?[^\s[\]="']+["']?:(\s|$))/.test(first)
}

function readDocument(text: string, path: string, origin: Origin, context: SourceContext): void {
  const document = context.parse(text, path)
  const plugin = pluginOf(document)
  if (plugin === undefined || !isDict(document)) return readYaml(document, path, { origin, tree: context.tree, warn: context.warn })
  if (!isConstructed(plugin)) throw fault('inventory-plugin-unsupported', valueLoc(document, 'plugin') ?? locOf(document), { plugin, near: nearest(plugin, ['constructed', 'ansible.builtin.constructed']) })
  context.tree.settle()
  readConstructed(document, context)
}
