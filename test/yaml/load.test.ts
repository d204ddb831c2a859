/** YAML to values: PyYAML's rules, places, repairs, and what a beginner's mistakes are called. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Fault } from '../../runner/core/errors.ts'
import { keyLoc, locOf, valueLoc } from '../../runner/core/loc.ts'
import { dictGet, Float, isDict, isSettled, Template, VaultText } from '../../runner/core/value.ts'
import { float } from '../../runner/core/value.ts'
import { loadYaml, loadYamlAll } from '../../runner/yaml/load.ts'

const value = (text: string): unknown => loadYaml(text, 'f.yml').value
function at(text: string, ...keys: (string | number)[]): unknown {
  return keys.reduce((found: unknown, key) => Array.isArray(found) && typeof key === 'number' ? found[key] : isDict(found) ? dictGet(found, key) : undefined, value(text))
}
function failure(text: string): Fault {
  try { value(text) } catch (error) { if (error instanceof Fault) return error; throw error }
  throw new Error(`no error for ${JSON.stringify(text)}`)
}

test('scalars are typed as PyYAML types them', () => {
  const cases: [string, unknown][] = [
    ['yes', true], ['No', false], ['ON', true], ['off', false], ['True', true], ['y', 'y'], ['n', 'n'], ['Y', 'Y'], ['tRue', 'tRue'],
    ['0644', 420], ['0o644', '0o644'], ['0x1F', 31], ['0b101', 5], ['08', '08'], ['1_000', 1000], ['-5', -5], ['+5', 5], ['1:30', 90], ['1:60', '1:60'], ['12:30:45', 45045],
    ['1.5', 1.5], ['1e3', '1e3'], ['1.5e+3', new Float(1500)], ['1.5e3', '1.5e3'], ['1.', new Float(1)], ['.5', 0.5], ['-.inf', -Infinity], ['~', null], ['null', null], ['Null', null], ['nULL', 'nULL'], ['', null],
    ['2024-01-01', '2024-01-01'], ['2001-12-14t21:59:43.10-05:00', '2001-12-14t21:59:43.10-05:00'], ['12345678901234567890', 12345678901234567890n], ['"5"', '5'], ["'yes'", 'yes'], ['1.0', new Float(1)],
    ['!!str 5', '5'], ['!!int "5"', 5], ['!!float 1', new Float(1)], ['!!bool "yes"', true], ['a: 1', { a: 1 }], ['[]', []], ['{}', {}], ['=', '='],
  ]
  for (const [text, wanted] of cases) assert.equal(value(text), wanted, text)
  assert.ok(Number.isNaN(value('.nan')))
})

test('dicts keep order and key types; a Map where an object could not', () => {
  assert.equal(value('b: 1\na: 2'), { b: 1, a: 2 })
  assert.equal(value('1: a\nb: c'), new Map<unknown, unknown>([[1, 'a'], ['b', 'c']]))
  assert.equal(value('"1": a'), new Map([['1', 'a']]))
  assert.equal(value('yes: a'), new Map([[true, 'a']]))
  assert.equal(value('__proto__: a'), new Map([['__proto__', 'a']]))
})

test('merge keys: own keys win, of several mappings the first', () => {
  assert.equal(value('base: &b {x: 1, y: 2}\nc:\n  <<: *b\n  y: 3'), { base: { x: 1, y: 2 }, c: { x: 1, y: 3 } })
  assert.equal(at('a: &a {x: 1}\nb: &b {x: 2, z: 3}\nc: {<<: [*a, *b]}', 'c'), { x: 1, z: 3 })
  assert.is(failure('c: {<<: 5}').code, 'yaml-bad-merge')
})

test('a duplicate key is a warning with its place, and the last value counts', () => {
  const { value: found, warnings } = loadYaml('a: 1\nb: 2\na: 3', 'f.yml')
  assert.equal(found, { a: 3, b: 2 })
  assert.is(warnings.length, 1)
  assert.equal(warnings[0]?.loc, { file: 'f.yml', line: 3, column: 1 })
  assert.match(warnings[0]?.message ?? '', /Found duplicate mapping key 'a'/)
})

test('an empty file is null, several documents come as several values', () => {
  for (const text of ['', '\n', '# only a comment\n', '---\n', '---\n...\n']) assert.is(value(text), null)
  assert.equal(loadYamlAll('---\na: 1\n---\n- 2\n', 'f.yml').values, [{ a: 1 }, [2]])
  assert.equal(value('\ufeffa: 1'), { a: 1 })
})

test('every container, key and item knows its place', () => {
  const found = value('- name: x\n  copy:\n    src: a\n\n    dest: "b"\n- [1,\n   2]\n') as unknown[]
  assert.equal(locOf(found), { file: 'f.yml', line: 1, column: 1 })
  const [first, second] = found
  assert.equal(keyLoc(first, 'copy'), { file: 'f.yml', line: 2, column: 3 })
  assert.equal(valueLoc(first, 'name'), { file: 'f.yml', line: 1, column: 9 })
  assert.equal(valueLoc(isDict(first) ? dictGet(first, 'copy') : undefined, 'dest'), { file: 'f.yml', line: 5, column: 11 })
  assert.equal(keyLoc(second, 1), { file: 'f.yml', line: 7, column: 4 })
})

test('text with Jinja is a Template whose offsets lead back to the file', () => {
  const text = [
    'plain: a {{ one }}', 'folded plain: a', '  b {{ two }}', 'single: \'it\'\'s {{ three }}\'', 'double: "tab\\t\\u00e9 {{ four }}"', 'literal: |', '  x', '    {{ five }}',
    'fold: >-', '  x', '  y {{ six }}', '', '  z {{ seven }}', 'deep:', '  - |', '      a', '      b {{ eight }}', 'cont: "a \\', '   b {{ nine }}"',
  ].join('\n')
  const lines = text.split('\n')
  const walk = (found: unknown): Template[] => found instanceof Template ? [found] : Array.isArray(found) ? found.flatMap(walk) : isDict(found) ? Object.values(found).flatMap(walk) : []
  const seen: string[] = []
  for (const template of walk(value(text))) {
    for (const hit of template.source.matchAll(/\{\{ (\w+)/g)) {
      const loc = template.at(hit.index)
      assert.is(lines[(loc?.line ?? 0) - 1]?.slice((loc?.column ?? 0) - 1, (loc?.column ?? 0) + 2 + (hit[1] ?? '').length), hit[0])
      seen.push(hit[1] ?? '')
    }
  }
  assert.equal(seen, ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'])
})

test('keys, !unsafe and text loaded as data are never templates; containers without any are settled', () => {
  assert.equal(value('"{{ a }}": 1'), { '{{ a }}': 1 })
  assert.equal(value('a: !unsafe "{{ b }}"'), { a: '{{ b }}' })
  assert.equal(value('a: !unsafe ["{{ b }}", {c: "{% d %}"}]'), { a: ['{{ b }}', { c: '{% d %}' }] })
  assert.equal(loadYaml('a: "{{ b }}"', 'f', { templates: false }).value, { a: '{{ b }}' })
  assert.ok(at('a: "{% if x %}{% endif %}"', 'a') instanceof Template)
  assert.ok(at('a: "{# c #}"', 'a') instanceof Template)
  const found = value('a: {b: 1}\nc: {d: "{{ e }}"}')
  assert.ok(isDict(found) && isSettled(dictGet(found, 'a') as object))
  assert.not.ok(isSettled(found as object))
  assert.not.ok(isSettled(dictGet(found as Record<string, unknown>, 'c') as object))
})

test('vault values are kept encrypted, other tags give their types', () => {
  const found = at('a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n', 'a')
  assert.ok(found instanceof VaultText)
  assert.is(found.ciphertext, '$ANSIBLE_VAULT;1.1;AES256\n6162\n')
  assert.is(found.loc?.line, 2)
  assert.equal(value('!!set {a, b}'), new Set(['a', 'b']))
  assert.equal(value('!!binary aGk='), Uint8Array.from([104, 105]))
})

test('what PyYAML accepts at the indentation of the parent is accepted, and places stay right', () => {
  const text = 'a: [\n  1\n]\nb:\n  c: {\n    x: 1\n  }\n  d: "one\n  two"\ne: {{'
  assert.equal(value(text.replace('\ne: {{', '')), { a: [1], b: { c: { x: 1 }, d: 'one two' } })
  const shifted = value('a: [\n 1\n]\nb: 2')
  assert.equal(keyLoc(shifted, 'b'), { file: 'f.yml', line: 4, column: 1 })
  assert.equal(keyLoc(value('a: [\n 1,\nb]'), 'a'), { file: 'f.yml', line: 1, column: 1 })
})

test('mistakes are named, placed, and come with the next step', () => {
  const cases: [string, string, number, number, RegExp][] = [
    ['a:\n\t- b', 'yaml-tab', 2, 1, /spaces/],
    ['a: {{ x }}', 'yaml-unquoted-template', 1, 4, /a: "\{\{ x \}\}"/],
    ['a: {{ x }}/foo', 'yaml-unquoted-template', 1, 4, /a: "\{\{ x \}\}\/foo"/],
    ['- msg: {{ x }} and {{ y }}', 'yaml-unquoted-template', 1, 8, /quote the whole value/],
    ['a: b: c', 'yaml-colon-in-value', 1, 5, /quotes/],
    ['- debug: msg=x\n- name: do this: that', 'yaml-colon-in-value', 2, 16, /quotes/],
    ['a: "b" c', 'yaml-after-quote', 1, 4, /other kind of quote/],
    ['a: "b\nc: d\n', 'yaml-unclosed-quote', 1, 4, /close it/],
    ["- name: it's ok\n  y: 'd\n- z: 1", 'yaml-unclosed-quote', 2, 6, /close it/],
    ['a: [1, 2\nb: 1\n', 'yaml-unclosed-bracket', 1, 4, /close it with ']'/],
    ['a:b\nc: d', 'yaml-space-after-colon', 1, 2, /a: …/],
    ['a: @x', 'yaml-reserved-start', 1, 4, /quotes/],
    ['a: `x`', 'yaml-reserved-start', 1, 4, /quotes/],
    ['- a: b\n c: d', 'yaml-indentation', 2, 2, /same column/],
    ['foo: bar\n  baz: 1', 'yaml-indentation', 2, 3, /same column/],
    ['a: *x', 'yaml-unknown-alias', 1, 5, /quoted/],
    ['a: &word 1\nb: *wrod', 'yaml-unknown-alias', 2, 5, /did you mean \*word/],
    ['a: !vualt x', 'yaml-unknown-tag', 1, 4, /did you mean !vault/],
    ['? [a]\n: b', 'yaml-bad-key', 1, 3, /template/],
    ['!!int x', 'yaml-bad-value', 1, 7, /^$/],
  ]
  for (const [text, code, line, column, hint] of cases) {
    const error = failure(text)
    assert.is(error.code, code, `${text}: ${error.message}`)
    assert.equal([error.loc?.line, error.loc?.column], [line, column], text)
    assert.match(error.hint ?? '', hint, text)
  }
})

// Found by random documents held against PyYAML as Ansible loads them.
test('what random documents showed', () => {
  const value = (text: string): unknown => loadYaml(text, 'f', { templates: false }).value
  assert.equal(value("- - key: 'a\n\n\n  b'\n    a: 1\n"), [[{ key: 'a\n\nb', a: 1 }]])
  assert.equal(value('a: |\n  x'), { a: 'x' })
  assert.equal(value('a: |+\n  x'), { a: 'x' })
  assert.equal(value('a: |\n  x\n  '), { a: 'x\n' })
  assert.equal(value('- -.5\n- +.5\n- .5\n'), ['-.5', '+.5', 0.5])
  assert.equal(value('!!null x'), null)
  // JSON is read as JSON.
  assert.equal(value('{\n\t"a": [1e3, 1E5, NaN], "b": "1e3"\n}'), { a: [float(1000), float(100000), NaN], b: '1e3' })
  assert.equal(value('a: [1e3]'), { a: ['1e3'] })
})
test('a mistake in a file that begins with an empty line ends with an error', () => {
  assert.throws(() => loadYaml('\n\n- [a, #c\n...\n', 'f'), (error: Error) => error.message.length > 0)
})

test.run()
