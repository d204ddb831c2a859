/** Filters that apply another filter, a test or an attribute to each item: map, select, reject and their attr forms. */
import type { Call, Filter, Test } from './call.ts'
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import type { Data, Loc } from '../core/types.ts'
import { filters } from './filters.ts'
import { Failed } from './deferred.ts'
import { attributeGetter } from './items.ts'
import { findNamed } from './lookup-call.ts'
import { filterTable, Refusal } from './params.ts'
import { given, isTruthy, iterate, pyStr, typeName } from './python.ts'
import { tests } from './tests.ts'

function named(name: unknown): string {
  if (typeof name === 'string') return name
  throw new Refusal(`expected the name of a filter or test, got ${pyStr(given(name))} (${typeName(name)})`)
}
function filterNamed(name: string, loc: Loc | undefined): Filter {
  const found = findNamed(filters, name)
  if (found === undefined) throw fault('unknown-filter', loc, { name, near: nearest(name, Object.keys(filters)) })
  return found
}
function testNamed(name: string, loc: Loc | undefined): Test {
  const found = findNamed(tests, name)
  if (found === undefined) throw fault('unknown-test', loc, { name, near: nearest(name, Object.keys(tests)) })
  return found
}

function mapper(args: readonly unknown[], kwargs: Readonly<Data>, call: Call): (item: unknown) => unknown {
  if (args.length === 0 && Object.hasOwn(kwargs, 'attribute')) {
    const unexpected = Object.keys(kwargs).find((name) => name !== 'attribute' && name !== 'default')
    if (unexpected !== undefined) throw new Refusal(`Unexpected keyword argument '${unexpected}'`)
    return attributeGetter(kwargs.attribute, kwargs.default)
  }
  if (args.length === 0) throw new Refusal('map requires a filter argument', "write map('upper') or map(attribute='name')")
  const filter = filterNamed(named(args[0]), call.env.loc)
  return (item) => filter(item, { args: args.slice(1), kwargs, env: call.env })
}

/** Whether an item passes: by the test named first, or by its truth. */
function condition(args: readonly unknown[], kwargs: Readonly<Data>, call: Call): (item: unknown) => boolean {
  if (args.length === 0) return isTruthy
  const test = testNamed(named(args[0]), call.env.loc)
  return (item) => test(item instanceof Failed ? given(item) : item, { args: args.slice(1), kwargs, env: call.env })
}

function pick(value: unknown, args: unknown, kwargs: unknown, call: Call, byAttribute: boolean, keep: boolean): unknown[] {
  if (!isTruthy(value)) return []
  const [first, ...rest] = args as unknown[]
  if (byAttribute && (args as unknown[]).length === 0) throw new Refusal('Missing parameter for attribute name')
  const passes = condition(byAttribute ? rest : args as unknown[], kwargs as Data, call)
  const getter = byAttribute ? attributeGetter(first) : (item: unknown) => item
  return iterate(value).filter((item) => passes(getter(item)) === keep)
}

export const selectFilters: Record<string, Filter> = filterTable({
  'map(*args, **kwargs)': (value, [args, kwargs], call) =>
    isTruthy(value) ? iterate(value).map(mapper(args as unknown[], kwargs as Data, call)) : [],
  'select(*args, **kwargs)': (value, [args, kwargs], call) => pick(value, args, kwargs, call, false, true),
  'reject(*args, **kwargs)': (value, [args, kwargs], call) => pick(value, args, kwargs, call, false, false),
  'selectattr(*args, **kwargs)': (value, [args, kwargs], call) => pick(value, args, kwargs, call, true, true),
  'rejectattr(*args, **kwargs)': (value, [args, kwargs], call) => pick(value, args, kwargs, call, true, false),
})
