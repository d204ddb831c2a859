import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { join } from 'node:path'
import type { RoleNode } from '../../runner/core/types.ts'
import { allTasks, plain, project, removeProjects, shownError, tasksOf, titles, varsOf } from './project.ts'
import { onlyRole } from '../../runner/playbook/list.ts'

test.after(removeProjects)
const play = (roles: string, more = ''): string => `- hosts: all\n  roles:\n${roles.split('\n').map((line) => `    ${line}`).join('\n')}\n${more}`
const role = (name: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => Object.fromEntries(
  Object.entries({ 'tasks/main.yml': `- {name: ${name}, debug: }\n`, ...more }).map(([file, text]) => [`roles/${name}/${file}`, text]))
const brackets = (nodes: readonly { readonly kind: string }[]): RoleNode[] => nodes.filter((node): node is RoleNode => node.kind === 'role')

test('an entry: keywords reach the tasks, other keys are parameters, vars are above the role\'s own', async () => {
  const made = await project({ 'site.yml': play('- role: r\n  when: w\n  tags: t\n  become: true\n  vars: {v: 1}\n  http_port: 80\n  port: 22'), ...role('r', { 'vars/main.yml': 'own: 1\n', 'defaults/main.yml': 'd: 2\n' }) }).play()
  const [node] = brackets(made.sections[1]?.nodes ?? [])
  assert.equal(plain(node?.kw), { when: ['w'], tags: ['t'], become: true, port: 22 })
  assert.equal([node?.role.params.vars, node?.role.vars.vars, node?.role.defaults.vars], [{ http_port: 80 }, { own: 1 }, { d: 2 }])
  const [task] = allTasks(made)
  assert.equal([task?.role?.name, task === undefined ? {} : varsOf(task), plain(task?.kw)], ['r', { v: 1 }, plain(node?.kw)])
  assert.equal(made.roles.map((one) => one.name), ['r'])
})
test('files are looked for in the role, its dependents, beside the tasks and the playbook', async () => {
  const made = project({ 'site.yml': play('- r'), ...role('r', { 'meta/main.yml': 'dependencies: [d]\n' }), ...role('d') })
  const [first] = allTasks(await made.play())
  assert.equal(first?.search.map((path) => path.replace(made.dir, '')), ['/roles/d', '/roles/r', '/roles/d/tasks', ''])
})
test('dependencies come first, inherit from the entry, and know who brought them', async () => {
  const made = await project({
    'site.yml': play('- role: a\n  tags: ta\n  when: wa\n  vars: {x: entry, y: entry}'),
    ...role('a', { 'meta/main.yml': 'dependencies:\n  - role: b\n    when: wb\n    tags: tb\n    p: 1\n', 'vars/main.yml': 'va: 1\nshared: a\n', 'defaults/main.yml': 'da: 1\n' }),
    ...role('b', { 'meta/main.yml': 'dependencies: [c]\n', 'vars/main.yml': 'vb: 1\nshared: b\nx: own of b\n' }), ...role('c', { 'defaults/main.yml': 'dc: 1\n' }),
  }).play()
  const nodes = brackets(made.sections[1]?.nodes ?? [])
  assert.equal(nodes.map((node) => [node.role.name, node.role.parents.map((one) => one.name), plain(node.kw)]), [
    ['c', ['a', 'b'], { when: ['wa', 'wb'], tags: ['ta', 'tb'] }], ['b', ['a'], { when: ['wa', 'wb'], tags: ['ta', 'tb'] }], ['a', [], { when: ['wa'], tags: ['ta'] }],
  ])
  const [c, b, a] = nodes.map((node) => node.role)
  assert.equal([a?.vars.vars, a?.defaults.vars, b?.vars.vars, b?.params.vars, c?.vars.vars], [{ vb: 1, shared: 'a', x: 'own of b', va: 1 }, { dc: 1, da: 1 }, { vb: 1, shared: 'b', x: 'own of b' }, { p: 1 }, {}])
  const [, taskOfB] = allTasks(made)
  assert.equal(taskOfB === undefined ? {} : varsOf(taskOfB), { y: 'entry' })
})
test('equal uses have equal keys; parameters, conditions, tags and files make them differ', async () => {
  const uses = '- a\n- role: a\n- {role: a, p: 1}\n- {role: a, p: 1}\n- {role: a, tags: x}\n- {role: a, when: y}\n- {role: a, vars: {z: 1}}'
  const made = await project({ 'site.yml': play(uses), ...role('a', { 'meta/main.yml': 'allow_duplicates: "yes"\n' }) }).play()
  const roles = brackets(made.sections[1]?.nodes ?? []).map((node) => node.role)
  assert.is(roles[0]?.key, roles[1]?.key)
  assert.is(roles[2]?.key, roles[3]?.key)
  assert.is(new Set(roles.map((one) => one.key)).size, 5)
  assert.ok(roles.every((one) => one.allowDuplicates))
})
test('handlers of roles come before those of the play, imported roles\' after', async () => {
  const handler = (name: string): Record<string, string> => ({ 'handlers/main.yml': `- {name: h ${name}, debug: , listen: word}\n` })
  const made = await project({
    'site.yml': play('- a', '  handlers: [{name: h play, debug: }]\n  tasks:\n    - import_role: {name: i}\n      when: wi\n'),
    ...role('a', { ...handler('a'), 'meta/main.yml': 'dependencies: [d]\n' }), ...role('d', handler('d')), ...role('i', handler('i')),
  }).play()
  const handlers = tasksOf(made.handlers)
  assert.equal(titles(handlers), ['d : h d', 'a : h a', 'h play', 'i : h i'])
  assert.equal(plain(handlers[3]?.kw), { when: ['wi'], listen: ['word', 'i : word'] })
  assert.equal(made.roles.map((one) => one.name), ['d', 'a', 'i'])
})
test('vars and defaults may be folders, read in name order; json counts, hidden files and others do not', async () => {
  const made = await project({
    'site.yml': play('- r'),
    ...role('r', { 'vars/main/b.yml': 'x: b\n', 'vars/main/a.yaml': 'x: a\ny: a\n', 'vars/main/sub/c.json': '{"z": 1}', 'vars/main/.hidden.yml': 'h: 1\n', 'vars/main/n.txt': 'n: 1\n', 'defaults/main.json': '{"d": 1}' }),
  }).play()
  assert.equal([made.roles[0]?.vars.vars, made.roles[0]?.defaults.vars], [{ x: 'b', y: 'a', z: 1 }, { d: 1 }])
})
test('import_role: its files, public by default, names from variables', async () => {
  const made = await project({
    'site.yml': '- hosts: all\n  vars: {which: r}\n  tasks:\n    - import_role:\n        name: "{{ which }}"\n        tasks_from: other\n        vars_from: v\n        defaults_from: d.yml\n      vars: {iv: 1}\n      tags: t\n    - import_role: {name: q, public: false}\n',
    ...role('r', { 'tasks/other.yml': '- {name: other, debug: }\n', 'vars/v.yml': 'v: 1\n', 'defaults/d.yml': 'd: 1\n' }), ...role('q'),
  }).play()
  const [task] = allTasks(made)
  assert.equal([task?.name, task?.role?.vars.vars, task?.role?.defaults.vars, task?.kw['tags'], task === undefined ? {} : varsOf(task)], ['other', { v: 1 }, { d: 1 }, ['t'], { iv: 1 }])
  assert.equal(made.roles.map((one) => [one.name, one.isPrivate ?? false]), [['r', false], ['q', true]])
  assert.is(task?.role?.allowDuplicates, true)
})
test('a role that another one imports knows its parent', async () => {
  const made = await project({ 'site.yml': play('- a'), ...role('a', { 'tasks/main.yml': '- import_role: {name: b}\n- import_tasks: more.yml\n', 'tasks/more.yml': '- {name: more, debug: }\n' }), ...role('b') }).play()
  const [inner, more] = allTasks(made)
  assert.equal([inner?.role?.name, inner?.role?.parents.map((one) => one.name), more?.role?.name], ['b', ['a'], 'a'])
})
test('include_role at run time', async () => {
  const made = project({
    'site.yml': '- hosts: all\n  tasks:\n    - include_role:\n        name: r\n        apply: {become: true}\n      when: own\n      vars: {v: 1}\n',
    ...role('r', { 'handlers/main.yml': '- {name: h, debug: }\n', 'meta/main.yml': 'dependencies: [d]\n' }), ...role('d', { 'handlers/main.yml': '- {name: hd, debug: }\n' }),
  })
  const [include] = allTasks(await made.play())
  assert.ok(include)
  const found = await made.loader.includeRole({ name: 'r', apply: { become: true } }, include)
  assert.equal([titles(tasksOf(found.nodes)), titles(tasksOf(found.handlers)), found.isPublic, found.role.allowDuplicates], [['d : d', 'r : r'], ['d : hd', 'r : h'], false, true])
  const [, task] = tasksOf(found.nodes)
  assert.equal([plain(task?.kw), task === undefined ? {} : varsOf(task)], [{ become: true }, { v: 1 }])
  assert.is((await made.loader.includeRole({ name: 'r', public: true }, include)).isPublic, true)
  assert.match(await shownError(made.dir, () => made.loader.includeRole({ name: 'rr' }, include)), /The role 'rr' was not found in: roles:\. \(did you mean 'r'\?\)$/)
})
test('an argument specification puts a check before the tasks, always', async () => {
  const made = await project({
    'site.yml': play('- {role: r, p: 1, tags: x}'),
    ...role('r', { 'meta/argument_specs.yml': 'argument_specs:\n  main:\n    short_description: The r role\n    options:\n      p: {type: int}\n  other: {options: {}}\n' }),
  }).play()
  const [check] = allTasks(made)
  assert.equal([check?.name, check?.module, check?.kw], ["Validating arguments against arg spec 'main' - The r role", 'validate_argument_spec', { tags: ['x', 'always'] }])
  assert.equal(check?.args, {
    argument_spec: { p: { type: 'int' } }, provided_arguments: { p: 1 },
    validate_args_context: { type: 'role', name: 'r', argument_spec_name: 'main', path: join(made.dir, 'roles/r') },
  })
})
test('roles are found beside the playbook, in the roles path, beside a dependent, or by path', async () => {
  const made = project({
    'site.yml': play('- one\n- two\n- name: three\n- four/five'), 'roles/one/tasks/main.yml': '- {name: 1, debug: }\n', 'more/two/meta/main.yml': 'dependencies: [beside]\n', 'more/beside/tasks/main.yml': '- {name: b, debug: }\n',
    'three/tasks/main.yml': '- {name: 3, debug: }\n', 'roles/four/five/tasks/main.yml': '- {name: 5, debug: }\n',
  }, ['more'])
  assert.equal(titles(allTasks(await made.play())), ['one : 1', 'beside : b', 'three : 3', 'four/five : 5'])
})
test('a role of an installed collection, with its sibling as dependency', async () => {
  const base = 'collections/ansible_collections/my/own/roles'
  const made = project({
    'site.yml': play('- my.own.web'), [`${base}/web/tasks/main.yml`]: '- {name: web, debug: }\n', [`${base}/web/meta/main.yml`]: 'dependencies: [base]\n',
    [`${base}/web/handlers/main.yml`]: '- {name: h, debug: , listen: word}\n', [`${base}/base/tasks/main.yml`]: '- {name: base, debug: }\n',
  })
  const found = await made.play()
  assert.equal(titles(allTasks(found)), ['my.own.base : base', 'my.own.web : web'])
  assert.equal(tasksOf(found.handlers)[0]?.kw['listen'], ['word', 'my.own.web : word', 'web : word'])
})
test('a collection is found in the collections path, whether that names ansible_collections or what it is in', async () => {
  const files = { 'site.yml': play('- my.own.web'), 'far/ansible_collections/my/own/roles/web/tasks/main.yml': '- {name: far, debug: }\n' }
  for (const path of ['far', 'far/ansible_collections']) assert.equal(titles(allTasks(await project(files, [], [path]).play())), ['my.own.web : far'])
})
test('a file of a role must lie inside it', async () => {
  const made = project({ 'site.yml': '- hosts: all\n  tasks:\n    - include_role: {name: a, tasks_from: x}\n', 'roles/a/tasks/main.yml': '', 'x.yml': '' })
  const [include] = allTasks(await made.play())
  assert.ok(include)
  assert.match(await shownError(made.dir, () => made.loader.includeRole({ name: 'a', tasks_from: join(made.dir, 'x.yml') }, include)), /is not inside the expected role path/)
})
test('one role of a playbook: plays without it go, handlers and variables stay', async () => {
  const made = project({
    'site.yml': `${play('- a\n- {role: b, when: w}', '  vars: {v: 1}\n  handlers: [{name: h, debug: }]\n  tasks:\n    - block:\n        - import_role: {name: b}\n    - ping:\n    - include_role: {name: b}\n')}- hosts: two\n  roles: [a]\n`, ...role('a'), ...role('b'),
  })
  const whole = await made.loader.playbook(join(made.dir, 'site.yml'))
  const { plays } = onlyRole(whole, 'b')
  assert.is(plays.length, 1)
  assert.equal(plays[0] === undefined ? [] : titles(allTasks(plays[0])), ['b : b', 'b : b', 'include_role'])
  assert.equal([plays[0]?.handlers.length, plays[0]?.vars.length, plain(plays[0] === undefined ? undefined : allTasks(plays[0])[0]?.kw)], [1, 1, { when: ['w'] }])
  assert.is(await shownError(made.dir, async () => onlyRole(whole, 'bb')), "no play of the playbook uses a role 'bb' (did you mean 'b'?)")
  assert.is(await shownError(made.dir, async () => onlyRole(whole, 'haproxy')), "no play of the playbook uses a role 'haproxy' (it uses: a, b)")
})
test('200 files of roles load in a fraction of a second', async () => {
  const files: Record<string, string> = { 'site.yml': play(Array.from({ length: 40 }, (_, i) => `- r${i}`).join('\n')) }
  for (let i = 0; i < 40; i++) {
    Object.assign(files, role(`r${i}`, {
      'tasks/main.yml': Array.from({ length: 20 }, (_, n) => `- name: t${n}\n  copy: {src: "{{ a }}", dest: /x}\n  when: a is defined\n  tags: [t]\n`).join(''),
      'handlers/main.yml': '- {name: h, debug: }\n', 'vars/main.yml': 'a: 1\nb: "{{ a }}"\n', 'defaults/main.yml': 'a: 1\n', 'meta/main.yml': 'dependencies: []\n',
    }))
  }
  const made = project(files)
  const start = process.cpuUsage()
  assert.is(allTasks(await made.play()).length, 800)
  const { user, system } = process.cpuUsage(start)
  assert.ok(user + system < 1_500_000, `${user + system} µs`)
})
test.run()
