/** Filters about whether there is a value, and which: default, mandatory, ternary, bool, numbers from text. */
import type { Filter } from './call.ts'
import { float, Undefined, Unknown, UnknownValue } from '../core/value.ts'
import { text } from './items.ts'
import { asNumber, isInt, parseFloatText, parseInteger, shrink } from './numbers.ts'
import { filterTable, openFilterTable, Refusal } from './params.ts'
import { equals, given, isTruthy, pyRepr, pyStr, typeName } from './python.ts'

const yes = new Set(['yes', 'on', 'true', '1'])
const no = new Set(['no', 'off', 'false', '0'])

function toInt(value: unknown, fallback: unknown, base: unknown): unknown {
  if (typeof value === 'string') {
    const whole = parseInteger(value, asNumber(base) ?? 10)
    if (whole !== undefined) return whole
    const parsed = parseFloatText(value)
    return parsed === undefined ? fallback : truncated(asNumber(parsed), fallback)
  }
  if (isInt(value)) return value
  return truncated(asNumber(value), fallback)
}
const truncated = (value: number | undefined, fallback: unknown): unknown =>
  value === undefined || !Number.isFinite(value) ? fallback : shrink(BigInt(Math.trunc(value)))

function undefinedName(value: Undefined): string {
  return /^'([^']+)' is undefined$/.exec(value.message)?.[1] ?? ''
}

export const valueFilters: Record<string, Filter> = {
  ...openFilterTable({
    'default|d(default_value="", boolean=False)': (value, [fallback, boolean]) => {
      if (typeof boolean !== 'boolean') throw new Refusal(`the 'boolean' argument must be of type bool, not ${typeName(given(boolean))}`)
      if (value instanceof Undefined) return fallback
      if (value instanceof Unknown) throw new UnknownValue(value.reason)
      return boolean && !isTruthy(value) ? fallback : value
    },
    'mandatory(msg=None)': (value, [message]) => {
      if (!(value instanceof Undefined)) return value
      if (message !== null) throw new Refusal(pyStr(message))
      const name = undefinedName(value)
      throw new Refusal(`Mandatory variable ${name === '' ? '' : `'${name}' `}not defined.`, 'set it where this host or role gets its variables')
    },
    'ternary(true_val, false_val, none_val=None)': (value, [whenTrue, whenFalse, whenNone]) =>
      value === null && whenNone !== null ? whenNone : isTruthy(value) ? whenTrue : whenFalse,
    'type_debug()': (value) => value instanceof Undefined ? 'UndefinedMarker' : typeName(given(value)),
  }),
  ...filterTable({
    'bool()': (value, _, call) => {
      const shown = typeof value === 'string' ? value.toLowerCase() : isInt(value) || typeof value === 'boolean' ? pyStr(value).toLowerCase() : value
      if (typeof shown === 'string' && yes.has(shown)) return true
      if (typeof shown === 'string' && no.has(shown)) return false
      const result = equals(shown, 1)
      call.env.services.warn(`the filter bool made ${pyRepr(result)} of ${pyRepr(value)} (${typeName(value)}), which is neither yes nor no`, call.env.loc)
      return result
    },
    'int(default=0, base=10)': (value, [fallback, base]) => toInt(value, fallback, base),
    'float(default=0.0)': (value, [fallback]) => {
      const found = typeof value === 'string' ? parseFloatText(value) : asNumber(value)
      return found === undefined ? fallback : typeof found === 'number' ? float(found) : found
    },
    'string()': (value) => text(value),
  }),
}
