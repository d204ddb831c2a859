import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { allTasks, plain, project, removeProjects, shownError, tasksOf, titles, varsOf } from './project.ts'

test.after(removeProjects)

const site = (tasks: string, more = ''): Record<string, string> => ({ 'site.yml': `- hosts: all\n${more}  tasks:\n${tasks.split('\n').map((line) => `    ${line}`).join('\n')}\n` })

test('keywords: conditions outer first, tags together, environment outer first, the nearest of the rest', async () => {
  const { play } = project({
    'site.yml': `
- hosts: all
  become: true
  tags: p
  environment: {A: 1}
  vars: {pv: 1}
  tasks:
    - block:
        - block:
            - name: t
              debug:
              when: [c, "{{ d }}"]
              tags: [x, p]
              environment: [{C: 3}, "{{ env }}"]
              become: no
              vars: {tv: 3}
          when: b
          vars: {bv: 2}
      when: true
      tags: "b, bb"
      environment: {B: 2}
      run_once: "yes"
      ignore_errors: "{{ maybe }}"
`,
  })
  const [task] = allTasks(await play())
  assert.ok(task)
  assert.equal(plain(task.kw), {
    become: false, tags: ['p', 'b', 'bb', 'x'], environment: [{ A: 1 }, { B: 2 }, { C: 3 }, '{{ env }}'], when: [true, 'b', 'c', '{{ d }}'], run_once: true, ignore_errors: '{{ maybe }}',
  })
  assert.equal(varsOf(task), { bv: 2, tv: 3 })
  assert.equal((await play()).vars.map((frame) => frame.vars), [{ pv: 1 }])
})
test('what a task says of itself stays with it', async () => {
  const { play } = project(site('- command: ls\n  register: r\n  until: r is ok\n  retries: "3"\n  delay: 2\n  loop: [1]\n  loop_control: {label: x, pause: "1.5", break_when: r}\n  changed_when: false\n  failed_when: [a, b]\n  notify: h\n  async: 5\n  poll: 0'))
  const [task] = allTasks(await play())
  assert.equal(plain(task?.kw), {
    register: 'r', until: ['r is ok'], retries: 3, delay: 2, loop: [1], loop_control: { label: 'x', pause: 1.5, break_when: ['r'] }, changed_when: [false], failed_when: ['a', 'b'], notify: ['h'], async: 5, poll: 0,
  })
})
const forms: [string, string, unknown, unknown][] = [
  ['- copy:\n    src: a\n    dest: b', 'copy', { src: 'a', dest: 'b' }, undefined],
  ['- ansible.builtin.copy: src=a dest="b c"', 'copy', { src: 'a', dest: 'b c' }, undefined],
  ['- action: copy src=a', 'copy', { src: 'a' }, undefined],
  ['- action:\n    module: copy src=a\n    dest: b', 'copy', { dest: 'b', src: 'a' }, undefined],
  ['- action:\n    module: copy\n    args: {src: a}', 'copy', { src: 'a' }, undefined],
  ['- local_action: command ls -l chdir=/x', 'command', { chdir: '/x', _raw_params: 'ls -l' }, 'localhost'],
  ['- command: ls\n  args:\n    chdir: /x', 'command', { chdir: '/x', _raw_params: 'ls' }, undefined],
  ['- command: ls chdir=/y\n  args:\n    chdir: /x', 'command', { chdir: '/y', _raw_params: 'ls' }, undefined],
  ['- ping:', 'ping', {}, undefined], ['- ping:\n  args: {data: x}', 'ping', { data: 'x' }, undefined],
  ['- copy: "{{ all }}"', 'copy', '{{ all }}', undefined], ['- copy:\n  args: "{{ all }}"', 'copy', '{{ all }}', undefined],
  ['- copy:\n    src: a\n  args: "{{ all }}"', 'copy', { _variable_params: '{{ all }}', src: 'a' }, undefined],
  ['- meta: flush_handlers', 'meta', { _raw_params: 'flush_handlers' }, undefined],
  ['- include_tasks: x.yml', 'include_tasks', { _raw_params: 'x.yml' }, undefined],
  ['- include_tasks:\n    file: "{{ f }}.yml"\n    apply: {tags: [x]}', 'include_tasks', { apply: { tags: ['x'] }, _raw_params: '{{ f }}.yml' }, undefined],
  ['- include_role:\n    name: r\n    tasks_from: other', 'include_role', { name: 'r', tasks_from: 'other' }, undefined],
  ['- include_role: name=r', 'include_role', { name: 'r' }, undefined],
]
for (const [text, module, args, delegate] of forms) {
  test(`a task written as ${JSON.stringify(text)}`, async () => {
    const [task] = allTasks(await project(site(text)).play())
    assert.equal([task?.module, plain(task?.args), task?.kw['delegate_to']], [module, args, delegate])
  })
}
test('with_x becomes a named loop', async () => {
  const [task] = allTasks(await project(site('- debug:\n  with_items: "{{ x }}"')).play())
  assert.equal(plain(task?.kw['loop_with']), { name: 'items', value: '{{ x }}' })
})
test('places: a keyword, an argument, a condition', async () => {
  const { play, dir } = project(site('- debug:\n    msg: x\n  when: a is b'))
  const [task] = allTasks(await play())
  assert.equal(task?.loc, { file: join(dir, 'site.yml'), line: 3, column: 7 })
})

test('sections in the order in which they run; the play is named after its hosts', async () => {
  const play = await project({ 'site.yml': '- hosts: [a, b]\n  post_tasks: [{name: four, debug: }]\n  tasks: [{name: three, debug: }]\n  roles: [r]\n  pre_tasks: [{name: one, debug: }]\n', 'roles/r/tasks/main.yml': '- {name: two, debug: }' }).play()
  assert.equal(play.sections.map((section) => section.kind), ['pre_tasks', 'roles', 'tasks', 'post_tasks'])
  assert.equal(titles(allTasks(play)), ['one', 'r : two', 'three', 'four'])
  assert.is(play.name, 'a,b')
})
test('blocks keep their parts', async () => {
  const play = await project(site('- name: b\n  block: [{ping: }]\n  rescue: [{debug: }, {ping: }]\n  always: [{debug: }]')).play()
  const [block] = play.sections[2]?.nodes ?? []
  assert.equal(block?.kind === 'block' && [block.name, block.body.length, block.rescue.length, block.always.length], ['b', 1, 2, 1])
})
test('play keywords: user, serial, vars as a list', async () => {
  const made = project({ 'site.yml': '- hosts: all\n  user: bob\n  serial: "30%"\n  max_fail_percentage: 20%\n  vars: [{a: 1}, {b: 2}]\n  gather_facts: no\n  vars_files: one.yml\n  collections: [x.y]\n' })
  const play = await made.play()
  assert.equal(play.kw, { remote_user: 'bob', serial: ['30%'], max_fail_percentage: 20, gather_facts: false, vars_files: ['one.yml'], collections: ['x.y'] })
  assert.equal(play.vars.map((frame) => frame.vars), [{ a: 1 }, { b: 2 }])
  assert.equal(made.warnings, ['vars in a Play should be one mapping, not a list of them'])
})

test('import_playbook: variables win over the play, tags are added, conditions reach tasks but not handlers', async () => {
  const { loader, dir } = project({
    'site.yml': '- import_playbook: "sub/{{ which }}.yml"\n  vars: {which: web, a: outer}\n  tags: [imp]\n  when: cond\n- hosts: two\n',
    'sub/web.yml': '- hosts: one\n  vars: {a: inner, b: inner}\n  tags: own\n  tasks: [{debug: , when: x}]\n  handlers: [{name: h, debug: }]\n',
  })
  const { plays } = await loader.playbook(join(dir, 'site.yml'))
  const [web, two] = plays
  assert.ok(web)
  assert.equal(Object.assign({}, ...web.vars.map((frame) => frame.vars)), { which: 'web', a: 'outer', b: 'inner' })
  assert.is(web.dir, join(dir, 'sub'))
  assert.equal(plain(allTasks(web)[0]?.kw), { tags: ['imp', 'own'], when: ['cond', 'x'] })
  assert.equal(plain(tasksOf(web.handlers)[0]?.kw), { tags: ['imp', 'own'] })
  assert.equal(two?.kw, {})
})
test('import_tasks: expanded where it stands, relative to the importing file, with names from vars and vars_files', async () => {
  const { play } = project({
    ...site('- import_tasks: "t/{{ a }}.yml"\n  when: w\n  tags: i\n  vars: {v: 1}\n  become: true', '  vars: {a: one}\n  vars_files: [more.yml]\n'),
    'more.yml': 'b: two\n', 't/one.yml': '- name: one\n  debug:\n- import_tasks: "{{ b }}.yml"\n  when: w2\n', 't/two.yml': '- name: two\n  debug:\n  when: w3\n',
  })
  const [one, two] = allTasks(await play())
  assert.equal([one?.name, two?.name], ['one', 'two'])
  assert.equal(plain(two?.kw), { when: ['w', 'w2', 'w3'], tags: ['i'], become: true })
  assert.equal(two === undefined ? {} : varsOf(two), { v: 1 })
})
test('the old include: static as it stands, dynamic with a template in its name; its parameters are variables', async () => {
  const made = project({ ...site('- include: a.yml x=1\n- include: "{{ f }}.yml"'), 'a.yml': '- ping:\n' })
  const [first, second] = allTasks(await made.play())
  assert.equal([first?.module, first === undefined ? {} : varsOf(first), second?.module], ['ping', { x: '1' }, 'include_tasks'])
  assert.equal(made.warnings, ["'include' is old: use include_tasks or import_tasks"])
})
test('include_tasks at run time: surroundings, variables and apply reach its tasks, its own keywords do not', async () => {
  const { play, loader } = project({
    ...site('- block:\n    - include_tasks:\n        file: a.yml\n        apply: {tags: [ap], become: true, when: wa}\n      when: own\n      tags: own\n      vars: {v: 1}\n  when: outer\n  tags: blk'),
    'a.yml': '- name: "in {{ v }}"\n  debug:\n  when: inner\n- import_tasks: b.yml\n', 'b.yml': '- ping:\n',
  })
  const [include] = allTasks(await play())
  assert.ok(include)
  assert.equal(plain(include.kw), { when: ['outer', 'own'], tags: ['blk', 'own'] })
  const [first, second] = tasksOf(await loader.tasksFile('a.yml', include, { frames: [{ name: 'item', vars: { item: 5 } }] }))
  assert.equal(plain(first?.kw), { when: ['outer', 'wa', 'inner'], tags: ['blk', 'ap'], become: true })
  assert.equal(first === undefined ? {} : varsOf(first), { v: 1, item: 5 })
  assert.is(second?.module, 'ping')
})
test('a file that changes between two includes is read again', async () => {
  const { play, loader, dir } = project({ ...site('- include_tasks: a.yml'), 'a.yml': '- ping:\n' })
  const [include] = allTasks(await play())
  assert.ok(include)
  assert.is(tasksOf(await loader.tasksFile('a.yml', include)).length, 1)
  writeFileSync(join(dir, 'a.yml'), '- ping:\n- ping:\n')
  assert.is(tasksOf(await loader.tasksFile('a.yml', include)).length, 2)
})
test('an empty file of tasks is a warning', async () => {
  const made = project({ ...site('- import_tasks: a.yml'), 'a.yml': '' })
  assert.equal(allTasks(await made.play()), [])
  assert.equal(made.warnings, ['file /a.yml is empty and had no tasks to include'])
})
test('handlers: imports are expanded, a block is its tasks', async () => {
  const play = await project({ 'site.yml': '- hosts: all\n  handlers:\n    - name: a\n      debug:\n      listen: word\n    - import_tasks: h.yml\n      when: w\n    - block: [{name: c, debug: }]\n      tags: x\n    - include_tasks: h.yml\n', 'h.yml': '- name: b\n  debug:\n' }).play()
  const handlers = tasksOf(play.handlers)
  assert.equal(handlers.map((one) => [one.name ?? one.module, one.isHandler, plain(one.kw)]), [
    ['a', true, { listen: ['word'] }], ['b', true, { when: ['w'] }], ['c', true, { tags: ['x'] }], ['include_tasks', true, {}],
  ])
})
test('a file in a vault is decrypted', async () => {
  const inside = Buffer.from('- ping:\n').toString('base64')
  const [task] = allTasks(await project({ ...site('- import_tasks: v.yml'), 'v.yml': `$ANSIBLE_VAULT;1.1;AES256\n${inside}\n` }).play())
  assert.is(task?.module, 'ping')
})
test('what an include at run time cannot find', async () => {
  const { play, loader, dir } = project({ ...site('- include_tasks: a.yml'), 'aa.yml': '' })
  const [include] = allTasks(await play())
  assert.ok(include)
  assert.is(await shownError(dir, () => loader.tasksFile('a.yml', include)), "site.yml:3:22: the file of include_tasks 'a.yml' was not found (did you mean 'aa.yml'? looked for: a.yml, tasks/a.yml)")
})
test.run()
