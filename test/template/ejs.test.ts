/** EJS templates: variables as JavaScript sees them, filters, lookups, includes, and errors with the template's line. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Fault } from '../../runner/core/errors.ts'
import { Float, Unknown, UnknownValue } from '../../runner/core/value.ts'
import type { Vars } from '../../runner/template/call.ts'
import { renderEjs } from '../../runner/template/ejs.ts'
import { engine, varsOf } from './engine.ts'

const env = engine()
const vars = varsOf({
  host: 'a<b>&"c"', port: 80, on: true, none: null, ratio: new Float(2), ports: new Map<unknown, unknown>([[80, 'http'], [443, 'https']]), nodes: [{ name: 'n1', ip: '{{ base }}.1' }, { name: 'n2', ip: '{{ base }}.2' }],
  base: '10.0.0', lazy: { good: '{{ port + 1 }}', bad: '{{ 1 / 0 }}' }, list: [3, 1, 2], locals_like: 1,
})
const render = (source: string, scope: Vars = vars, file = '/t/site.ejs'): string => renderEjs(source, file, scope, env)
function failure(source: string, scope = vars): Fault {
  try { render(source, scope) } catch (error) { if (error instanceof Fault) return error; throw error }
  throw new Error(`no error: ${source}`)
}

test('values are written raw: configuration files are not HTML', () => {
  assert.is(render('<%= host %>|<%- host %>'), 'a<b>&"c"|a<b>&"c"')
  assert.is(render('<%= filters.escape(host) %>'), 'a&lt;b&gt;&amp;&#34;c&#34;')
  assert.is(render('<%= port %> <%= on %> <%= none %> <%= ratio %> <%= list %>'), '80 true  2 3,1,2')
})

test('variables are JavaScript values: loops, conditions, templates evaluated where touched', () => {
  assert.is(render('<% for (const { name, ip } of nodes) { -%>\nserver <%= name %> <%= ip %>\n<% } -%>\nend'), 'server n1 10.0.0.1\nserver n2 10.0.0.2\nend')
  assert.is(render('<% if (on && port > 79) { %>y<% } else { %>n<% } %>'), 'y')
  assert.is(render('<%= lazy.good %> <%= Object.keys(lazy) %>'), '81 good,bad')
  assert.is(render("<%= ports[80] %> <%= Object.entries(ports).map(([k, v]) => k + v).join(' ') %>"), 'http 80http 443https')
  assert.is(render("<%= nodes.map((n) => n.name).join(',') %> <%= nodes.length %> <%= JSON.stringify(nodes[0]) %>"), 'n1,n2 2 {"name":"n1","ip":"10.0.0.1"}')
  assert.is(render("<%= [...list].sort().join('') %><%= Math.max(...list) %><%= list.includes(2) %>"), '1233true')
  assert.is(render("<%= typeof nothing %> <%= locals.nothing ?? 'fallback' %>"), 'undefined fallback')
  assert.match(failure('a\n<%= lazy.bad %>').message, /division by zero/)
})

test('changing a value in a template does not change the variable', () => {
  assert.is(render('<% list.sort(); list.push(9) %><%= list %> <%= filters.to_json(list) %>'), '1,2,3,9 [1, 2, 3, 9]')
  assert.is(render('<%= list %>'), '3,1,2')
})

test('filters, tests of their arguments, lookups and queries', () => {
  assert.is(render("<%= filters.to_json({ a: nodes[0].name, b: [ratio] }) %> <%= filters.default(none, 'x', true) %>"), '{"a": "n1", "b": [2]} x')
  assert.is(render("<%= filters.to_json(list, named({ indent: 1 })) %>"), '[\n 3,\n 1,\n 2\n]')
  assert.is(render("<%= filters.join(filters.map(nodes, named({ attribute: 'ip' })), ' ') %>"), '10.0.0.1 10.0.0.2')
  assert.is(render("<%= filters['ansible.builtin.upper']('x') %>"), 'X')
  assert.is(render("<%= lookup('items', [1, 2]).join('+') %> <%= query('items', [1]).length %>"), '1+2 1')
  const error = failure("a\n<%= filters.uper('x') %>")
  assert.equal([error.code, error.hint, error.loc?.line], ['unknown-filter', "did you mean 'upper'?", 2])
})

test('include: beside the file, then the search path, with more names; errors name both files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ejs-'))
  try {
    mkdirSync(join(folder, 'role', 'templates'), { recursive: true })
    writeFileSync(join(folder, 'near.ejs'), 'near <%= port %> <%= extra %>')
    writeFileSync(join(folder, 'role', 'templates', 'far.ejs'), "far <%- include('../../near', { extra: 2 }) %>")
    const scope = varsOf({ port: 80 }, [join(folder, 'role')])
    const main = join(folder, 'main.ejs')
    assert.is(render("<%- include('near.ejs', { extra: 'e' }) %>|<%- include('far') %>", scope, main), 'near 80 e|far near 80 2')
    try {
      render("\n<%- include('near') %>", scope, main)
      assert.unreachable()
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      assert.equal([error.code, error.message, error.loc?.file, error.loc?.line], ['undefined', "'extra' is undefined", join(folder, 'near.ejs'), 1])
      assert.equal([error.trail[0]?.loc?.file, error.trail[0]?.loc?.line], [main, 2])
    }
    assert.is(failure("<%- include('nope') %>").code, 'template-not-found')
  } finally { rmSync(folder, { recursive: true }) }
})

test('errors: line, column, nearest name, and the template only', () => {
  const cases: [string, string, number, number, RegExp, RegExp][] = [
    ['a\nb <%= hots %>', 'undefined', 2, 7, /^'hots' is undefined$/, /'host'/],
    ['a\n<%= nodes[0].nmae %>', 'undefined', 2, 1, /value of this tag is undefined/, /./],
    ['a\n<%= nodes[5].name %>', 'ejs-failed', 2, 14, /what stands before \.name is undefined/, /\?\.name where it may be missing/],
    ['a\n<% if (x { %>\nb', 'ejs-syntax', 2, 1, /Unexpected token '\{'/, /count its brackets/],
    ['a\n<% for (;;) { %>\nb', 'ejs-syntax', 3, 1, /opened and never closed/, /count its brackets/],
    ['a\n <%= x \nb', 'ejs-syntax', 2, 2, /never closed by '%>'/, /write %> where the tag ends/],
    ["\n\n<% throw new Error('mine') %>", 'ejs-failed', 3, 1, /EJS template failed: mine$/, /is JavaScript/],
  ]
  for (const [source, code, line, column, message, hint] of cases) {
    const error = failure(source)
    assert.is(error.code, code, source)
    assert.match(error.message, message)
    assert.equal([error.loc?.file, error.loc?.line, error.loc?.column], ['/t/site.ejs', line, column], source)
    assert.match(error.hint ?? '', hint)
  }
  assert.match(failure('<%= nodes[0] %>').message, /is a mapping/)
})

test('what a dry run cannot know stops the template where it is used, and only there', () => {
  const scope: Vars = { ...varsOf({}), get: (name) => name === 'r' ? { rc: 0, stdout: new Unknown('the command has not run') } : undefined }
  assert.is(render('<%= r.rc %>', scope), '0')
  assert.throws(() => render('a <%= r.stdout %>', scope), (error: unknown) => error instanceof UnknownValue && error.reason === 'the command has not run')
})

test.run()
