/** Files of modules of the user's own: how they want their arguments, and what is said where they print no result. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { interpreterLine, knowsCheckMode, modulesAmong, styleOf } from '../../runner/core/custom.ts'
import { Failure } from '../../runner/core/errors.ts'
import { customResult } from '../../runner/execute/custom-result.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

test('the text of a module says how it wants its arguments', () => {
  assert.is(styleOf(bytes('#!/bin/sh\n. "$1"\n')), 'old')
  assert.is(styleOf(bytes('#!/bin/sh\n# WANT_JSON\n')), 'json')
  assert.is(styleOf(bytes('#!/usr/bin/perl\nmy $a = q(<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>);\n')), 'placed')
  assert.is(styleOf(bytes('\x7fELF\x02')), 'binary')
  assert.is(styleOf(bytes('#!/usr/bin/python\nfrom ansible.module_utils.basic import AnsibleModule\n')), 'python')
  assert.is(styleOf(bytes('# WANT_JSON\nimport ansible.module_utils.basic\n')), 'python')
  assert.is(styleOf(bytes('from ..module_utils.own import x\n')), 'python')
  assert.is(styleOf(bytes('#Requires -Module Ansible.ModuleUtils.Legacy\n')), 'powershell')
  assert.is(styleOf(bytes('#!/usr/bin/python\nimport json\n')), 'old')
})

test('a dry run is left to modules that know of dry runs', () => {
  assert.is(knowsCheckMode(bytes('. "$1"; [ "$_ansible_check_mode" = True ]'), 'old'), true)
  assert.is(knowsCheckMode(bytes('. "$1"'), 'old'), false)
  assert.is(knowsCheckMode(bytes('AnsibleModule('), 'python'), true)
  assert.is(knowsCheckMode(bytes('AnsibleModule('), 'old'), false)
})

test('which files of a folder are modules, and what they are called', () => {
  const found = modulesAmong(['a.sh', 'a.py', 'b', 'c.d.rb', 'README.md', 'x.yml', '__init__.py', '.hidden', 'old.py~', 'two-words.py'])
  assert.equal([...found].sort(), [['a', 'a.py'], ['b', 'b'], ['c.d', 'c.d.rb'], ['two-words', 'two-words.py']])
  assert.equal(interpreterLine(bytes('#! /usr/bin/env  perl -w\n')), ['/usr/bin/env', 'perl', '-w'])
  assert.equal(interpreterLine(bytes('echo\n')), [])
})

const printed = (stdout: string, stderr = '', rc = 0): ReturnType<typeof customResult> =>
  customResult({ name: 'own', interpreter: '/usr/bin/python3', host: 'a' }, { rc, stdout, stderr, startedAt: 0, ms: 1 })
const refused = (stderr: string, rc = 1): Failure => {
  try { printed('', stderr, rc) } catch (error) { if (error instanceof Failure) return error }
  throw new Error('it did not fail')
}

test('the result is one object among other lines', () => {
  assert.equal(printed('noise\n{"changed": true,\n "n": 1}\n').data, { changed: true, failed: false, n: 1 })
  assert.equal(printed('{"deprecations": [{"msg": "old"}], "warnings": ["look"]}').warnings, ['look', 'old (said by the module own of what it will no longer do)'])
})

test('what a Python module lacks on the target is named, with what to do', () => {
  const lacking = refused("Traceback\nModuleNotFoundError: No module named 'ansible'\n")
  assert.is(lacking.message, 'the module own is written in Python and needs ansible, which /usr/bin/python3 on a has not')
  assert.match(lacking.hint ?? '', /install ansible-core on a .* ansible_python_interpreter/)
  assert.match(refused("No module named 'ansible.module_utils.own'").message, /needs ansible\.module_utils\.own, which/)
  assert.match(refused('ImportError: attempted relative import with no known parent package').message, /needs module_utils beside it/)
  assert.is(refused('/bin/sh: 5: eval: /usr/bin/python3: not found', 127).message, "The module interpreter '/usr/bin/python3' was not found.")
  assert.is(refused('').message, 'Module result deserialization failed: No start of json char found')
})

test.run()
