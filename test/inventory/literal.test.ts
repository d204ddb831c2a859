/** Against Python's ast.literal_eval, as Ansible uses it: what is no literal stays text. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Float } from '../../runner/core/value.ts'
import { literal } from '../../runner/inventory/literal.ts'
import { splitWords } from '../../runner/inventory/words.ts'

const table: readonly (readonly [string, unknown])[] = [
  ['1', 1], ['-1', -1], ['+1', 1], ['0', 0], ['00', 0], ['0644', '0644'], ['0x1F', 31], ['0o17', 15], ['0b11', 3], ['1_000', 1000], ['1__0', '1__0'],
  ['1.5', 1.5], ['1.0', new Float(1)], ['1.', new Float(1)], ['.5', 0.5], ['1e3', new Float(1000)], ['1.2.3', '1.2.3'], ['1.2.3.4', '1.2.3.4'], ['123456789012345678901', 123456789012345678901n],
  ['True', true], ['False', false], ['None', null], ['true', 'true'], ['yes', 'yes'], ['Truely', 'Truely'], ['null', 'null'],
  ["'a'", 'a'], ['"a\\n"', 'a\n'], ["r'a\\n'", 'a\\n'], ["u'a'", 'a'], ["'a' 'b'", 'ab'], ["'a", "'a"], ["'\\x41\\u00fc'", 'Aü'], ["'''a'b'''", "a'b"],
  ['[]', []], ['[1, "a", None]', [1, 'a', null]], ['[1,]', [1]], ['[1', '[1'], ['(1, 2)', [1, 2]], ['(1)', 1], ['(1,)', [1]], ['1, 2', [1, 2]], ['1,', [1]],
  ['{}', {}], ["{'a': 1, 'b': {'c': []}}", { a: 1, b: { c: [] } }], ["{'a', 'a'}", ['a']], ['{a: 1}', '{a: 1}'], ['{{ x }}', '{{ x }}'], ['{{ 1 }}', '{{ 1 }}'], ["{{ 'a' }}", "{{ 'a' }}"], ['{1: 2}', new Map([[1, 2]])],
  ['1j', '1j'], ['1+2j', '(1+2j)'], ['[1 - 2.5j]', ['(1-2.5j)']], ['-1j', '(-0-1j)'], ['1+2', '1+2'], ['--1', '--1'], ['...', '...'], ['[..., set()]', ['...', []]], ['-0.0', new Float(-0)], ["b'a' 'b'", "b'a' 'b'"], ["b'a' b'b'", 'ab'],
  ['8080 # port', 8080], ['a # b', 'a # b'], ['', ''], ['word', 'word'], ['1 2', '1 2'], ['[1] + [2]', '[1] + [2]'], ['10.0.0.1:22', '10.0.0.1:22'], ['-', '-'], ['- 1', -1], ['No', 'No'], ['b', 'b'],
]
for (const [text, value] of table) test(`literal ${JSON.stringify(text)}`, () => assert.equal(literal(text), value))

test('words as Python\'s shlex splits them', () => {
  const words = (line: string): readonly string[] | string => { const found = splitWords(line); return 'why' in found ? found.why : found.map((word) => word.text) }
  assert.equal(words('a b=c  d="e f"'), ['a', 'b=c', 'd=e f'])
  assert.equal(words('a#b c'), ['a'])
  assert.equal(words('a "x\\n\\"y" b\\ c'), ['a', 'x\\n"y', 'b c'])
  assert.equal(words("a '' k='it''s'"), ['a', '', 'k=its'])
  assert.is(words("a k='b"), "the quote ' is not closed")
})

test.run()
