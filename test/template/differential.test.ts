/**
 * Our engine against ansible-core: every expression and template of cases/*.yml, compared with the answers recorded by record.py,
 * errors included. Where we differ on purpose, cases/differences.yml says how and why.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Fault } from '../../runner/core/errors.ts'
import { dictEntries, dictGet, Float, isDict, makeDict, omit, Template, Tuple } from '../../runner/core/value.ts'
import { createJinja } from '../../runner/template/jinja.ts'
import { floatText, PyObject, pyStr } from '../../runner/template/python.ts'
import type { Services } from '../../runner/template/call.ts'
import { Scope } from '../../runner/vars/scope.ts'
import { encrypt } from '../../runner/vars/vault.ts'
import { dumpYaml } from '../../runner/yaml/dump.ts'
import { loadYaml } from '../../runner/yaml/load.ts'

process.env.TZ = 'UTC'
process.env.PLAY_CASE = 'from the environment'
const folder = join(dirname(fileURLToPath(import.meta.url)), 'cases')

const services: Services = {
  parseYaml: (text, file) => loadYaml(text, file, { templates: false }).value,
  dumpYaml,
  decrypt: () => { throw new Error('no vault in these cases') },
  encrypt: (text, secret, id, salt) => encrypt(text, secret, id, salt),
  matchHosts: () => [],
  secret: () => undefined,
  warn: () => undefined,
}

/** A value with its type, in record.py's words. */
function typed(value: unknown): unknown {
  if (value === null) return { none: true }
  if (typeof value === 'boolean') return { bool: value }
  if (typeof value === 'string') return { str: value }
  if (typeof value === 'bigint') return { int: String(value) }
  if (typeof value === 'number') return Number.isInteger(value) ? { int: String(BigInt(value)) } : { float: floatText(value) }
  if (value instanceof Float) return { float: floatText(value.value) }
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') }
  if (value instanceof Tuple) return { tuple: Array.from(value, typed) }
  if (Array.isArray(value)) return { list: value.map(typed) }
  if (value instanceof Set) return { set: Array.from(value, typed) }
  if (value instanceof PyObject) return { object: value.type, text: pyStr(value) }
  if (isDict(value)) return { dict: dictEntries(value).map(([key, item]) => [typed(key), typed(item)]) }
  return { unknown: String(value) }
}
/** All text of a case file may be a template. */
function templates(value: unknown): unknown {
  if (typeof value === 'string') return /\{\{|\{%|\{#/.test(value) ? new Template(value) : value
  if (Array.isArray(value)) return value.map(templates)
  return isDict(value) ? makeDict(dictEntries(value).map(([key, item]) => [key, templates(item)])) : value
}
const record = (value: unknown): Record<string, unknown> => isDict(value) ? Object.fromEntries(dictEntries(value).map(([key, item]) => [String(key), item])) : {}
const texts = (value: unknown): string[] => typeof value === 'string' ? value.split('\n').slice(0, -1) : Array.isArray(value) ? value.map(String) : []
const read = (path: string): unknown => loadYaml(readFileSync(path, 'utf8'), path, { templates: false }).value

const differences = record(read(join(folder, 'differences.yml')))
const seen = new Set<string>()

function makeFiles(cases: Record<string, unknown>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'cases-')))
  for (const [name, text] of Object.entries(record(cases.files))) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), String(text))
  }
  for (const [name, target] of Object.entries(record(cases.links))) symlinkSync(String(target), join(root, name))
  return root
}

function compare(theme: string): void {
  const cases = record(read(join(folder, `${theme}.yml`)))
  const answers = JSON.parse(readFileSync(join(folder, `${theme}.json`), 'utf8')) as Record<string, Record<string, unknown>>
  const root = makeFiles(cases), home = process.env.HOME, cwd = process.cwd()
  process.env.HOME = root
  process.chdir(root)
  const jinja = createJinja(services)
  // Fresh for each text: some of them change their variables.
  const makeVars = (): Record<string, unknown> => ({ root, playbook_dir: root, omit, ...record(templates(cases.vars ?? {})) })
  const wrong: string[] = []
  const check = (text: string, source: string): void => {
    const expected = answers[text]
    if (expected === undefined) { wrong.push(`${text}\n    has no recorded answer: run record.py`); return }
    const differs = differences[text] === undefined ? undefined : record(differences[text])
    if (differs !== undefined) seen.add(text)
    let ours: unknown
    try {
      ours = typed(jinja.value(new Template(source), new Scope([{ name: 'case', vars: makeVars() }], { search: [root] })))
    } catch (error) {
      ours = { error: error instanceof Fault ? error.message : `CRASH ${error instanceof Error ? error.stack ?? '' : String(error)}` }
    }
    const mine = JSON.stringify(ours).replaceAll(root, 'ROOT'), theirs = JSON.stringify(expected)
    const wanted = differs === undefined ? theirs : JSON.stringify(differs.error === undefined ? typed(dictGet(differs, 'ours')) : { error: true })
    const bothFail = mine.startsWith('{"error"') && wanted.startsWith('{"error"') && !mine.includes('CRASH')
    if (mine !== wanted && !bothFail) wrong.push(`${text}\n    Ansible: ${theirs}\n    ours:    ${mine}`)
    else if (differs !== undefined && mine === theirs) wrong.push(`${text}\n    no longer differs: take it out of differences.yml`)
  }
  try {
    for (const text of texts(cases.expressions)) check(text, `{{ ${text} }}`)
    for (const text of texts(cases.templates)) check(text, text)
  } finally {
    process.chdir(cwd)
    process.env.HOME = home
    rmSync(root, { recursive: true, force: true })
  }
  if (wrong.length > 0) throw new Error(`${wrong.length} differ:\n\n${wrong.join('\n')}`)
}

const themes = readdirSync(folder).filter((name) => name.endsWith('.yml') && name !== 'differences.yml').map((name) => name.slice(0, -4))
const wanted = process.argv.slice(2)
for (const theme of themes) if (wanted.length === 0 || wanted.includes(theme)) test(theme, () => compare(theme))

if (wanted.length === 0) {
  test('at least 1,000 expressions and 150 templates are compared', () => {
    const all = themes.map((theme) => record(read(join(folder, `${theme}.yml`))))
    const count = (kind: string): number => new Set(all.flatMap((cases) => texts(cases[kind]))).size
    assert.ok(count('expressions') >= 1000, `${count('expressions')} expressions`)
    assert.ok(count('templates') >= 150, `${count('templates')} templates`)
  })
  test('every difference is used', () => { assert.equal(Object.keys(differences).filter((text) => !seen.has(text)), []) })
}
test.run()
