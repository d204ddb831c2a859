/** The language against answers of ansible-core, recorded by record-language.py: the same values, and errors for the same things. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Fault } from '../../runner/core/errors.ts'
import { Template } from '../../runner/core/value.ts'
import { pyRepr } from '../../runner/template/python.ts'
import { engine, varsOf } from './engine.ts'

interface Case { readonly t: string; readonly is?: string; readonly error?: string }
interface Recorded { readonly vars: Record<string, unknown>; readonly files: Record<string, string>; readonly cases: readonly Case[] }
const { vars, files, cases } = JSON.parse(readFileSync(new URL('language.json', import.meta.url), 'utf8').replace('12345678901234567890', '"BIG"')) as Recorded

/** Where we differ on purpose, and why. */
const ours = new Map<string, string>([
  ["{{ '{0.a}'.format(d) }}", 'keys of a dict can be read like attributes in a format string too'],
  ['{{ l.count(1) }}', 'ansible-core counts 0 in a lazy list: a mistake of its own'],
  ['{{ (1 if f) | default(4) }}', 'an if without else is undefined, so that default() helps it'],
  ['{{ lookup("ansible.builtin.items", ["a", "b"]) }}', 'with_items is a lookup under both names'],
  ['{{ omit is defined }}', 'omit is a variable that the runner adds'],
  ["{% with %}{% set q = 1 %}{{ q }}{% endwith %}{{ q | default('-') }}", 'q is the lookup function; its text names an address'],
  ["{% macro m() %}{% set q = 1 %}{% endmacro %}{{ m() }}{{ q | default('no') }}", 'q is the lookup function'],
])

const { jinja } = engine()
function answer(source: string, folder: string): { is?: string; error?: string } {
  const scope = varsOf({ ...vars, big: 12345678901234567890n }, [folder])
  try {
    return { is: pyRepr(jinja.value(new Template(source, (offset) => ({ file: 'case', line: 1, column: offset + 1 })), scope)) }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { error: error.message }
  }
}

test('expressions and templates give what ansible-core gives', () => {
  const folder = mkdtempSync(join(tmpdir(), 'language-'))
  const wrong: string[] = []
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    for (const { t, is, error } of cases) {
      if (ours.has(t)) continue
      const got = answer(t, folder)
      if (error === undefined ? got.is !== is : got.error === undefined) {
        wrong.push(`${JSON.stringify(t)}\n    ours:   ${got.is ?? `error: ${got.error}`}\n    theirs: ${is ?? `error: ${error}`}`)
      }
    }
  } finally { rmSync(folder, { recursive: true }) }
  assert.is(wrong.length, 0, `${wrong.length} of ${cases.length} differ:\n${wrong.slice(0, 60).join('\n')}`)
})

test('what is undefined, and what is no filter or test, is said in the same words', () => {
  const folder = tmpdir()
  const known = cases.filter(({ error, t }) => error !== undefined && /is undefined$|^Syntax error in template: No (?:filter|test)/.test(error) && !ours.has(t) && !/a\[\]|include/.test(t))
  const wrong = known.flatMap(({ t, error = '' }) => {
    const got = answer(t, folder).error ?? ''
    const wanted = error.replace('Syntax error in template: ', '').replace(/\.$/, '').toLowerCase()
    return got.toLowerCase().includes(wanted) ? [] : [`${t}: ${got} (theirs: ${error})`]
  })
  assert.is(wrong.length, 0, wrong.slice(0, 20).join('\n'))
})

test.run()
