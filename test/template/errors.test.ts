/** Errors of templates: which place they name, what they suggest, and the way through variables that led there. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Fault } from '../../runner/core/errors.ts'
import { Template } from '../../runner/core/value.ts'
import { fileTemplate } from '../../runner/template/jinja.ts'
import { engine, varsOf } from './engine.ts'

const { jinja } = engine()
const vars = varsOf({
  server: { port: 80, hosts: ['a'] }, name: 'x', outer: 'a {{ middle }}', middle: '{{ inner.prot }}', inner: { port: 1 }, one: '{{ two }}', two: '{{ three.x }}', three: { x: '{{ one }}' },
  zero: '{{ 1 / 0 }}', self: '{{ self }}',
})
function failure(run: () => unknown): Fault {
  let got: unknown
  try { got = run() } catch (error) { if (error instanceof Fault) return error; throw error }
  throw new Error(`no error, but ${String(got)}`)
}
const inText = (source: string): Fault => failure(() => jinja.text(fileTemplate(source, 't.j2'), vars))
const inValue = (source: string): Fault => failure(() => jinja.value(new Template(source, (offset) => ({ file: 'f.yml', line: 1, column: offset + 1 })), vars))
const inExpression = (source: string): Fault => failure(() => jinja.expression(source, vars, (offset) => ({ file: 'f.yml', line: 9, column: offset + 1 })))

test('syntax errors: line and column, what was found and expected', () => {
  const cases: [string, number, number, RegExp][] = [
    ['a\nb {{ name', 2, 3, /a \{\{ is never closed/],
    ['{% if name', 1, 1, /a \{% is never closed/],
    ['x\n{# open', 2, 1, /\{# is never closed/],
    ['{{ name }', 1, 9, /unexpected '}'/],
    ['a\n{% if name %}\nb', 2, 4, /'if' is never closed, expected 'endif'/],
    ['{% for x in [] %}{% endif %}', 1, 21, /'for' is open here, expected 'else' or 'endfor'/],
    ['a\n{% endif %}', 2, 4, /no tag is open here/],
    ['{% fro x in [] %}', 1, 4, /unknown tag 'fro'/],
    ['{{ name | }}', 1, 11, /expected a name/],
    ['{{ foo bar }}', 1, 8, /got 'bar'/],
    ["{{ 'abc }}", 1, 4, /a quote \('\) is opened and never closed/],
    ['{{ (1 }}', 1, 7, /unexpected '}', expected '\)'/],
    ['{% raw %}x', 1, 3, /missing end of raw/],
    ['{{ a && b }}', 1, 6, /unexpected char '&'/],
    ['{% if name = 1 %}{% endif %}', 1, 12, /got '='/],
    ['{% break %}', 1, 4, /outside of a for loop/],
    ['{{ 1 is string is true }}', 1, 16, /cannot chain/],
  ]
  for (const [source, line, column, message] of cases) {
    const error = inText(source)
    assert.is(error.code, 'template-syntax', source)
    assert.match(error.message, message)
    assert.equal([error.loc?.file, error.loc?.line, error.loc?.column], ['t.j2', line, column], `${source}: ${error.message}`)
  }
  assert.match(inText('{% fro x in [] %}').hint ?? '', /'for'/)
  assert.match(inText('{% if name = 1 %}{% endif %}').hint ?? '', /==/)
  assert.match(inText('{{ a && b }}').hint ?? '', /and/)
})

test('places are right behind Windows line ends and a header line', () => {
  assert.is(inText('a\r\nb\r\n{{ nope }}').loc?.line, 3)
  assert.equal([inText('a\r\n  {{ nope }}').loc?.line, inText('a\r\n  {{ nope }}').loc?.column], [2, 6])
  const error = inText("#jinja2: variable_start_string: '[[', variable_end_string: ']]'\nx\n[[ nope ]]")
  assert.equal([error.loc?.line, error.loc?.column], [3, 4])
})

test('a flag of the header is True or False; "true" in quotes counts as in ansible-core 2.14', () => {
  const body = '{% if true %}\n  {% if true %}\na\n  {% endif %}\n{% endif %}\nb\n'
  assert.is(jinja.text(fileTemplate(`#jinja2: trim_blocks: "true", lstrip_blocks: "true"\n${body}`, 't.j2'), vars), 'a\nb\n')
  assert.match(inText(`#jinja2: trim_blocks: "false"\n${body}`).message, /takes True or False, not "false"/)
})

test('unknown filters, tests and lookups suggest the nearest name; behind an if only when they are reached', () => {
  const filter = inValue('{% for x in [] %}{{ name | uper }}{% endfor %}')
  assert.equal([filter.code, filter.hint, filter.loc?.column], ['unknown-filter', "did you mean 'upper'?", 28])
  assert.is(jinja.value(new Template('a{% if false %}{{ name | uper }}{% endif %}{{ 1 is nope if false else 2 }}'), vars), 'a2')
  assert.is(inValue('{% if true %}{{ name | uper }}{% endif %}').code, 'unknown-filter')
  const found = inValue('{{ name is definde }}')
  assert.equal([found.code, found.hint, found.loc?.column], ['unknown-test', "did you mean 'defined'?", 12])
  const lookup = inValue('{{ lookup("lsit", 1) }}')
  assert.equal([lookup.code, lookup.hint], ['unknown-lookup', "did you mean 'list'?"])
})

test('an undefined name or key: said as Ansible does, placed where it was asked for, with the nearest name', () => {
  const name = inValue('{{ nmae }}')
  assert.equal([name.code, name.message, name.hint, name.loc?.column], ['undefined', "'nmae' is undefined", "did you mean 'name'?", 4])
  const key = inValue('{{ server.prot }}')
  assert.equal([key.message, key.hint, key.loc?.column], ["'dict object' has no attribute 'prot'", "did you mean 'port'?", 11])
  assert.is(inValue('{{ server.hosts[3] }}').message, "'list object' has no element 3")
  assert.is(inValue('{{ nope.a.b }}').message, "'nope' is undefined")
  assert.is(inValue('{{ name.first }}').message, "'str object' has no attribute 'first'")
  assert.equal([inExpression('nope == 1').loc?.line, inExpression('nope == 1').loc?.column], [9, 1])
})

test('an error two variables deep shows the way', () => {
  const error = inValue('{{ outer }}')
  assert.is(error.message, "'dict object' has no attribute 'prot'")
  assert.is(error.hint, "did you mean 'port'?")
  assert.equal(error.loc, { file: 'middle', line: 1, column: 10 })
  assert.equal(error.trail.map(({ what }) => what), ["while evaluating variable 'middle'", "while evaluating variable 'outer'"])
  const again = inValue('{{ outer }}')
  assert.is(again.trail.length, 2, 'the trail must not grow from one use to the next')
})

test('a variable made from itself names the circle', () => {
  const error = inValue('{{ one }}')
  assert.is(error.code, 'template-cycle')
  assert.match(error.message, /one -> two -> three\.x -> one/)
  assert.match(inValue('{{ self }}').message, /self -> self/)
})

test('what Python would raise is an error with the place of the operator', () => {
  const cases: [string, RegExp, number][] = [
    ['{{ 1 + "a" }}', /TypeError: unsupported operand type\(s\) for \+: 'int' and 'str'/, 6],
    ['{{ "a" + 1 }}', /can only concatenate str \(not "int"\) to str/, 8],
    ['{{ name / 2 }}', /unsupported operand/, 9],
    ['{{ 5 // 0 }}', /integer division or modulo by zero/, 6],
    ['{{ [1] < 2 }}', /'<' not supported between instances of 'list' and 'int'/, 8],
    ['{{ name() }}', /'str' object is not callable/, 8],
    ['{{ 1 in 5 }}', /argument of type 'int' is not iterable/, 6],
    ['{% for x in 5 %}{% endfor %}', /'int' object is not iterable/, 13],
    ['{% for a, b in [[1]] %}{% endfor %}', /not enough values to unpack \(expected 2, got 1\)/, 8],
  ]
  for (const [source, message, column] of cases) {
    const error = inValue(source)
    assert.is(error.code, 'template-operation', source)
    assert.match(error.message, message)
    assert.is(error.loc?.column, column, source)
  }
  assert.equal(inValue('{{ zero }}').loc, { file: 'zero', line: 1, column: 6 })
})

test('a template that is not there tells where it was looked for', () => {
  const error = failure(() => jinja.text(fileTemplate('\n{% include "nope.j2" %}', '/srv/t/main.j2'), varsOf({}, ['/srv/role'])))
  assert.equal([error.code, error.loc?.line], ['template-not-found', 2])
  assert.match(error.hint ?? '', /\/srv\/t, \/srv\/role\/templates, \/srv\/role/)
})

test('endless recursion is an error, not a crash', () => {
  assert.match(inText('{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}').message, /recursion/)
})

test.run()
