import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parseText, splitModule, Unbalanced } from '../../runner/playbook/args-text.ts'
import { keyLoc, valueLoc } from '../../runner/core/loc.ts'
import type { Data } from '../../runner/core/types.ts'
import { Template } from '../../runner/core/value.ts'

const options: [string, Data][] = [
  ['src=a dest=b', { src: 'a', dest: 'b' }], ['src="a b" dest=\'c d\'', { src: 'a b', dest: 'c d' }], ['a="it\'s"', { a: "it's" }], ['a=b=c', { a: 'b=c' }],
  ['a=1\nb=2', { a: '1', b: '2' }], ['a=', { a: '' }], ['a="x\\ny"', { a: 'x\ny' }], ['a="say \\"hi\\""', { a: 'say "hi"' }], ['flush_handlers', { _raw_params: 'flush_handlers' }],
  ['file.yml a=1', { _raw_params: 'file.yml', a: '1' }], ['=x', { _raw_params: '=x' }], ['a\\=b', { _raw_params: 'a=b' }], ['', {}], ['msg=\\x41\\u00e9', { msg: 'Aé' }], ["a='x", {}],
]
for (const [text, expected] of options) {
  test(`options of: ${text}`, () => {
    if (text === "a='x") assert.throws(() => parseText(text, false), (error: unknown) => error instanceof Unbalanced && error.offset === 2)
    else assert.equal(parseText(text, false), expected)
  })
}

const commands: [string, Data][] = [
  ['ls -l', { _raw_params: 'ls -l' }], ['chdir=/tmp ls  -l', { _raw_params: 'ls  -l', chdir: '/tmp' }], ['ls -l chdir=/tmp', { _raw_params: 'ls -l', chdir: '/tmp' }],
  ['A=1 make B=2 creates=/x', { _raw_params: 'A=1 make B=2', creates: '/x' }], ["echo 'a  b'   c", { _raw_params: "echo 'a  b'   c" }],
  ['if x\n  then y\nfi\n', { _raw_params: 'if x\n  then y\nfi\n' }], ['a \\\n b', { _raw_params: 'a b' }], ['echo "chdir=/tmp"', { _raw_params: 'echo "chdir=/tmp"' }],
  ['echo \\"', { _raw_params: 'echo \\"' }], ['sed s/a=b/c/', { _raw_params: 'sed s/a=b/c/' }],
]
for (const [text, expected] of commands) test(`command: ${JSON.stringify(text)}`, () => assert.equal(parseText(text, true), expected))

test('Jinja stays whole, and stays a template only where it is one', () => {
  const at = (offset: number): { file: string; line: number; column: number } => ({ file: 'f', line: 1, column: 10 + offset })
  const found = parseText(new Template('src={{ a | default("x y") }} dest=plain {% if x %}y=1 {% endif %}', at), false)
  const { src } = found
  assert.instance(src, Template)
  assert.is(src instanceof Template && src.source, '{{ a | default("x y") }}')
  assert.is(src instanceof Template && src.at(3)?.column, 17)
  assert.is(found['dest'], 'plain')
  assert.is(found['_raw_params'] instanceof Template, true)
})
test('plain text with braces is never a template', () => {
  assert.equal(parseText('a={{ b }}', false), { a: '{{ b }}' })
})
test('every option has its place', () => {
  const args = parseText('src=a  dest="b"', false, { file: 'f', line: 3, column: 11 })
  assert.equal([keyLoc(args, 'dest')?.column, valueLoc(args, 'dest')?.column], [18, 23])
})
test('module and rest of an action', () => {
  const { module, rest } = splitModule('copy src=a dest="b c"')
  assert.equal([module, rest], ['copy', 'src=a dest="b c"'])
})
test.run()
