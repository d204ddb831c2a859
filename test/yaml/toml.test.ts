/** TOML: what is no TOML is an error with its place; what is has the values that Python's tomllib gives (test/inventory/fixtures/site.toml has the rest). */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Fault } from '../../runner/core/errors.ts'
import { parseToml } from '../../runner/yaml/toml.ts'

const wrong: readonly (readonly [text: string, place: string, why: RegExp])[] = [
  ['a = 1\nb = c\n', '2:5', /'c' is no value/],
  ['a = 1\na = 2\n', '2:1', /'a' is there twice/],
  ['[t]\n[t]\n', '2:2', /the table 't' is there twice/],
  ['a = 1\n[a.b]\n', '2:2', /'a' has a value already/],
  ['a = {b = 1}\n[a.c]\n', '2:2', /'a' has a value already/],
  ['a = [1]\n[[a]]\n', '2:3', /'a' is something else already/],
  ['a = "x\n', '1:5', /not closed/],
  ['a = "\\q"\n', '1:6', /no such escape/],
  ['a = 01\n', '1:5', /no value/],
  ['a = 1 b = 2\n', '1:7', /line should end/],
  ['[a\n', '1:3', /'\]' is expected/],
  ['= 1\n', '1:1', /a key is expected/],
  ['a =\n', '1:4', /a value is expected/],
]
test('mistakes', () => {
  for (const [text, place, why] of wrong) {
    try { parseToml(text, 'f'); assert.unreachable(text) } catch (error) {
      if (!(error instanceof Fault)) throw error
      assert.is(`${error.loc?.line ?? 0}:${error.loc?.column ?? 0}`, place, text)
      assert.match(error.message, why)
    }
  }
})
test('dotted keys, literal and long text, tables in lists', () => {
  assert.equal(parseToml("a.b.c = 1\r\na.b.d = '\\n'\nq = ''''two'' \"\"\"'''\n[[l]]\nx = 1\n[[l]]\n[l.y]\nz = true\n", 'f'), {
    a: { b: { c: 1, d: '\\n' } }, q: "'two'' \"\"\"", l: [{ x: 1 }, { y: { z: true } }],
  })
})

test.run()
