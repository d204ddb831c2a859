/** Tests of text: regular expressions, versions, addresses; and of files on the controller. */
import { lstatSync, openSync, readSync, closeSync, statSync } from 'node:fs'
import type { Test } from './call.ts'
import { items, onlyText, text } from './items.ts'
import { isDirectory, isFile } from './glob.ts'
import { Refusal, testTable } from './params.ts'
import { isTruthy, pyStr } from './python.ts'
import { compileRegex, firstMatch, matchStart, matchWhole } from '../core/regex.ts'
import { urlSplit } from './urls.ts'
import { compareVersions } from './versions.ts'
import type { Scheme } from './versions.ts'

function matches(value: unknown, source: unknown, ignoreCase: unknown, multiline: unknown, type: unknown): boolean {
  const pattern = onlyText(source, 'the regular expression'), flags = { ignoreCase: isTruthy(ignoreCase), multiline: isTruthy(multiline) }
  if (type === 'match') return matchStart(pattern, flags, text(value))
  if (type === 'fullmatch') return matchWhole(pattern, flags, text(value))
  if (type === 'search') return firstMatch(compileRegex(pattern, flags), text(value)) !== undefined
  throw new Refusal('Invalid match_type specified. Expected one of: search, match, fullmatch.')
}

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0, ne: (order) => order !== 0, lt: (order) => order < 0, le: (order) => order <= 0, gt: (order) => order > 0, ge: (order) => order >= 0,
}
const spellings: Readonly<Record<string, string>> = { '==': 'eq', '=': 'eq', '!=': 'ne', '<>': 'ne', '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge' }
const schemes: Readonly<Record<string, Scheme>> = { loose: 'loose', strict: 'strict', semver: 'semver', semantic: 'semver', pep440: 'pep440' }

function version(value: unknown, other: unknown, operator: unknown, strict: unknown, type: unknown): boolean {
  if (strict !== null && type !== null) throw new Refusal("Cannot specify both 'strict' and 'version_type'")
  if (!isTruthy(value)) throw new Refusal('Input version value cannot be empty')
  if (!isTruthy(other)) throw new Refusal('Version parameter to compare against cannot be empty')
  const scheme = isTruthy(strict) ? 'strict' : type === null || type === '' ? 'loose' : typeof type === 'string' && Object.hasOwn(schemes, type) ? schemes[type] : undefined
  if (scheme === undefined) throw new Refusal(`Invalid version type (${pyStr(type)}). Must be one of ${Object.keys(schemes).join(', ')}`)
  const name = typeof operator === 'string' ? spellings[operator] ?? operator : ''
  const test = Object.hasOwn(operators, name) ? operators[name] : undefined
  if (test === undefined) throw new Refusal(`Invalid operator type (${pyStr(operator)}). Must be one of ${[...Object.keys(spellings), ...Object.keys(operators)].join(', ')}`)
  return test(compareVersions(text(value), text(other), scheme))
}

function isUri(value: unknown, schemes: unknown): boolean {
  if (typeof value !== 'string') return false
  try {
    const { scheme } = urlSplit(value)
    if (!isTruthy(schemes)) return true
    return typeof schemes === 'string' ? schemes.includes(scheme) : items(schemes).includes(scheme)
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}
function isUrl(value: unknown, schemes: unknown): boolean {
  if (!isUri(value, schemes)) return false
  const { netloc, scheme } = urlSplit(onlyText(value))
  return netloc !== '' || scheme === 'file'
}

const stat = (path: string): ReturnType<typeof statSync> | undefined => { try { return statSync(path) } catch { return undefined } }
const linkStat = (path: string): ReturnType<typeof lstatSync> | undefined => { try { return lstatSync(path) } catch { return undefined } }
function isMount(path: string): boolean {
  const here = linkStat(path), above = stat(`${path.replace(/\/+$/, '') || '/'}/..`)
  if (here === undefined || above === undefined || here.isSymbolicLink()) return false
  return here.dev !== above.dev || here.ino === above.ino
}
function sameFile(a: string, b: string): boolean {
  const x = stat(a), y = stat(b)
  if (x === undefined || y === undefined) throw new Refusal(`No such file or directory: '${x === undefined ? a : b}'`)
  return x.dev === y.dev && x.ino === y.ino
}
function isVaultFile(path: string): boolean {
  let file: number
  try { file = openSync(path, 'r') } catch (error) { throw new Refusal(`Cannot test if the file '${path}' is a vault: ${error instanceof Error ? error.message : ''}`) }
  try {
    const head = Buffer.alloc(15)
    return readSync(file, head) >= 14 && head.toString('latin1').startsWith('$ANSIBLE_VAULT')
  } catch { return false } finally { closeSync(file) }
}

export const textTests: Record<string, Test> = testTable({
  'regex(pattern="", ignorecase=False, multiline=False, match_type="search")': (value, [source, ignoreCase, multiline, type]) =>
    matches(value, source, ignoreCase, multiline, type),
  'match(pattern="", ignorecase=False, multiline=False)': (value, [source, ignoreCase, multiline]) => matches(value, source, ignoreCase, multiline, 'match'),
  'search(pattern="", ignorecase=False, multiline=False)': (value, [source, ignoreCase, multiline]) => matches(value, source, ignoreCase, multiline, 'search'),
  'version|version_compare(version, operator="eq", strict=None, version_type=None)': (value, [other, operator, strict, type]) =>
    version(value, other, operator, strict, type),
  'uri(schemes=None)': (value, [schemes]) => isUri(value, schemes),
  'url(schemes=None)': (value, [schemes]) => isUrl(value, schemes),
  'urn()': (value) => isUri(value, ['urn']),
})

export const fileTests: Record<string, Test> = testTable({
  'directory|is_dir()': (value) => isDirectory(onlyText(value)),
  'file|is_file()': (value) => isFile(onlyText(value)),
  'link|is_link()': (value) => linkStat(onlyText(value))?.isSymbolicLink() ?? false,
  'exists()': (value) => stat(onlyText(value)) !== undefined,
  'link_exists()': (value) => linkStat(onlyText(value)) !== undefined,
  'abs|is_abs()': (value) => onlyText(value).startsWith('/'),
  'mount|is_mount()': (value) => isMount(onlyText(value)),
  'same_file|is_same_file(other)': (value, [other]) => sameFile(onlyText(value), onlyText(other)),
  'vaulted_file()': (value) => isVaultFile(onlyText(value)),
})

