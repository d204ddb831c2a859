/** Filters between values and YAML text; the reading and writing is done by the YAML service. */
import type { Call, Filter } from './call.ts'
import type { Data } from '../core/types.ts'
import { dictEntries, isDict, makeDict, PlainText, Undefined } from '../core/value.ts'
import { asIndex } from './numbers.ts'
import { filterTable, Refusal } from './params.ts'
import { isTruthy, PyObject, pyRepr, pyStr, typeName, undefinedFault } from './python.ts'

const ignored = new Set(['allow_unicode', 'encoding', 'line_break', 'version', 'tags', 'vault_behavior'])
const used = new Set(['indent', 'width', 'sort_keys', 'default_flow_style', 'default_style', 'canonical', 'explicit_start', 'explicit_end'])

/** Dates become plain text; what YAML cannot say is refused. */
function writable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(writable)
  if (value instanceof Undefined) throw undefinedFault(value)
  if (value instanceof PyObject) {
    if (typeof value.traits.binary?.('iso', null, false) === 'string') return new PlainText(pyStr(value))
    throw new Refusal(`cannot represent an object: ${pyRepr(value)}`)
  }
  return isDict(value) ? makeDict(dictEntries(value).map(([key, item]) => [key, writable(item)])) : value
}

function styleOf(value: unknown): 'single' | 'double' | 'literal' | undefined {
  if (value === null) return undefined
  const found = new Map<unknown, 'single' | 'double' | 'literal'>([["'", 'single'], ['"', 'double'], ['|', 'literal']]).get(value)
  if (found === undefined) throw new Refusal(`the style '${String(value)}' is not supported`, "known are ', \" and |")
  return found
}

/** Text of a value; options as PyYAML has them. `default_flow_style` None writes lists and dicts of plain values on one line. */
function toYaml(value: unknown, options: Data, call: Call): string {
  const unknown = Object.keys(options).find((name) => !ignored.has(name) && !used.has(name))
  if (unknown !== undefined) throw new Refusal(`the option '${unknown}' is not supported`, `known are ${[...used].join(', ')}`)
  const style = styleOf(options.default_style ?? null)
  const made = call.env.services.dumpYaml(writable(value), {
    ...(options.indent === undefined || options.indent === null ? {} : { indent: asIndex(options.indent) }),
    ...(options.width === undefined || options.width === null ? {} : { width: asIndex(options.width) }),
    sortKeys: isTruthy(options.sort_keys ?? true),
    flow: (options.default_flow_style ?? null) === null && style === undefined ? 'auto' : options.default_flow_style === true ? 'flow' : 'block',
    ...(style === undefined ? {} : { style }), ...(isTruthy(options.canonical ?? false) ? { canonical: true } : {}),
  })
  const isBlock = (isDict(value) || Array.isArray(value)) && !/^[[{]/.test(made)
  return `${isTruthy(options.explicit_start ?? false) ? `---${isBlock ? '\n' : ' '}` : ''}${made}${isTruthy(options.explicit_end ?? false) ? '...\n' : ''}`
}

/** The documents of a text: a line `---` starts one, `...` ends one. */
function documents(text: string): string[] {
  const parts = text.split(/^---(?=\s|$)|^\.\.\.(?=\s|$)/m)
  const [first = '', ...rest] = parts
  const isEmpty = (part: string): boolean => part.replace(/^\s*(?:#.*)?$/gm, '').trim() === ''
  return [...(isEmpty(first) ? [] : [first]), ...rest.filter((part, i) => !isEmpty(part) || i < rest.length - 1 || text.trimEnd().endsWith('---'))]
}

export const yamlFilters: Record<string, Filter> = filterTable({
  'to_yaml(default_flow_style=None, **options)': (value, [flow, options], call) => toYaml(value, { ...(options as Data), default_flow_style: flow }, call),
  'to_nice_yaml(indent=4, default_flow_style=False, **options)': (value, [indent, flow, options], call) =>
    toYaml(value, { ...(options as Data), indent, default_flow_style: flow }, call),
  'from_yaml()': (value, _, call) => {
    if (value === null) return null
    if (typeof value === 'string') return call.env.services.parseYaml(value, '<from_yaml>')
    call.env.services.warn(`the filter from_yaml left a ${typeName(value)} as it is: it expects text`, call.env.loc)
    return value
  },
  'from_yaml_all()': (value, _, call) => {
    if (value === null) return []
    if (typeof value === 'string') return documents(value).map((part) => call.env.services.parseYaml(part, '<from_yaml_all>'))
    call.env.services.warn(`the filter from_yaml_all left a ${typeName(value)} as it is: it expects text`, call.env.loc)
    return value
  },
})
