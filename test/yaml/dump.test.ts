/** YAML text against what PyYAML writes, recorded by record-dump.py; and that it can be read back. */
import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { float, isDict, makeDict, Unknown, UnknownValue } from '../../runner/core/value.ts'
import { dumpYaml } from '../../runner/yaml/dump.ts'
import type { DumpOptions } from '../../runner/yaml/dump.ts'
import { loadYaml } from '../../runner/yaml/load.ts'

const rows = JSON.parse(readFileSync(new URL('dump.json', import.meta.url), 'utf8')) as [unknown, string, string, string][]
function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode)
  if (!isDict(value) || value instanceof Map) return value
  if (typeof value['float'] === 'string') return float(Number(value['float']))
  if (typeof value['int'] === 'string') return BigInt(value['int'])
  return makeDict((value['dict'] as [string, unknown][]).map(([key, item]) => [key, decode(item)] as const))
}
const variants: DumpOptions[] = [{ indent: 4 }, { flow: 'auto' }, { indent: 2, width: 40, sortKeys: false }]

test('texts are those of PyYAML, character for character', () => {
  for (const [value, ...texts] of rows) texts.forEach((wanted, i) => { assert.is(dumpYaml(decode(value), variants[i]), wanted) })
})

test('texts read back give the value again', () => {
  // YAML 1.1 takes U+2028 for a line end, the YAML 1.2 parser underneath does not.
  for (const [value] of rows) if (!JSON.stringify(value).includes('\u2028')) assert.equal(loadYaml(dumpYaml(decode(value)), 'f', { templates: false }).value, decode(value))
})

test('lists stand under their key without indentation, keys are sorted unless told not to', () => {
  assert.is(dumpYaml({ b: [1, { c: 2, d: 3 }], a: {} }, { indent: 4 }), 'a: {}\nb:\n- 1\n-   c: 2\n    d: 3\n')
  assert.is(dumpYaml({ b: 1, a: 2 }, { sortKeys: false }), 'b: 1\na: 2\n')
  assert.is(dumpYaml({ a: [1, 2], b: { c: 1 } }, { flow: 'auto' }), 'a: [1, 2]\nb: {c: 1}\n')
})

test('what a dry run cannot know is not written', () => {
  assert.throws(() => dumpYaml({ a: new Unknown('why') }), (error: unknown) => error instanceof UnknownValue)
})

test.run()
