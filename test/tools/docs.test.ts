import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keywordDoc, moduleDoc, moduleIndex, roleDocs } from '../../runner/tools/docs.ts'
import type { Described } from '../../runner/tools/schema.ts'

const module: Described = {
  name: 'thing', doc: 'Keeps a thing.', aliases: ['thing2'], freeForm: 'name',
  args: {
    name: { type: 'str', required: true, doc: 'Its name.', aliases: ['n'] }, state: { type: 'str', choices: ['present', 'absent'], default: 'present', doc: 'One | two.' },
    secret: { type: 'str', doc: 'Word.', secret: true }, old: { type: 'str', doc: '', unsupported: 'nobody needs it' },
    users: { type: 'list', elements: 'dict', doc: 'Users.', options: { uid: { type: 'int', default: 5, doc: 'Number.' } } }, paths: { type: 'list', elements: 'path', default: ['/a', '/b'], doc: 'Paths.' },
  },
  rules: { mutuallyExclusive: [['secret', 'users']], requiredIf: [['state', 'absent', ['name', 'users'], true]], requiredBy: { secret: ['state'] } },
}
test('the page of a module', () => {
  assert.is(moduleDoc(module), `# thing

Keeps a thing.

Also called \`thing2\`.

Free text is \`name\`: \`thing: …\`.

| argument | type | default |  |
| --- | --- | --- | --- |
| \`name\` | str | **required** | Its name. Also written \`n\`. |
| \`state\` | str | \`present\` | One \\| two. One of \`present\`, \`absent\`. |
| \`secret\` | str |  | Word. Never shown. |
| \`old\` | str |  | Not supported: nobody needs it. |
| \`users\` | list of dict |  | Users. |
| \`users[].uid\` | int | \`5\` | Number. |
| \`paths\` | list of path | \`[/a, /b]\` | Paths. |

## Together

- only one of \`secret\`, \`users\`
- with \`state: absent\` also one of \`name\`, \`users\`
- \`secret\` needs \`state\`
`)
})
test('the list of modules, by name', () => {
  assert.is(moduleIndex([module, { name: 'a', doc: 'First.', args: {} }]), '# Modules\n\n| module |  |\n| --- | --- |\n| [a](a.md) | First. |\n| [thing](thing.md) | Keeps a thing. |\n')
})
test('keywords say where they stand and what is inside', () => {
  const page = keywordDoc()
  assert.match(page, '| `when` | role, block, task, handler | conditions |  | added, outer first | Conditions that must all hold. |')
  assert.match(page, '| `order` | play | str | `inventory` |  | Order of the hosts. One of `inventory`, `sorted`')
  assert.match(page, 'Modules are built in and found by their short or full name.')
})
test('the variables of roles', () => {
  const dir = mkdtempSync(join(tmpdir(), 'play-roles-'))
  const write = (name: string, text: string): void => { mkdirSync(join(dir, name, '..'), { recursive: true }); writeFileSync(join(dir, name), text) }
  write('web/meta/argument_specs.yml', `argument_specs:
  main:
    short_description: The web
    description: [One., Two.]
    options:
      web_port: {type: int, description: Port., default: 80}
      web_sites: {type: list, elements: dict, required: true, description: [Sites., More.], options: {name: {type: str, choices: [a, b]}}}
      web_root: {type: path, description: Root.}
      web_empty: {}
  other: {options: {x: {type: bool}}}
`)
  write('web/defaults/main.yml', 'web_root: "{{ base }}/www"\nweb_empty: ""\n')
  write('bare/tasks/main.yml', '')
  assert.is(roleDocs(dir), `## bare

This role has no argument specification.

## web

The web

One.
Two.

| variable | type | default |  |
| --- | --- | --- | --- |
| \`web_port\` | int | \`80\` | Port. |
| \`web_sites\` | list of dict | **required** | Sites.<br>More. |
| \`web_sites[].name\` | str |  | One of \`a\`, \`b\`. |
| \`web_root\` | path | \`{{ base }}/www\` | Root. |
| \`web_empty\` | str | \`""\` |  |

### \`tasks_from: other\`

| variable | type | default |  |
| --- | --- | --- | --- |
| \`x\` | bool |  |  |
`)
  rmSync(dir, { recursive: true })
})
test.run()
