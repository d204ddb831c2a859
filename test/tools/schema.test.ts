import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { keywords } from '../../runner/playbook/keywords.ts'
import { playbookSchema, tasksSchema } from '../../runner/tools/schema.ts'
import type { Described } from '../../runner/tools/schema.ts'

const modules: readonly Described[] = [
  { name: 'copy', doc: 'Copies.', args: { dest: { type: 'path', required: true, doc: 'Where to.' }, force: { type: 'bool', default: true, doc: 'Replace.' } } },
  { name: 'systemd', doc: 'Units.', args: { name: { type: 'str', doc: 'Unit.' } }, aliases: ['systemd_service'] },
  { name: 'command', doc: 'Runs.', args: { cmd: { type: 'str', doc: 'Command.' } }, freeForm: 'cmd' }, { name: 'set_fact', doc: 'Sets.', args: {}, open: true },
]
const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => typeof inner === 'object' && inner !== null ? Object.entries(inner).find(([name]) => name === key)?.[1] : undefined, value)
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => key === '$ref' ? [String(inner)] : references(inner))
}

const schema = playbookSchema(modules)
test('every reference leads somewhere', () => {
  const found = [...references(schema), ...references(tasksSchema(modules))]
  assert.ok(found.length > 20)
  for (const name of found) assert.ok(at(schema, 'definitions', name.replace('#/definitions/', '')) !== undefined, name)
})
test('every keyword is there, with its words, where it may stand', () => {
  for (const [name, row] of Object.entries(keywords)) {
    for (const place of row.on) assert.match(String(at(schema, 'definitions', place, ...(place === 'role' ? ['anyOf', '1'] : []), 'properties', name, 'description')), row.doc, `${place} ${name}`)
  }
})
test('a module by all its names; its arguments are closed, except where it takes any', () => {
  const tasks = Object.keys(Object(at(schema, 'definitions', 'task', 'properties')))
  for (const name of ['copy', 'ansible.builtin.copy', 'ansible.legacy.systemd_service', 'import_tasks', 'ansible.builtin.meta']) assert.ok(tasks.includes(name), name)
  const forms = at(schema, 'definitions', 'module copy', 'anyOf')
  assert.equal(Array.isArray(forms) && [forms.length, at(forms[0], 'additionalProperties'), at(forms[0], 'required'), forms[1]], [2, false, ['dest'], { type: 'string', pattern: '=|\\{\\{' }])
  assert.equal(at(schema, 'definitions', 'module command', 'anyOf', '1'), { type: 'string' })
  assert.is(at(schema, 'definitions', 'module set_fact', 'anyOf', '0', 'additionalProperties'), true)
})
test('a typing mistake in a play, task or block is an error', () => {
  for (const place of ['play', 'task', 'handler', 'block', 'import']) assert.is(at(schema, 'definitions', place, 'additionalProperties'), false, place)
})
test.run()
