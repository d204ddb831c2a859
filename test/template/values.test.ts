/** Native values, laziness, what a dry run cannot know, secrets, and whole files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Float, isSettled, Template, Unknown, UnknownValue, VaultText } from '../../runner/core/value.ts'
import type { Vars } from '../../runner/template/call.ts'
import { fileTemplate } from '../../runner/template/jinja.ts'
import { engine, varsOf } from './engine.ts'

const { jinja, secrets } = engine()
const value = (source: string, vars: Vars = varsOf({})): unknown => jinja.value(new Template(source), vars)

test('one printed value keeps its type, text is never evaluated again', () => {
  const vars = varsOf({ list: [1, 2], none: null, evil: 'x' })
  assert.equal(value('{{ list }}', vars), [1, 2])
  assert.is(value('{{ none }}', vars), null)
  assert.equal(value('{{ 1.0 }}', vars), new Float(1))
  assert.is(value('{{ list }}x', vars), '[1, 2]x')
  assert.is(value("{{ '[1, 2]' }}", vars), '[1, 2]')
  assert.is(value("{{ '{{ evil }}' }}", vars), '{{ evil }}')
  assert.is(jinja.resolve('{{ evil }}', vars), '{{ evil }}')
  assert.equal(jinja.resolve({ a: new Template('{{ list }}'), b: ['{{ evil }}'] }, vars), { a: [1, 2], b: ['{{ evil }}'] })
})

test('only the part of a container that is touched is evaluated', () => {
  const vars = varsOf({ d: { good: '{{ 1 + 1 }}', bad: '{{ 1 / 0 }}', deep: { x: [1, '{{ nope }}'] } }, l: ['{{ 1 / 0 }}', 5] })
  assert.is(value('{{ d.good }}', vars), 2)
  assert.is(value('{{ l[1] }}', vars), 5)
  assert.is(value('{{ d.deep.x[0] }}', vars), 1)
  assert.is(value('{{ d.deep.x | length }}', varsOf({ d: { deep: { x: [1, '{{ nope }}'] } } })), 2)
  assert.equal(value('{{ d.keys() | list }}', vars), ['good', 'bad', 'deep'])
  assert.is(value("{{ d.get('good') }}", vars), 2)
  assert.is(value('{{ d is mapping }}', vars), true)
  assert.is(value('{% for k, v in d.items() %}{{ k }}{% endfor %}', varsOf({ d: { a: 1, b: 2 } })), 'ab')
  assert.throws(() => value('{{ d }}', vars), /division by zero/)
})

test('a variable is evaluated once in a scope', () => {
  let count = 0
  const inner = varsOf({ x: '{{ y }}', y: 1 })
  const vars: Vars = { ...inner, get(name) { if (name === 'y') count++; return inner.get(name) } }
  assert.is(value('{{ x + x + x }}', vars), 3)
  assert.is(count, 1)
})

test('containers without templates are handed on, not copied', () => {
  const list = [{ a: 1 }]
  const vars: Vars = { ...varsOf({}), get: (name) => name === 'list' ? list : undefined }
  assert.is(value('{{ list }}', vars), list)
  assert.ok(isSettled(list))
})

test('what a dry run cannot know stops whatever looks into it, and only that', () => {
  const vars: Vars = { ...varsOf({}), get: (name) => name === 'r' ? { stdout: new Unknown('the command has not run'), rc: 0 } : name === 'u' ? new Unknown('why') : undefined }
  const isUnknown = (error: unknown): boolean => error instanceof UnknownValue
  assert.is(value('{{ r.rc }}', vars), 0)
  assert.is(value('{{ r.stdout is defined }}', vars), true)
  assert.is(value('{{ u is defined }}', vars), true)
  for (const source of ['{{ r.stdout }}', '{{ r }}', '{{ u.x }}', '{{ u | upper }}', '{{ u == 1 }}', 'a{{ u }}', '{% if u %}{% endif %}', '{% for x in u %}{% endfor %}', '{{ r.stdout.split() }}', '{{ [u] }}']) {
    assert.throws(() => value(source, vars), isUnknown, source)
  }
  assert.is(value('{{ true or u }}', vars), true)
})

test('vault values are decrypted when used, and their text is secret', () => {
  const vars: Vars = { ...varsOf({}), get: (name) => name === 'password' ? new VaultText('abc') : name === 'd' ? { p: new VaultText('def') } : undefined }
  assert.is(value('{{ password }}!', vars), 'plain:abc!')
  assert.equal(value('{{ d }}', vars), { p: 'plain:def' })
  assert.equal(secrets, ['plain:abc', 'plain:def'])
})

test('expressions give values, and Undefined where there is none', () => {
  const vars = varsOf({ a: [1], s: 'x.y' })
  assert.is(jinja.expression('a | length > 0 and s', vars), 'x.y')
  assert.is(jinja.expression('nope is not defined', vars), true)
  assert.is(jinja.expression("s is match('x\\.y')", vars), true)
  assert.match(String((jinja.expression('nope', vars) as { message: string }).message), /'nope' is undefined/)
})

test('backslashes in strings: as they are in YAML, escapes in files and tags', () => {
  assert.is(value("{{ 'a\\n' }}"), 'a\\n')
  assert.is(value("{% set x = 'a\\n' %}{{ x }}b"), 'a\nb')
  assert.is(jinja.text(fileTemplate("{{ 'a\\nb' }}", 't.j2'), varsOf({})), 'a\nb')
})

test('files: line ends, trimming and other delimiters as asked', () => {
  const vars = varsOf({ x: 1 })
  const text = (source: string, options = {}): string => jinja.text(fileTemplate(source, 't.j2'), vars, options)
  assert.is(text('{% if x %}\na\n{% endif %}\nb\n'), 'a\nb\n')
  assert.is(text('{% if x %}\na\n{% endif %}\nb\n', { trimBlocks: false }), '\na\n\nb\n')
  assert.is(text('  {% if x %}\n  a\n  {% endif %}\n', { lstripBlocks: true }), '  a\n')
  assert.is(text('a\nb {{ x }}\n', { newline: '\r\n' }), 'a\r\nb 1\r\n')
  assert.is(text('a {{ x }}\n\n\n'), 'a 1\n\n\n')
  assert.is(text('<< x >> {{ x }}', { variableStart: '<<', variableEnd: '>>' }), '1 {{ x }}')
  assert.is(text('<% if x %>y<% endif %>', { blockStart: '<%', blockEnd: '%>' }), 'y')
  assert.is(text('a\r\nb {{ x }}'), 'a\nb 1')
  assert.is(text('{{ none }}{{ [1] }}'), '[1]')
})

test('do, break and continue work in any template', () => {
  const vars = varsOf({ l: [1, 2, 3, 4] })
  assert.is(value('{% set a = [] %}{% for x in l %}{% if x == 3 %}{% break %}{% endif %}{% do a.append(x) %}{% endfor %}{{ a | length }}{{ a }}', vars), '2[1, 2]')
  assert.is(value('{% for x in l %}{% if x is even %}{% continue %}{% endif %}{{ x }}{% endfor %}', vars), '13')
})

test('includes are found beside the template, then in templates/ of the search path', () => {
  const folder = mkdtempSync(join(tmpdir(), 'values-'))
  try {
    mkdirSync(join(folder, 'role', 'templates'), { recursive: true })
    writeFileSync(join(folder, 'near.j2'), 'near {{ x }}\n')
    writeFileSync(join(folder, 'role', 'templates', 'far.j2'), 'far {% include "near.j2" ignore missing %}')
    const main = fileTemplate('{% include "near.j2" %}|{% include "far.j2" %}', join(folder, 'main.j2'))
    assert.is(jinja.text(main, varsOf({ x: 5 }, [join(folder, 'role')])), 'near 5|far ')
    writeFileSync(join(folder, 'bad.j2'), 'a\n{{ nope }}')
    try {
      jinja.text(fileTemplate('\n\n{% include "bad.j2" %}', join(folder, 'main.j2')), varsOf({}))
      assert.unreachable()
    } catch (error) {
      const { loc, trail } = error as { loc: { file: string; line: number }; trail: { what: string; loc: { line: number } }[] }
      assert.equal([loc.file, loc.line, trail[0]?.loc.line], [join(folder, 'bad.j2'), 2, 3])
    }
  } finally { rmSync(folder, { recursive: true }) }
})

test.run()
