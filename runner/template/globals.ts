/** Functions that expressions can call by name: range, dict, cycler, joiner, now, undef. */
import type { GlobalFunction } from './call.ts'
import { dictEntries, isDict, makeDict, Undefined } from '../core/value.ts'
import { now, timeOf } from './datetime.ts'
import { items, text, tuple } from './items.ts'
import { countOf, indexOf } from './methods-containers.ts'
import { asIndex } from './numbers.ts'
import { globalTable, Refusal } from './params.ts'
import { bindMethod, type Methods } from './python-methods.ts'
import { isTruthy, PyObject, pyError, pyRepr, typeName } from './python.ts'
import { formatDate } from './strftime.ts'

const most = 1_000_000_000

/** Python: range. Its items are made when somebody asks for them. */
function range(args: readonly unknown[]): PyObject {
  const [first, second, third] = args.map((one) => asIndex(one))
  const [start, stop] = second === undefined ? [0, first ?? 0] : [first ?? 0, second]
  const step = third ?? 1
  if (step === 0) throw pyError('ValueError', 'range() arg 3 must not be zero')
  const size = Math.max(0, Math.ceil((stop - start) / step))
  const shown = `range(${start}, ${stop}${step === 1 ? '' : `, ${step}`})`
  const whole = (): number[] => Array.from({ length: size }, (_, i) => start + i * step)
  const methods: Methods<unknown> = { index: (_self, call) => indexOf(whole(), call), count: (_self, call) => countOf(whole(), call) }
  return new PyObject('range', (name) => ({ start, stop, step })[name] ?? bindMethod(methods, null, name), {
    length: () => size,
    iterate: () => {
      if (size > most) throw new Refusal(`Range too big: ${shown} has ${size} items`)
      return whole()
    },
    repr: () => shown,
    compare: (other) => other instanceof PyObject && other.traits.repr?.() === shown ? 0 : undefined,
  })
}

function dict(from: unknown, named: Readonly<Record<string, unknown>>): unknown {
  const pairs = from === undefined ? [] : isDict(from) ? dictEntries(from) : items(from).map((pair, i) => {
    const parts = items(pair)
    if (parts.length !== 2) throw new Refusal(`dictionary update sequence element #${i} has length ${parts.length}; 2 is required`)
    return [parts[0], parts[1]] as const
  })
  return makeDict([...pairs, ...Object.entries(named)])
}

/** Goes round its values: `next()` gives the next one, `current` the one that is next. */
function cycler(values: readonly unknown[]): PyObject {
  if (values.length === 0) throw new Refusal('at least one item has to be provided')
  let at = 0
  return new PyObject('Cycler', (name) => {
    switch (name) {
      case 'current': return values[at]
      case 'next': return () => { const value = values[at]; at = (at + 1) % values.length; return value }
      case 'reset': return () => { at = 0; return null }
      case 'items': return tuple(...values)
      default: return undefined
    }
  })
}

export const globals: Record<string, GlobalFunction> = globalTable({
  'range(start, *more)': ([start, more]) => {
    const args = [start, ...(more as unknown[])]
    if (args.length > 3) throw new Refusal(`range expected at most 3 arguments, got ${args.length}`)
    return range(args)
  },
  'dict(mapping=?, **named)': ([from, named]) => dict(from, named as Record<string, unknown>),
  'cycler(*items)': ([values]) => cycler(values as unknown[]),
  'joiner(sep=", ")': ([separator]) => {
    let isUsed = false
    return () => { const shown = isUsed ? text(separator) : ''; isUsed = true; return shown }
  },
  'now(utc=False, fmt=None)': ([utc, format]) => {
    const time = now(isTruthy(utc)), value = timeOf(time)
    return format === null || format === '' || value === undefined ? time : formatDate(text(format), value.micros, value.offsetMinutes)
  },
  'undef(hint=None)': ([hint]) => {
    if (hint !== null && typeof hint !== 'string') throw new Refusal(`the 'hint' argument must be a string, not ${typeName(hint)} (${pyRepr(hint)})`)
    return new Undefined(hint === null || hint === '' ? 'Mandatory variable has not been overridden' : hint)
  },
  'lipsum(*args, **kwargs)': () => { throw new Refusal('lipsum (filler text) is not supported', 'write the text into a variable') },
})
