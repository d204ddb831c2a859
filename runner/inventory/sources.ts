/** Reads one inventory source after the other into a tree: host lists, files of every kind, executable scripts, folders of these. */
import { readFileSync, readdirSync, statSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import { fault, Fault, toErrorData } from '../core/errors.ts'
import type { ErrorData } from '../core/events.ts'
import { locOf, valueLoc } from '../core/loc.ts'
import { nearest } from '../core/near.ts'
import type { Data, Loc } from '../core/types.ts'
import type { InventoryRules } from '../core/options.ts'
import { isDict } from '../core/value.ts'
import { isVault } from '../vars/vault.ts'
import { expandHosts, parseAddress } from './address.ts'
import { readConstructed } from './constructed.ts'
import { readGenerator } from './generator.ts'
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
  /** `mistake`: shown whole, under this message. */
  warn(message: string, loc?: Loc, mistake?: ErrorData): void
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

/** True if the source could be read whole. */
export async function readSource(source: string, context: SourceContext): Promise<boolean> {
  const path = resolve(context.cwd, source)
  const found = stats(path)
  if (found === undefined && source.includes(',')) {
    const kind = enabled(context).find((one) => one.endsWith('host_list')) ?? 'host_list'
    return attempt(source, context, (as) => { as(kind); return readList(source, context) })
  }
  if (found === undefined) {
    const near = nearest(path.slice(path.lastIndexOf('/') + 1), namesIn(dirname(path)))
    context.warn(`Unable to parse ${path} as an inventory source: there is no such file${near === undefined ? '' : `; did you mean '${near}'?`}`)
    return false
  }
  if (!found.isDirectory()) return attempt(path, context, (as) => readFile(path, found, context, as))
  let any = false
  for (const name of readdirSync(path).sort()) {
    if (!isIgnored(name, context.rules) && await readSource(join(path, name), context)) any = true
  }
  if (!any) context.warn(`Unable to parse ${path} as an inventory source: the folder holds no inventory`)
  return any
}
/**
 * A mistake in a source: an error for a run; else, as in Ansible, a warning, and what was read before it counts. A plugin that play has not
 * is always an error. `work` says as what kind of source it reads.
 */
async function attempt(source: string, context: SourceContext, work: (as: (kind: string) => void) => boolean | Promise<boolean>): Promise<boolean> {
  let kind = 'auto'
  try {
    if (await work((name) => { kind = name })) return true
  } catch (error) {
    if (!(error instanceof Fault) || error.code === 'inventory-plugin-unsupported') throw error
    const failed = `Failed to parse inventory with '${kind}' plugin`
    if (context.rules?.mistakesFail === true) {
      const whole = new Fault(error.code, `${failed}: ${error.message}`, error.hint, error.loc, error.cause)
      whole.trail.push(...error.trail)
      throw whole
    }
    context.warn(failed, undefined, toErrorData(error))
    context.warn(`Unable to parse ${source} as an inventory source: what stands before this mistake counts, the rest does not; the setting any_unparsed_is_failed makes it an error`)
  }
  if (context.rules?.anyUnparsedFails === true) throw fault('inventory-unparsed', undefined, { source }) // also of a folder that has others
  return false
}
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** What Ansible reads unless the settings say otherwise. */
const usual: readonly string[] = ['host_list', 'script', 'auto', 'yaml', 'ini', 'toml']
const enabled = (context: SourceContext): readonly string[] => (context.rules?.enabled ?? usual).map((name) => name.replace(/^ansible\.(?:builtin|legacy)\./, ''))
/** True if one of these kinds is read; else the source is left out, with a warning. */
function isEnabled(context: SourceContext, path: string, ...kinds: readonly string[]): boolean {
  if (enabled(context).some((one) => kinds.includes(one))) return true
  context.warn(`Unable to parse ${path} as an inventory source: the settings enable ${enabled(context).join(', ') || 'nothing'}, not ${kinds.join(' or ')}`)
  return false
}

function readList(source: string, context: SourceContext): boolean {
  if (!isEnabled(context, source, 'host_list', 'advanced_host_list')) return false
  const { tree } = context, ungrouped = tree.addGroup('ungrouped', undefined)
  const hasRanges = enabled(context).find((one) => one.endsWith('host_list')) === 'advanced_host_list'
  for (const part of source.split(',').map((one) => one.trim()).filter((one) => one !== '')) {
    const { names, port } = hasRanges ? rangeOf(part, context) : plainHost(part)
    for (const name of names) tree.addHost(name, tree.hosts.has(name) ? undefined : ungrouped, { file: source, dir: null }, undefined, port)
  }
  return true
}
type Names = ReturnType<typeof expandHosts>
function plainHost(part: string): Names {
  const address = part.includes('[') && !part.startsWith('[') ? undefined : parseAddress(part)
  return { names: [address?.host ?? part], port: address?.port }
}
/** As in Ansible, what only looks like a range is a name. */
function rangeOf(part: string, context: SourceContext): Names {
  if (!/\[[^\]]*:\]/.test(part)) return expandHosts(part, undefined)
  context.warn(`Unable to parse address from hostname, leaving unchanged: ${part}: host range must specify end value`)
  return { names: [part], port: undefined }
}

async function readFile(path: string, found: Stats, context: SourceContext, as: (kind: string) => void): Promise<boolean> {
  const origin: Origin = { file: path, dir: dirname(path) }
  const bytes = contents(path)
  if (found.isFile() && (found.mode & 0o111) !== 0 && isProgram(bytes)) {
    if (!isEnabled(context, path, 'script')) return false
    as('script')
    await readScript(path, { origin, tree: context.tree, warn: context.warn })
    return true
  }
  const raw = bytes.toString('utf8').replace(/^\uFEFF/, '')
  const text = isVault(raw) ? context.decrypt(raw, { file: path, line: 1, column: 1 }) : raw
  const extension = extname(path)
  if (extension === '.toml') {
    if (!isEnabled(context, path, 'toml')) return false
    as('toml')
    readToml(parseToml(text, path), path, { origin, tree: context.tree, warn: context.warn })
    return true
  }
  if (['.yml', '.yaml', '.json', '.config'].includes(extension) || (extension === '' && looksLikeYaml(text))) return readDocument(text, path, origin, context, as)
  if (!isEnabled(context, path, 'ini')) return false
  as('ini')
  readIni(text, path, origin, context.tree)
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

function readDocument(text: string, path: string, origin: Origin, context: SourceContext, as: (kind: string) => void): boolean {
  as('yaml')
  const document = context.parse(text, path)
  const plugin = pluginOf(document)
  if (plugin === undefined || !isDict(document)) {
    if (!isEnabled(context, path, 'yaml')) return false
    readYaml(document, path, { origin, tree: context.tree, warn: context.warn })
    return true
  }
  const short = plugin.replace(/^ansible\.(?:builtin|legacy)\./, '')
  if (short !== 'constructed' && short !== 'generator') {
    const known = ['constructed', 'generator'].map((one) => `ansible.builtin.${one}`)
    throw fault('inventory-plugin-unsupported', valueLoc(document, 'plugin') ?? locOf(document), { plugin, near: nearest(plugin, known) })
  }
  if (!isEnabled(context, path, 'auto', short)) return false
  as(short)
  if (short === 'generator') {
    readGenerator(document, origin, context)
    return true
  }
  context.tree.settle()
  readConstructed(document, context)
  return true
}
