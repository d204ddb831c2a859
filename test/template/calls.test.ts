import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hashWith } from '../../runner/template/crypt.ts'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFile } from 'node:child_process'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Fault } from '../../runner/core/errors.ts'
import type { Data } from '../../runner/core/types.ts'
import { Template, Undefined, Unknown, UnknownValue, VaultText } from '../../runner/core/value.ts'
import type { Services } from '../../runner/template/call.ts'
import { resolveDefined } from '../../runner/template/defined.ts'
import { filters } from '../../runner/template/filters.ts'
import { createJinja } from '../../runner/template/jinja.ts'
import { lookups } from '../../runner/template/lookups.ts'
import { tests } from '../../runner/template/tests.ts'
import { Scope } from '../../runner/vars/scope.ts'

const warnings: string[] = []
const services: Services = {
  parseYaml: () => null, dumpYaml: () => '', decrypt: (text) => `opened ${text.length}`, encrypt: () => '',
  matchHosts: (pattern) => ['web1', 'web2', 'db1'].filter((name) => pattern.split(',').some((part) => name.startsWith(part))),
  secret: () => undefined, warn: (message) => { warnings.push(message) },
}
const jinja = createJinja(services)
const root = mkdtempSync(join(tmpdir(), 'calls-'))
const place = (offset: number) => ({ file: 'site.yml', line: 1, column: offset + 1 })
const value = (expression: string, vars: Data = {}): unknown =>
  jinja.value(new Template(`{{ ${expression} }}`, place), new Scope([{ name: 'case', vars: { playbook_dir: root, ...vars } }], { search: [root] }))
function failure(expression: string, vars: Data = {}): Fault {
  try { value(expression, vars) } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error(`${expression} did not fail`)
}

test('wrong arguments are refused with the signature and a place', () => {
  const wrong = failure("'a' | replace('b')")
  assert.is(wrong.code, 'call-failed')
  assert.match(wrong.message, "filter 'replace': missing 1 required argument: 'new'")
  assert.match(wrong.hint ?? '', 'replace(old, new, count=None)')
  assert.is(wrong.loc?.file, 'site.yml')
  assert.match(failure("'a' | upper(1)").message, 'takes 0 arguments at most, but 1 were given')
  assert.match(failure("'a' | truncate(lenght=3)").message, "unexpected keyword argument 'lenght'")
  assert.match(failure("'a' | truncate(3, length=3)").message, "multiple values for argument 'length'")
})
test('an undefined value goes through filters up to a default, and is an error for tests and lookups', () => {
  assert.is(value("nope | upper | trim | default('x')"), 'x')
  assert.is(value("'a' | replace('a', nope) | default('x')"), 'x')
  assert.match(failure('nope | upper').message, "'nope' is undefined")
  assert.match(failure('nope is string').message, "'nope' is undefined")
  assert.match(failure("lookup('file', nope)").message, "'nope' is undefined")
})
test('what a dry run cannot know is never looked into', () => {
  for (const expression of ['u | upper', "u | default('x')", "'a' | replace('a', u)", 'u is string', 'u | type_debug']) {
    assert.throws(() => value(expression, { u: new Unknown('the command has not run') }), (error: unknown) => error instanceof UnknownValue)
  }
  assert.is(value('u is defined', { u: new Unknown('the command has not run') }), true)
})
test('errors name the filter and say what was wrong', () => {
  assert.match(failure("{'a': 1} | combine(5)").message, "filter 'combine': failed to combine variables, expected dicts but got a int")
  assert.match(failure("[1, 'a'] | sort").message, "filter 'sort': TypeError: '<' not supported between instances of 'str' and 'int'")
  assert.match(failure("'x' | password_hash('nope')").message, 'not in the list of supported')
  assert.match(failure("[1] | map('uper')").hint ?? '', "did you mean 'upper'?")
  assert.match(failure('nope | mandatory').message, "Mandatory variable 'nope' not defined")
  assert.match(failure("'x' is version('1', 'about')").message, 'Invalid operator type (about)')
})
test('regular expressions that JavaScript lacks are refused, not mistaken', () => {
  for (const pattern of ['(?>a)', 'a++', '(a)?(?(1)b|c)', 'a**', '(?P<n', '[z-a]', '\\q', '(?<=a', 'a(?i)b']) {
    assert.match(failure(`'a' | regex_search('${pattern}')`).message, 'invalid regular expression')
  }
})
test('what is neither yes nor no gives a warning', () => {
  warnings.length = 0
  assert.is(value("'maybe' | bool"), false)
  assert.match(warnings[0] ?? '', "neither yes nor no")
  assert.is(value('{"x": 1} is finished'), true)
  assert.match(warnings[1] ?? '', 'async')
})

test('password hashes are those of passlib and libxcrypt', () => {
  const known: readonly (readonly [...Parameters<typeof hashWith>, string])[] = [
    ['md5', 'abc', 'salty', {}, '$1$salty$NAlkZ0xIPcV.xYW.Xt07f/'],
    ['sha256', 'abc', 'salty', { rounds: 5000 }, '$5$salty$6c5rEReP9Ra0VZejyLEXl7EKQD64nEPr7731jZ9NXQ3'],
    ['sha512', 'abc', 'salty', {}, '$6$rounds=656000$salty$4w2AtsxX6vtDIhc94/R/sQgh5BGcbopuhERpp6bEp3ZoTPYpQwgykad5lnc/RxeN2wcugMOpSyN5ai91epkSE1'],
    ['sha512', 'pässword that is quite long, longer than sixty-four bytes for sure, isnt it?', 'saltysalt1234567', { rounds: 5001 },
      '$6$rounds=5001$saltysalt1234567$W/m8mzfjqVaWzDW7YrrcvU1x2IlmTshCLinj3u15TdUvIhU4NUPgHSSTZ4NO88kmLLbnpQqMZZc6S8tZuRhtS0'],
    ['bcrypt', 'abc', '1234567890123456789012', { rounds: 5 }, '$2b$05$123456789012345678901uGCDyWUEMcCfJWZZ5TRqPEy6WZYSK4g6'],
  ]
  for (const [kind, password, salt, options, hash] of known) assert.is(hashWith(kind, password, salt, options), hash)
})
test('a password is made once, kept for its owner only, and hashed with the same salt again', () => {
  const first = value("lookup('password', 'secrets/db length=12')")
  const file = join(root, 'secrets/db')
  assert.is(readFileSync(file, 'utf8'), `${String(first)}\n`)
  assert.is(statSync(file).mode & 0o777, 0o600)
  assert.is(value("lookup('password', 'secrets/db length=30')"), first)
  const hash = value("lookup('password', 'secrets/db', encrypt='md5_crypt')")
  assert.match(String(hash), /^\$1\$.{8}\$/)
  assert.is(value("lookup('password', 'secrets/db', encrypt='md5_crypt')"), hash)
  assert.match(readFileSync(file, 'utf8'), / salt=.{8}\n$/)
  const blowfish = value("lookup('password', 'secrets/b', encrypt='bcrypt', length=4)")
  assert.match(String(blowfish), /^\$2b\$12\$/)
  assert.match(readFileSync(join(root, 'secrets/b'), 'utf8'), / ident=2b\n$/)
  assert.match(failure("lookup('password', 'secrets/b', encrypt='bcrypt', ident='2a')").message, 'does not match the stored one')
})
test('vault files are opened by lookups', () => {
  writeFileSync(join(root, 'v.txt'), '$ANSIBLE_VAULT;1.1;AES256\n6161\n')
  assert.is(value("lookup('file', 'v.txt')"), 'opened 31')
  assert.is(value("lookup('unvault', 'v.txt')"), 'opened 31')
})
test('a vault variable is known as one without its secret', () => {
  const locked = { secret: new VaultText('$ANSIBLE_VAULT;1.1;AES256\n6161\n'), plain: 'x' }
  assert.is(value('secret is vault_encrypted', locked), true)
  assert.is(value('secret is ansible.builtin.vault_encrypted', locked), true)
  assert.is(value('secret is defined', locked), true)
  assert.is(value('plain is vault_encrypted', locked), false)
  assert.is(value('secret is string', locked), true)
  assert.is(value('secret | length', locked), 9)
})
test('a file that is not there is named with the places where it was looked for', () => {
  const missing = failure("lookup('file', 'nope.txt')")
  assert.match(missing.message, "lookup 'file': Unable to access the file 'nope.txt'")
  assert.match(missing.hint ?? '', `${root}/files/nope.txt, ${root}/nope.txt`)
  if (process.getuid?.() !== 0) {
    writeFileSync(join(root, 'locked'), 'x')
    chmodSync(join(root, 'locked'), 0)
    assert.match(failure("lookup('file', 'locked')").message, 'Unable to read')
  }
})
test('inventory_hostnames asks the inventory', () => { assert.equal(value("query('inventory_hostnames', 'web', 'db')"), ['web1', 'web2', 'db1']) })

test('url fetches, follows, authenticates, and names HTTP errors', async () => {
  // The lookup waits for its answer, so the server must run in a process of its own.
  const server = execFile(process.execPath, ['-e', `
    require('http').createServer((request, answer) => {
      if (request.url === '/moved') { answer.writeHead(302, { location: '/x' }); return answer.end() }
      if (request.url === '/gone') { answer.writeHead(404); return answer.end() }
      answer.end('line 1\\nline 2 ' + (request.headers.authorization ?? '') + ' ' + (request.headers['x-y'] ?? ''))
    }).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`])
  const port = await new Promise<string>((resolve) => server.stdout?.once('data', (text: string) => resolve(text.trim())))
  const base = `http://127.0.0.1:${port}`
  try {
    assert.equal(value(`query('url', '${base}/x')`), ['line 1', 'line 2  '])
    assert.is(value(`lookup('url', '${base}/moved', split_lines=false, headers={'X-Y': 'z'})`), 'line 1\nline 2  z')
    assert.match(String(value(`lookup('url', '${base}/x', username='u', password='p')`)), 'Basic dTpw')
    assert.match(failure(`lookup('url', '${base}/gone')`).message, 'Received HTTP error for')
    assert.match(failure(`lookup('url', '${base}/gone')`).message, '404')
  } finally { server.kill() }
})
test('candidates of with_first_found that are undefined are left out, a list that is undefined is not', () => {
  const scope = new Scope([{ name: 'case', vars: { os: 'Debian' } }], { search: [root] })
  const at = (source: string): Template => new Template(source)
  assert.equal(resolveDefined([at('{{ gone }}.yml'), at('{{ os }}.yml'), 'x'], jinja, scope), ['Debian.yml', 'x'])
  assert.equal(resolveDefined([{ files: [at('{{ gone.x }}'), 'a'], skip: true }], jinja, scope), [{ files: ['a'], skip: true }])
  assert.throws(() => resolveDefined(at('{{ gone }}'), jinja, scope), (error: unknown) => error instanceof Fault && error.code === 'undefined')
})
test('no name in the tables is empty, and undefined values reach only those that ask for them', () => {
  assert.ok(Object.keys(filters).length > 120)
  assert.ok(Object.keys(tests).length > 80)
  assert.ok(Object.keys(lookups).length > 25)
  const call = { args: [], kwargs: {}, env: { vars: new Scope([], { search: [] }), jinja, services, loc: undefined } }
  const open = Object.entries(filters).filter(([, filter]) => {
    try { return !(filter(new Undefined('gone'), call) instanceof Undefined) } catch (error) { return !(error instanceof Fault && error.code === 'undefined') }
  })
  assert.equal(open.map(([name]) => name).sort(), ['d', 'default', 'mandatory', 'ternary', 'type_debug'])
})
test.after(() => rmSync(root, { recursive: true, force: true }))
test.run()
