import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fault } from '../../runner/core/errors.ts'
import type { ErrorData } from '../../runner/core/events.ts'
import type { Data, Loc } from '../../runner/core/types.ts'
import { Template } from '../../runner/core/value.ts'
import { loadInventory } from '../../runner/inventory/load.ts'
import type { Inventory } from '../../runner/inventory/load.ts'

const dirs: string[] = []
function folder(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'play-inventory-'))
  dirs.push(dir)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
    if (text.startsWith('#!')) chmodSync(join(dir, name), 0o755)
  }
  return dir
}
test.after(() => { for (const dir of dirs) rmSync(dir, { recursive: true, force: true }) })

interface Read { readonly inventory: Inventory; readonly warnings: string[]; readonly mistakes: ErrorData[] }
async function read(files: Record<string, string>, sources = ['hosts'], evaluate?: (source: string, vars: Data) => unknown): Promise<Read> {
  const warnings: string[] = [], mistakes: ErrorData[] = []
  const cwd = folder(files)
  const inventory = await loadInventory(sources, {
    cwd, decrypt: (text) => text.includes('66616b65') ? 'secret: yes it is\n' : '', warn: (message: string, loc?: Loc, found?: ErrorData) => { warnings.push(loc === undefined ? message : `${loc.line}:${loc.column} ${message}`); if (found !== undefined) mistakes.push(found) },
    ...(evaluate === undefined ? {} : { evaluate }),
  })
  return { inventory, warnings, mistakes }
}
const ini = async (text: string): Promise<Inventory> => (await read({ hosts: text })).inventory
const vars = (inventory: Inventory, host: string, dir?: string): Data => {
  return Object.assign({}, ...inventory.frames(host, dir).map((frame) => frame.vars))
}
async function mistake(text: string): Promise<{ readonly at: string; readonly text: string; readonly hint: string }> {
  const [error] = (await read({ hosts: text })).mistakes
  if (error === undefined) throw new Error('no mistake was told')
  return { at: `${error.loc?.line ?? '?'}:${error.loc?.column ?? '?'}`, text: error.message, hint: error.hint ?? '' }
}

test('groups, children, ranges, ports and the order of hosts', async () => {
  const inventory = await ini(`lonely
[web]
web[01:03] ansible_user=www
[db]
db-[a:b]:5022
[site:children]
web
db
[odd]
n[1:9:4]
`)
  assert.equal(inventory.hosts(), ['lonely', 'n1', 'n5', 'n9', 'web01', 'web02', 'web03', 'db-a', 'db-b'])
  assert.equal(inventory.groups().get('site'), ['web01', 'web02', 'web03', 'db-a', 'db-b'])
  assert.equal(inventory.groups().get('ungrouped'), ['lonely'])
  assert.equal(inventory.groupNames('web02'), ['site', 'web'])
  assert.equal(vars(inventory, 'db-a'), { ansible_port: 5022 })
  assert.equal(vars(inventory, 'web03'), { ansible_user: 'www' })
})

test('values of host lines and :vars are Python literals, or text', async () => {
  const inventory = await ini(`h i=8080 t=True s='"8080"' o=0644 f=1.5 l="[1, 'a']" d="{'a': None}" u=yes p="a b" neg=-3 e= x="(1, 2)" j="{{ a }}" k=a=b
[all:vars]
port = 8080 # the port
name = "quoted"
text = two words
flag = FALSE
`)
  const found = vars(inventory, 'h')
  const j = found['j']
  assert.ok(j instanceof Template)
  assert.equal(j.at(3), { file: j.at(0)?.file, line: 1, column: j.at(0)?.column === undefined ? 0 : (j.at(0)?.column ?? 0) + 3 })
  delete found['j']
  assert.equal(found, {
    port: 8080, name: 'quoted', text: 'two words', flag: 'FALSE',
    i: 8080, t: true, s: '8080', o: '0644', f: 1.5, l: [1, 'a'], d: { a: null }, u: 'yes', p: 'a b', neg: -3, e: '', x: [1, 2], k: 'a=b',
  })
})

test('precedence of groups: depth, then priority, then name; hosts last', async () => {
  const inventory = await ini(`[a]
h
[b]
h own=host
[c]
h
[top:children]
b
[all:vars]
v=all
own=all
[top:vars]
v=top
only=top
[a:vars]
v=a
own=a
[c:vars]
v=c
ansible_group_priority=0
[b:vars]
v=b
`)
  assert.equal(vars(inventory, 'h'), { v: 'b', own: 'host', only: 'top' })
  assert.equal(inventory.frames('h', undefined).map((frame) => frame.name), [
    'inventory, group all', 'inventory, group c', 'inventory, group a', 'inventory, group top', 'inventory, group b', 'inventory, host h',
  ])
})

test('YAML inventory: nested groups, hosts as text, ranges, JSON, warnings for unknown keys', async () => {
  const { inventory, warnings } = await read({
    'hosts.yml': `all:
  hosts:
    one:
    two: { port: 1, text: "{{ x }}" }
  children:
    web:
      hosts: { "w[1:2]": { role: web } }
      vars: { a: 1 }
      hots: {}
    db:
      hosts: three
`, 'more.json': '{"web": {"hosts": {"w3": null}}}' }, ['hosts.yml', 'more.json'])
  assert.equal(inventory.hosts(), ['one', 'two', 'w1', 'w2', 'w3', 'three'])
  assert.equal(vars(inventory, 'w2'), { a: 1, role: 'web' })
  assert.ok(vars(inventory, 'two')['text'] instanceof Template)
  assert.equal(warnings, [`9:7 skipping unexpected key 'hots' in group 'web', only vars, children and hosts are valid; did you mean 'hosts'?`])
})

test('a folder of sources leaves out what Ansible leaves out', async () => {
  const { inventory } = await read({
    'inv/10-a': 'a1\n', 'inv/20-b.yml': 'g: {hosts: {b1: }}\n', 'inv/README.md': '# [not an inventory', 'inv/.hidden': '[x', 'inv/old.bak': '[x',
    'inv/group_vars/all.yml': 'from: folder\n', 'inv/sub/30-c.ini': 'c1\n',
  }, ['inv'])
  assert.equal([...inventory.hosts()].sort(), ['a1', 'b1', 'c1'])
  assert.equal(vars(inventory, 'c1'), { from: 'folder' })
})

test('group_vars and host_vars: files, folders, JSON, vault, beside inventory and playbook', async () => {
  const cwd = folder({
    hosts: '[web]\nw1 level=line\n[web:vars]\na=inventory\n',
    'group_vars/all': 'a: all\nall_only: 1\n', 'group_vars/web.yml': 'b: group file\n', 'group_vars/web.json': '{"b": "never read"}',
    'host_vars/w1/01.yml': 'c: 1\nd: 1\n', 'host_vars/w1/02.json': '{"c": 2}', 'host_vars/w1/deep/x.yaml': 'e: 3\n', 'host_vars/w1/ignored.txt': 'c: 9', 'host_vars/w1/vault.yml': '$ANSIBLE_VAULT;1.1;AES256\n66616b65\n',
    'play/group_vars/all/x.yml': 'all_only: 2\n', 'play/group_vars/web.yml': 'b: play file\n', 'play/host_vars/w1.yml': 'd: play\n',
  })
  const inventory = await loadInventory(['hosts'], { cwd, decrypt: () => 'secret: yes it is\n', warn: () => undefined })
  assert.equal(vars(inventory, 'w1'), { a: 'all', all_only: 1, b: 'group file', level: 'line', c: 2, d: 1, e: 3, secret: 'yes it is' })
  assert.equal(vars(inventory, 'w1', join(cwd, 'play')), { a: 'all', all_only: 2, b: 'play file', level: 'line', c: 2, d: 'play', e: 3, secret: 'yes it is' })
})

test('scripts: --list with _meta, --host without it, templates trusted, failures with stderr', async () => {
  const { inventory } = await read({ hosts: `#!/bin/sh
echo '{"web": {"hosts": ["s1"], "vars": {"t": "{{ x }}"}, "children": ["sub"]}, "sub": ["s2"], "_meta": {"hostvars": {"s1": {"n": 1}}}}'
` })
  assert.equal(inventory.groups().get('web'), ['s1', 's2'])
  assert.equal(vars(inventory, 's1')['n'], 1)
  assert.ok(vars(inventory, 's2')['t'] instanceof Template)
  const slow = await read({ hosts: `#!/bin/sh
if [ "$1" = --host ]; then echo "{\\"asked\\": \\"$2\\"}"; else echo '{"g": {"hosts": ["x", "y"]}}'; fi
` })
  assert.equal(vars(slow.inventory, 'y'), { asked: 'y' })
  const failed = await mistake('#!/bin/sh\necho no token >&2\nexit 3\n')
  assert.match(failed.text, /--list: exit code 3\nno token/)
  assert.match((await mistake('#!/bin/sh\necho "[1"\n')).text, /is not the JSON of an inventory/)
})

test('what stands before a mistake counts, as in Ansible, and the other sources do', async () => {
  const { inventory, warnings } = await read({ 'a.ini': '[web]\nw1\nw2 a=1 b\nw3\n', 'b.yml': 'db:\n  hosts:\n    d1:\n    d2: foo\n    d3:\n', c: 'good\n' }, ['a.ini', 'b.yml', 'c'])
  assert.equal(inventory.hosts(), ['good', 'w1', 'd1'])
  assert.match(warnings.join('\n'), /'ini' plugin\nUnable to parse .*a\.ini as an inventory source: .*\n.*'yaml' plugin\nUnable to parse .*b\.yml/)
})

test('a list of hosts, localhost without a source, and IPv6', async () => {
  const { inventory } = await read({}, ['a,b:22,10.0.0.1,'])
  assert.equal(inventory.hosts(), ['a', 'b', '10.0.0.1'])
  assert.equal(vars(inventory, 'b'), { ansible_port: 22 })
  const none = (await read({}, [])).inventory
  assert.equal(none.hosts(), [])
  assert.equal(none.match('localhost'), ['localhost'])
  assert.equal(none.host('localhost')?.implicit, true)
  assert.is(vars(none, 'localhost')['ansible_connection'], 'local')
  assert.ok(vars(none, 'localhost')['ansible_python_interpreter'] instanceof Template)
  assert.equal(none.groupNames('localhost'), [])
  const six = await ini('[2001:db8::1]:2222\n2001:db8::2\n')
  assert.equal(six.hosts(), ['2001:db8::1', '2001:db8::2'])
  assert.equal(vars(six, '2001:db8::1'), { ansible_port: 2222 })
})

test('a missing source is a warning that names the nearest file', async () => {
  const { warnings } = await read({ hosts: 'a\n' }, ['host'])
  assert.match(warnings[0] ?? '', /Unable to parse .*host as an inventory source: there is no such file; did you mean 'hosts'\?/)
  assert.equal(warnings[1], 'No inventory was parsed, only implicit localhost is available')
})

test('the constructed plugin', async () => {
  const evaluate = (source: string, data: Data): unknown => {
    if (source === 'broken') throw fault('not-vault', undefined, { found: source })
    if (source.includes('==')) return data[source.split(' == ')[0] ?? ''] === source.split("'")[1]
    return data[source]
  }
  const { inventory } = await read({
    '1.ini': 'w1 os=debian tags="[\'a\',\'b\']"\nw2 os=rocky\n',
    '2.yml': `plugin: ansible.builtin.constructed
strict: false
compose: {family: os, nothing: broken}
groups: {is_debian: "os == 'debian'"}
keyed_groups:
  - {key: family, prefix: os}
  - {key: tags, separator: "", parent_group: tagged}
`,
  }, ['1.ini', '2.yml'], evaluate)
  assert.equal(inventory.groups().get('is_debian'), ['w1'])
  assert.equal(inventory.groups().get('os_rocky'), ['w2'])
  assert.equal(inventory.groupNames('w1'), ['a', 'b', 'is_debian', 'os_debian', 'tagged'])
  assert.equal(vars(inventory, 'w1')['family'], 'debian')
})

test('the constructed plugin: strict mode and its mistakes have a place', async () => {
  const message = async (text: string): Promise<string> => {
    const evaluate = (source: string): unknown => { if (source === 'broken') throw fault('not-vault', undefined, { found: source }); return source === 'number' ? 5 : '' }
    const [error] = (await read({ '1.ini': 'w1\n', '2.yml': `plugin: constructed\n${text}` }, ['1.ini', '2.yml'], evaluate)).mistakes
    return error === undefined ? '' : `${error.loc?.line ?? 0}: ${error.message}; ${error.hint ?? ''}`
  }
  assert.match(await message('strict: true\ncompose: {a: broken}\n'), /^3: the variable 'a' cannot be worked out for host w1: .*strict: false/)
  assert.match(await message('strict: true\nkeyed_groups: [{key: empty}]\n'), /^3: the group for key 'empty' .*it is empty/)
  assert.match(await message('strict: true\nkeyed_groups: [{key: number}]\n'), /a group name must come from text/)
  assert.match(await message('keyed_groups: [{key: number}]\n'), /^$/)
  assert.match(await message('keyd_groups: []\n'), /^2: the option 'keyd_groups'.*did you mean 'keyed_groups'/)
  assert.match(await message('keyed_groups: [{key: a, prefx: b}]\n'), /did you mean 'prefix'/)
  assert.match(await message('groups: [a]\n'), /must be a mapping, not a list/)
})

test('add_host and group_by change the inventory once', async () => {
  const inventory = await ini('[web]\nw1\n')
  const before = inventory.version
  assert.equal(inventory.addHost('new', ['web', 'fresh'], { a: 1 }), true)
  assert.equal(inventory.addHost('new', ['web', 'fresh'], { a: 1 }), false)
  assert.ok(inventory.version > before)
  assert.equal(inventory.groups().get('web'), ['w1', 'new'])
  assert.equal(inventory.groupNames('new'), ['fresh', 'web'])
  assert.equal(vars(inventory, 'new'), { a: 1 })
  assert.equal(inventory.addGroup('by_os', ['all_os'], ['w1']), true)
  assert.equal(inventory.addGroup('by_os', ['all_os'], ['w1']), false)
  assert.equal(inventory.groupNames('w1'), ['all_os', 'by_os', 'web'])
})

test('mistakes have a place, what was expected, and the nearest name', async () => {
  const cases: [string, string, RegExp, RegExp][] = [
    ['[we b]\n', '1:1', /no section header/, /without spaces/],
    ['[web]\nh\n[web:var]\na=1\n', '3:6', /unknown kind 'var'/, /did you mean 'vars'/],
    ['[web]\nh a\n', '2:3', /expected key=value after host h, found 'a'/, /spaces around =/],
    ['[web]\nh a="b\n', '2:5', /quote " is not closed/, /quotes/],
    ['[web]\nh:\n', '2:1', /ends in a colon/, /\.yml/],
    ['[web]\nw[1:]\n', '2:1', /range needs an end/, /web\[01:20\]/],
    ['[web]\nw[5:1]\n', '2:1', /5 is greater than 1/, /./],
    ['[web]\nw[01:100]\n', '2:1', /same number of digits/, /./],
    ['[web]\nh\n[wbe:vars]\na=1\n', '3:2', /does not have/, /did you mean 'web'/],
    ['[web]\nh\n[site:children]\nwbe\n', '4:1', /names a group 'wbe'/, /did you mean 'web'/],
    ['[web]\nh\n[site:children]\nweb a=1\n', '4:1', /expected the name of a group/, /:vars/],
    ['[web:vars]\nnothing\n', '2:1', /expected key=value in \[web:vars\]/, /one variable a line/],
    ['[a:children]\nb\n[b:children]\na\n', '2:1', /a|b would contain itself: /, /take one/],
    ['[web:vars]\nansible_group_priority=high\n[web]\n', '2:1', /must be a whole number, not 'high'/, /default is 1/],
  ]
  for (const [text, at, message, hint] of cases) {
    const found = await mistake(text)
    assert.match(found.text, message, text)
    assert.match(found.hint, hint, text)
    assert.is(found.at, at, text)
  }
})

test('10,000 hosts load in well under 1.5 seconds, frames included', async () => {
  const lines = Array.from({ length: 10_000 }, (_, i) => `host${i} ansible_host=10.${i >> 8 & 255}.${i & 255}.1 ansible_port=22 rack="r ${i % 40}" weight=${i}`)
  const text = Array.from({ length: 100 }, (_, g) => `[g${g}]\n${lines.slice(g * 100, g * 100 + 100).join('\n')}\n[g${g}:vars]\ngroup_number=${g}\n`).join('') + `[top:children]\n${Array.from({ length: 100 }, (_, g) => `g${g}`).join('\n')}\n`
  // Processor time: the wall clock measures what else the machine is doing.
  const started = process.cpuUsage()
  const inventory = await ini(text)
  for (const host of inventory.hosts()) inventory.frames(host, undefined)
  const { user, system } = process.cpuUsage(started)
  const ms = (user + system) / 1000
  assert.is(inventory.match('top:!g3').length, 9900)
  assert.ok(ms < 1500, `took ${ms} ms`)
})

test.run()
