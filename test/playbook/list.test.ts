import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { join } from 'node:path'
import { listing } from '../../runner/playbook/list.ts'
import type { ListKind } from '../../runner/playbook/list.ts'
import { project, removeProjects } from './project.ts'

test.after(removeProjects)
const files = {
  'site.yml': `
- name: First
  hosts: web
  tags: [p1]
  roles:
    - a
    - { role: b, tags: [tb, x], when: true }
  tasks:
    - debug: msg="x y"
    - block:
        - name: inblock
          command: echo hi
          tags: never
        - ansible.builtin.shell: echo
      rescue:
        - debug:
      tags: blk
    - import_tasks: one.yml
      tags: imp
    - include_tasks: one.yml
    - name: irole
      import_role: name=b
      tags: [ir]
    - include_role:
        name: b
    - meta: flush_handlers
- hosts: [web, db]
  tasks:
    - debug:
      tags: "b,a"
`,
  'one.yml': '- name: "one {{ x }}"\n  debug:\n', 'roles/a/tasks/main.yml': '- name: task a\n  debug:\n- command: ls\n', 'roles/b/tasks/main.yml': '- name: task b\n  debug:\n', 'roles/b/meta/main.yml': 'dependencies: [a]\n',
}
async function list(kinds: readonly ListKind[], tags: readonly string[] = [], skipTags: readonly string[] = []): Promise<string> {
  const { loader, dir } = project(files)
  const playbook = await loader.playbook(join(dir, 'site.yml'))
  return listing(kinds, { options: { tags, skipTags }, playbooks: [{ ...playbook, file: 'site.yml' }], inventory: { match: (pattern) => String(pattern) === 'web' ? ['web1', 'web2'] : ['web1', 'db1'] }, limit: new Set(['web1', 'db1']) })
}
/** As ansible-playbook --list-tasks prints it. */
const tasks = `
playbook: site.yml

  play #1 (web): First	TAGS: [p1]
    tasks:
      a : task a	TAGS: [p1]
      command	TAGS: [p1]
      a : task a	TAGS: [p1, tb, x]
      command	TAGS: [p1, tb, x]
      b : task b	TAGS: [p1, tb, x]
      debug	TAGS: [p1]
      ansible.builtin.shell	TAGS: [blk, p1]
      one {{ x }}	TAGS: [imp, p1]
      include_tasks	TAGS: [p1]
      a : task a	TAGS: [ir, p1]
      command	TAGS: [ir, p1]
      b : task b	TAGS: [ir, p1]
      include_role	TAGS: [p1]
      meta	TAGS: [p1]

  play #2 (web,db): web,db	TAGS: []
    tasks:
      debug	TAGS: [a, b]
`
test('tasks, as Ansible lists them', async () => { assert.is(await list(['tasks']), tasks) })
test('tasks selected by tags', async () => {
  assert.is(await list(['tasks'], ['never']), '\nplaybook: site.yml\n\n  play #1 (web): First\tTAGS: [p1]\n    tasks:\n      inblock\tTAGS: [blk, never, p1]\n\n  play #2 (web,db): web,db\tTAGS: []\n    tasks:\n')
  assert.is(await list(['tasks'], ['ir', 'b'], ['p1']), '\nplaybook: site.yml\n\n  play #1 (web): First\tTAGS: [p1]\n    tasks:\n\n  play #2 (web,db): web,db\tTAGS: []\n    tasks:\n      debug\tTAGS: [a, b]\n')
})
test('all tags, those of tasks that never run too', async () => {
  assert.is(await list(['tags']), '\nplaybook: site.yml\n\n  play #1 (web): First\tTAGS: [p1]\n      TASK TAGS: [blk, imp, ir, never, p1, tb, x]\n\n  play #2 (web,db): web,db\tTAGS: []\n      TASK TAGS: [a, b]\n')
})
test('hosts, as far as the limit lets them', async () => {
  assert.is(await list(['hosts']), "\nplaybook: site.yml\n\n  play #1 (web): First\tTAGS: [p1]\n    pattern: ['web']\n    hosts (1):\n      web1\n\n  play #2 (web,db): web,db\tTAGS: []\n    pattern: ['web', 'db']\n    hosts (2):\n      web1\n      db1\n")
})
test('a syntax check names the playbook', async () => { assert.is(await list(['syntax']), '\nplaybook: site.yml\n') })
test.run()
