import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checkArgNames, toJsonSchema, validateArgs } from '../../runner/core/args.ts'
import { coerce } from '../../runner/core/coerce.ts'
import { Fault } from '../../runner/core/errors.ts'
import type { Data } from '../../runner/core/types.ts'
import type { Arg, ArgRules, ArgSpec } from '../../runner/core/plan.ts'
import { Float, Template, Unknown, UnknownValue } from '../../runner/core/value.ts'

const check = (spec: ArgSpec, raw: Data, rules?: ArgRules): Data => ({ ...validateArgs(spec, rules, raw, { module: 'm', container: raw }) })
const one = (arg: Omit<Arg, 'doc'>, value: unknown): unknown => check({ x: { doc: '', ...arg } }, { x: value })['x']
const failing = (run: () => unknown): Fault => {
  try { run() } catch (error) { if (error instanceof Fault) return error; throw error }
  throw new Error('nothing was thrown')
}

const conversions: [Omit<Arg, 'doc'>, unknown, unknown][] = [
  [{ type: 'bool' }, 'yes', true], [{ type: 'bool' }, 'NO', false], [{ type: 'bool' }, 1, true], [{ type: 'bool' }, 0, false],
  [{ type: 'bool' }, ' On ', true], [{ type: 'bool' }, 'f', false], [{ type: 'bool' }, new Float(1), true],
  [{ type: 'int' }, '5', 5], [{ type: 'int' }, '-3', -3], [{ type: 'int' }, '1_000', 1000], [{ type: 'int' }, new Float(2), 2], [{ type: 'int' }, '2.0', 2], [{ type: 'int' }, true, 1],
  [{ type: 'float' }, '1.5', 1.5], [{ type: 'float' }, 2, 2], [{ type: 'float' }, new Float(2), 2],
  [{ type: 'str' }, true, 'True'], [{ type: 'str' }, 5, '5'], [{ type: 'str' }, new Float(1), '1.0'], [{ type: 'str' }, ['a', 1], "['a', 1]"],
  [{ type: 'str' }, { a: null }, "{'a': None}"], [{ type: 'str' }, "it's", "it's"], [{ type: 'str' }, ["it's"], `["it's"]`],
  [{ type: 'path' }, '~/x/$HOME', '~/x/$HOME'],
  [{ type: 'list' }, 'a,b', ['a', 'b']], [{ type: 'list' }, 'a, b', ['a', ' b']], [{ type: 'list' }, 5, ['5']], [{ type: 'list' }, true, ['True']],
  [{ type: 'list', elements: 'int' }, ['1', 2], [1, 2]], [{ type: 'list', elements: 'str' }, [1, true], ['1', 'True']], [{ type: 'list' }, '', ['']],
  [{ type: 'dict' }, 'a=1, b="x y"', { a: '1', b: 'x y' }], [{ type: 'dict' }, 'a=1 b=2', { a: '1', b: '2' }], [{ type: 'dict' }, '{"a": [1]}', { a: [1] }],
  [{ type: 'dict' }, new Map<unknown, unknown>([[1, 'x']]), { 1: 'x' }],
  [{ type: 'bytes' }, '1K', 1024], [{ type: 'bytes' }, '1.5MB', 1572864], [{ type: 'bytes' }, 10, 10], [{ type: 'bytes' }, '2g', 2147483648],
  [{ type: 'mode' }, '644', '0644'], [{ type: 'mode' }, '0644', '0644'], [{ type: 'mode' }, '0o755', '0755'], [{ type: 'mode' }, 420, '0644'], [{ type: 'mode' }, 493, '0755'],
  [{ type: 'mode' }, 511, '0777'], [{ type: 'mode' }, 384, '0600'], [{ type: 'mode' }, '1777', '1777'], [{ type: 'mode' }, 1023, '1777'], [{ type: 'mode' }, 0, '0000'],
  [{ type: 'mode' }, 'u=rw,g=r', 'u=rw,g=r'], [{ type: 'mode' }, 'preserve', 'preserve'], [{ type: 'mode' }, 'a+X', 'a+X'], [{ type: 'mode' }, 'g=u,o-rwx', 'g=u,o-rwx'],
  [{ type: 'str', choices: ['yes', 'maybe'] }, true, 'yes'], [{ type: 'str', choices: ['no', 'true'] }, false, 'no'], [{ type: 'int', choices: [1, 2] }, '2', 2],
  [{ type: 'list', elements: 'str', choices: ['a', 'b'] }, 'a,b', ['a', 'b']],
  [{ type: 'raw' }, { a: new Float(1) }, { a: new Float(1) }], [{ type: 'str' }, null, undefined], [{ type: 'str', default: 'd' }, null, ''],
]
for (const [arg, value, expected] of conversions) {
  test(`${JSON.stringify(arg)} of ${JSON.stringify(value)}`, () => assert.equal(one(arg, value), expected))
}

test('an option that is not supported counts once it has a value', () => {
  const spec: ArgSpec = { no: { type: 'str', doc: '', unsupported: 'x' } }
  checkArgNames(spec, undefined, { no: new Template('{{ a | default(omit) }}') }, { module: 'm' })
  assert.equal(check(spec, { no: null }), {})
  checkArgNames(spec, undefined, { typo: new Template('{{ a | default(omit) }}') }, { module: 'm' })
  assert.is(failing(() => checkArgNames(spec, undefined, { typo: new Template('{{ a }}') }, { module: 'm' })).code, 'arg-unknown')
  assert.is(failing(() => check(spec, { no: 'b' })).code, 'arg-refused')
})

const refused: [Omit<Arg, 'doc'>, unknown, string, RegExp][] = [
  [{ type: 'bool' }, 'maybe', 'arg-type', /^argument 'x' is of type str and we were unable to convert to bool: The value 'maybe' is not a valid boolean$/],
  [{ type: 'int' }, '5x', 'arg-type', /argument 'x' is of type str and we were unable to convert to int: '5x' cannot be converted to an int/],
  [{ type: 'int' }, 1.5, 'arg-type', /of type float/], [{ type: 'float' }, 'a', 'arg-type', /convert to float/],
  [{ type: 'list' }, { a: 1 }, 'arg-type', /of type dict and we were unable to convert to list/],
  [{ type: 'dict' }, 'abc', 'arg-type', /dictionary requested, could not parse JSON or key=value/], [{ type: 'dict' }, ['a'], 'arg-type', /convert to dict/],
  [{ type: 'list', elements: 'int' }, ['a'], 'arg-element-type', /Elements value for option 'x' is of type str and we were unable to convert to int/],
  [{ type: 'bytes' }, '5Q', 'arg-type', /suffix of 5Q/],
  [{ type: 'mode' }, 644, 'arg-mode-decimal', /^x: 644 without quotes is the decimal number 644, which as permissions would be 1204$/],
  [{ type: 'mode' }, 755, 'arg-mode-decimal', /1363/], [{ type: 'mode' }, 600, 'arg-mode-decimal', /1130/], [{ type: 'mode' }, 400, 'arg-mode-decimal', /0620/],
  [{ type: 'mode' }, 777, 'arg-mode-decimal', /1411/], [{ type: 'mode' }, 500, 'arg-mode-decimal', /0764/],
  [{ type: 'mode' }, '999', 'arg-mode', /bad symbolic permission for mode: 999/], [{ type: 'mode' }, 'rw', 'arg-mode', /rw/], [{ type: 'mode' }, 'ao=r', 'arg-mode', /ao=r/],
  [{ type: 'str', choices: ['present', 'absent'] }, 'presnt', 'arg-choice', /^value of x must be one of: present, absent, got: presnt$/],
]
for (const [arg, value, code, message] of refused) {
  test(`refused: ${JSON.stringify(arg)} of ${JSON.stringify(value)}`, () => {
    const found = failing(() => one(arg, value))
    assert.is(found.code, code)
    assert.match(found.message, message)
  })
}

test('a decimal mode says how to write it', () => {
  assert.is(failing(() => one({ type: 'mode' }, 644)).hint, 'write x: "0644" (quoted, with a leading zero)')
})

const spec = {
  path: { type: 'path', required: true, doc: '', aliases: ['dest', 'name'] }, state: { type: 'str', choices: ['file', 'link'], default: 'file', doc: '' },
  src: { type: 'path', doc: '' }, content: { type: 'str', doc: '' }, attributes: { type: 'str', doc: '', unsupported: 'no chattr' },
} satisfies ArgSpec
const rules: ArgRules = { mutuallyExclusive: [['src', 'content']], requiredIf: [['state', 'link', ['src']]], requiredTogether: [], requiredBy: { content: ['state'] } }

test('aliases, defaults and types of the result', () => {
  const args = validateArgs(spec, rules, { dest: '/x' }, { module: 'file', container: undefined })
  const path: string = args.path
  const state: string = args.state
  const src: string | undefined = args.src
  assert.equal([path, state, src], ['/x', 'file', undefined])
})
test('relations carry the key words of Ansible', () => {
  const messages = [
    failing(() => check(spec, { path: '/x', src: 'a', content: 'b' }, rules)).message, failing(() => check(spec, { src: 'a' }, rules)).message,
    failing(() => check(spec, { path: '/x', state: 'link' }, rules)).message, failing(() => check(spec, { pth: '/x' }, rules)).message,
    failing(() => check(spec, { path: '/x', attributes: '+i' }, rules)).message,
    failing(() => check({ a: { type: 'str', doc: '' }, b: { type: 'str', doc: '' } }, { a: '1' }, { requiredTogether: [['a', 'b']] })).message,
    failing(() => check({ a: { type: 'str', doc: '' }, b: { type: 'str', doc: '' } }, {}, { requiredOneOf: [['a', 'b']] })).message,
    failing(() => check({ a: { type: 'str', doc: '' }, b: { type: 'str', doc: '' } }, { a: '1' }, { requiredBy: { a: ['b'] } })).message,
  ]
  assert.equal(messages, [
    'parameters are mutually exclusive: src|content', 'missing required arguments: path', 'state is link but all of the following are missing: src',
    'Unsupported parameters for (m) module: pth', "argument 'attributes' of m is not supported here: no chattr",
    'parameters are required together: a, b', 'one of the following is required: a, b', "missing parameter(s) required by 'a': b",
  ])
  assert.is(failing(() => check(spec, { pth: '/x' }, rules)).hint, "did you mean 'path'?")
})
test('options inside a list of dicts', () => {
  const outer: ArgSpec = { users: { type: 'list', elements: 'dict', doc: '', options: { name: { type: 'str', required: true, doc: '' }, uid: { type: 'int', default: 5, doc: '' } } } }
  assert.equal(check(outer, { users: [{ name: 1 }] }), { users: [{ name: '1', uid: 5 }] })
  assert.is(failing(() => check(outer, { users: [{ uid: 1 }] })).message, 'missing required arguments: name found in users')
  assert.is(failing(() => check(outer, { users: [{ nme: 1 }] })).message, 'Unsupported parameters for (m) module: nme found in users')
})
test('what a dry run cannot know stays unknown', () => {
  assert.throws(() => one({ type: 'str' }, new Unknown('why')), (error: unknown) => error instanceof UnknownValue && error.reason === 'why')
})
test('at load time names and literal values are checked, templates pass', () => {
  checkArgNames(spec, rules, { path: new Template('{{ x }}'), state: new Template('{{ y }}'), _raw_params: 'x' }, { module: 'file' })
  checkArgNames(spec, rules, { path: '/x', src: new Template('{{ s }}'), content: new Template('{{ t }}') }, { module: 'file' })
  assert.is(failing(() => checkArgNames(spec, rules, { path: new Template('{{ x }}'), sate: 'file' }, { module: 'file' })).code, 'arg-unknown')
  assert.is(failing(() => checkArgNames(spec, rules, { state: 'fil' }, { module: 'file' })).code, 'arg-choice')
})
test('JSON schema: a type or a template, aliases too, refused arguments left out', () => {
  const schema = toJsonSchema({ state: { type: 'str', choices: ['a'], doc: 'State.', aliases: ['s'] }, no: { type: 'str', doc: '', unsupported: 'x' } })
  const template = { type: 'string', pattern: '\\{\\{|\\{%' }
  const state = { description: 'State.', anyOf: [{ enum: ['a'] }, template] }
  assert.equal(schema, { type: 'object', properties: { state, s: state }, additionalProperties: false })
})
test('letters of rights and of accounts may stand together in a mode', () => {
  assert.equal(['u=rg', 'a=r', '=rX,g-u'].map((mode) => coerce('mode', mode)), ['u=rg', 'a=r', '=rX,g-u'])
})

test('nothing at all is shown as Ansible shows it', () => {
  assert.throws(() => coerce('int', null), /^"None" cannot be converted to an int$/)
  assert.throws(() => coerce('list', null), /^<class 'NoneType'> cannot be converted to a list$/)
})

test.run()
