/** Lookups that read files of the controller. */
import { existsSync } from 'node:fs'
import type { Call, Lookup } from './call.ts'
import { fileVars } from './file-vars.ts'
import { Ini } from '../core/configparser.ts'
import type { Data, Loc } from '../core/types.ts'
import { dictGet, isDict, Template, Undefined } from '../core/value.ts'
import type { Dict } from '../core/value.ts'
import { glob, isFile } from './glob.ts'
import { parseCsv } from './csv.ts'
import { items, onlyText, text } from './items.ts'
import { asIndex, parseInteger } from './numbers.ts'
import { lookupTable, openLookupTable, Refusal } from './params.ts'
import { basename, dirname, join } from './posixpath.ts'
import { given, isTruthy, typeName, undefinedFault } from './python.ts'
import { compileRegex, matchStart } from '../core/regex.ts'
import { candidates, findFile, findOrFail, parseKeyValues, readText } from './search.ts'

function truth(value: unknown): boolean {
  return typeof value === 'string' ? /^(y|yes|on|1|true|t)$/i.test(value) : isTruthy(value)
}

// ---------------------------------------------------------------- file, fileglob, unvault

function globTerm(call: Call, term: string): string[] {
  const name = basename(term)
  if (name !== term) {
    const folder = findFile(call, 'files', dirname(term))
    return folder === undefined ? [] : glob(join(folder, name)).filter(isFile)
  }
  const folders = call.env.vars.search.length === 0 ? [process.cwd()] : call.env.vars.search
  for (const folder of folders.flatMap((one) => [join(one, 'files'), one])) {
    const found = glob(join(folder, name)).filter(isFile)
    if (found.length > 0) return found
  }
  return []
}

// ---------------------------------------------------------------- first_found

/** Older playbooks write several names in one text: `a.yml,b.yml`, and paths with colons too. */
const parts = (value: unknown, splitters: RegExp): string[] =>
  (Array.isArray(value) ? items(value) : [value]).flatMap((one) => onlyText(one, 'a file or path').split(splitters))

interface Wanted { readonly names: readonly string[]; readonly skip: boolean }
function firstFoundTerms(terms: readonly unknown[], base: { files: unknown; paths: unknown; skip: unknown }): Wanted {
  let skip = truth(base.skip)
  const names = terms.flatMap((term): readonly string[] => {
    if (term instanceof Undefined) throw undefinedFault(term)
    if (Array.isArray(term)) { const inner = firstFoundTerms(term, base); skip = inner.skip; return inner.names }
    const isOptions = isDict(term)
    if (!isOptions && typeof term !== 'string') throw new Refusal(`Invalid term supplied. A string, dict or list is required, not '${typeName(given(term))}'.`)
    const option = (dict: Dict, name: 'files' | 'paths'): unknown => given(dictGet(dict, name) ?? [])
    if (isOptions) skip = truth(dictGet(term, 'skip') ?? false)
    const files = parts(isOptions ? option(term, 'files') : term, /[,;]/), paths = parts(isOptions ? option(term, 'paths') : base.paths, /[,:;]/)
    return paths.length === 0 ? files : paths.flatMap((path) => files.map((file) => join(path, file)))
  })
  return { names, skip }
}
function firstFound(terms: readonly unknown[], files: unknown, paths: unknown, skip: unknown, call: Call): readonly string[] {
  const wanted = firstFoundTerms(terms.length === 0 ? [files].flat() : terms, { files, paths, skip })
  const tried = wanted.names.flatMap((name) => candidates(call, [call.env.vars.filesIn ?? 'files'], name))
  const found = tried.find((path) => existsSync(path))
  if (found !== undefined) return [found]
  if (wanted.skip) return []
  throw new Refusal('No file was found when using first_found.', `looked for: ${tried.join(', ') || 'nothing: the list is empty'}`)
}

// ---------------------------------------------------------------- template

/** Line and column of an offset of a file. */
function placer(file: string, source: string): (offset: number) => Loc {
  return (offset) => {
    const before = source.slice(0, offset)
    return { file, line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
  }
}
function renderFile(term: unknown, options: Data, call: Call): unknown {
  const path = findOrFail(call, 'templates', onlyText(term, 'a template'))
  if (path.endsWith('.ejs')) throw new Refusal(`${path} is an EJS template, which only the module template renders`, 'for a lookup, write it in Jinja (.j2)')
  const source = readText(call, path)
  const extra = options.template_vars
  const vars = call.env.vars.child({ ...fileVars(path, text(term), call.env.vars, undefined, call.env.services), ...(isDict(extra) && !(extra instanceof Map) ? extra : {}) })
  const string = (name: string): string | undefined => options[name] === undefined || options[name] === null ? undefined : onlyText(options[name], name)
  const [variableStart, variableEnd] = [string('variable_start_string'), string('variable_end_string')]
  const [commentStart, commentEnd] = [string('comment_start_string'), string('comment_end_string')]
  const template = new Template(source, placer(path, source))
  return call.env.jinja.file(template, vars, {
    ...(variableStart === undefined ? {} : { variableStart }), ...(variableEnd === undefined ? {} : { variableEnd }),
    ...(commentStart === undefined ? {} : { commentStart }), ...(commentEnd === undefined ? {} : { commentEnd }),
    ...(options.trim_blocks === undefined ? {} : { trimBlocks: truth(options.trim_blocks) }),
  })
}

// ---------------------------------------------------------------- csvfile, ini

function inline(term: unknown, base: Data): { key: string; options: Data } {
  const { words, options } = parseKeyValues(onlyText(term, 'a term'))
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(base, name))
  if (unknown !== undefined) throw new Refusal(`'${unknown}' is not a valid option`, `known are ${Object.keys(base).join(', ')}`)
  return { key: words, options: { ...base, ...options } }
}
function column(value: unknown, name: string): number {
  const found = typeof value === 'string' ? parseInteger(value) : asIndex(value)
  if (found === undefined) throw new Refusal(`${name} has an invalid value: '${text(value)}' is no whole number`)
  return Number(found)
}
function csvTerm(term: unknown, base: Data, call: Call): unknown[] {
  const { key, options } = inline(term, base)
  if (key === '') throw new Refusal('Search key is required but was not found')
  const path = findOrFail(call, 'files', text(options.file))
  const delimiter = options.delimiter === 'TAB' || options.delimiter === '\\t' ? '\t' : onlyText(options.delimiter, 'delimiter')
  if (Array.from(delimiter).length !== 1) throw new Refusal(`"delimiter" must be a 1-character string, not '${delimiter}'`)
  const rows = parseCsv(readText(call, path, text(options.encoding)), delimiter)
  const keyColumn = column(options.keycol, 'keycol'), wanted = column(options.col, 'col')
  const row = rows.find((one) => one.length > 0 && one.at(keyColumn) === key)
  if (row === undefined) return options.default === null ? [] : Array.isArray(options.default) ? items(options.default) : [options.default]
  const found = row.at(wanted)
  if (found === undefined) throw new Refusal(`list index out of range: the row of '${key}' has ${row.length} columns, there is no column ${text(options.col)}`)
  return [found]
}

/** `key section=a file=b`: options in the text of a term; the words before them are the key. */
function iniTerm(term: unknown, base: Data, call: Call): unknown[] {
  const source = onlyText(term, 'a term')
  const { key, options } = source.includes('=') || source.trim().includes(' ') ? inline(term, base) : { key: source, options: base }
  if (key === '') throw new Refusal(`No key to look up was provided as first term within string inline options: ${source}`)
  const file = text(options.file), path = findOrFail(call, 'files', file)
  const isProperties = options.type === 'properties', section = isProperties ? 'java_properties' : text(options.section)
  const parsed = new Ini((isProperties ? '[java_properties]\n' : '') + readText(call, path, text(options.encoding)), file, {
    caseSensitive: truth(options.case_sensitive), allowNoValue: truth(options.allow_no_value) || truth(options.allow_none), interpolate: truth(options.interpolation),
  })
  if (truth(options.re)) {
    compileRegex(key)
    return parsed.entries(section, file).filter(([name]) => matchStart(key, {}, name)).map(([, value]) => value)
  }
  const found = parsed.get(section, key, file)
  const value = found === undefined ? options.default : found
  return value === null ? [] : Array.isArray(value) ? items(value) : [value]
}

export const fileLookups: Record<string, Lookup> = {
  ...openLookupTable({
    'first_found(files=?, paths=?, skip=False)': (terms, [files, paths, skip], call) => firstFound(terms, given(files ?? []), given(paths ?? []), given(skip), call),
  }),
  ...lookupTable({
    'file(lstrip=False, rstrip=True)': (terms, [left, right], call) => terms.map((term) => {
      const found = readText(call, findOrFail(call, 'files', onlyText(term, 'a file')))
      const trimmed = truth(left) ? found.trimStart() : found
      return truth(right) ? trimmed.trimEnd() : trimmed
    }),
    'fileglob(**options)': (terms, _, call) => terms.flatMap((term) => globTerm(call, onlyText(term, 'a pattern'))),
    'unvault()': (terms, _, call) => terms.map((term) => readText(call, findOrFail(call, 'files', onlyText(term, 'a file')))),
    'template(convert_data=None, template_vars=None, variable_start_string=None, variable_end_string=None, comment_start_string=None, comment_end_string=None, trim_blocks=?, jinja2_native=None)':
      (terms, [, extra, variableStart, variableEnd, commentStart, commentEnd, trimBlocks], call) => terms.map((term) => renderFile(term, {
        template_vars: extra, variable_start_string: variableStart, variable_end_string: variableEnd, comment_start_string: commentStart,
        comment_end_string: commentEnd, trim_blocks: trimBlocks,
      }, call)),
    'csvfile(col=1, keycol=0, default=None, delimiter="TAB", file="ansible.csv", encoding="utf-8")':
      (terms, [col, keycol, fallback, delimiter, file, encoding], call) => {
        if (terms.length === 0) throw new Refusal('Search key is required but was not found')
        return terms.flatMap((term) => csvTerm(term, { col, keycol, default: fallback, delimiter, file, encoding }, call))
      },
    'ini(type="ini", file="ansible.ini", section="global", re=False, encoding="utf-8", default="", case_sensitive=False, allow_no_value=False, allow_none=False, interpolation=True)':
      (terms, [type, file, section, re, encoding, fallback, caseSensitive, allowNoValue, allowNone, interpolation], call) => {
        if (type !== 'ini' && type !== 'properties') throw new Refusal(`type must be 'ini' or 'properties', not '${text(type)}'`)
        return terms.flatMap((term) => iniTerm(term, {
          type, file, section, re, encoding, default: fallback, case_sensitive: caseSensitive, allow_no_value: allowNoValue, allow_none: allowNone, interpolation,
        }, call))
      },
  }),
}

