/** How many round trips a role takes: what makes `play` fast is counted here, so that it cannot rot. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { playIn, type Told } from '../support/play.ts'

const tripsOf = (told: Told): number => told.events.reduce((sum, event) => sum + (event.type === 'result' ? event.result.trips : 0), 0)
const count = (told: Told, outcome: string): number => told.events.filter((event) => (event.type === 'result' || event.type === 'item') && event.result.outcome === outcome).length
async function twice(files: Readonly<Record<string, string>>): Promise<{ first: Told; second: Told }> {
  const dir = mkdtempSync(join(tmpdir(), 'play-trips-'))
  try {
    const first = await playIn(dir, files), second = await playIn(dir, files)
    for (const told of [first, second]) assert.is(told.code, 0, JSON.stringify(told.events.filter((event) => event.type === 'result' && event.result.outcome === 'failed')))
    assert.is(count(second, 'changed'), 0)
    return { first, second }
  } finally { rmSync(dir, { recursive: true }) }
}

const role = {
  'site.yml': '- hosts: localhost\n  gather_facts: false\n  roles: [app]\n',
  'roles/app/defaults/main.yml': 'home: "{dir}/out"\ninstances: [{name: one, port: 1}, {name: two, port: 2}, {name: three, port: 3}]\n',
  'roles/app/handlers/main.yml': '- {name: restart, debug: {msg: restarted}}\n',
  'roles/app/files/program': '#!/bin/sh\n',
  'roles/app/templates/conf.j2': '{% for one in instances %}{{ one.name }}={{ one.port }}\n{% endfor %}',
  'roles/app/templates/one.j2': '{{ instance.name }} {{ instance.port }}\n',
  'roles/app/tasks/instance.yml': `
- {name: its folder, file: {path: "{{ home }}/{{ instance.name }}", state: directory, mode: "0750"}}
- {name: its settings, template: {src: one.j2, dest: "{{ home }}/{{ instance.name }}/conf", mode: "0640"}, notify: restart}
- {name: its block, blockinfile: {path: "{{ home }}/all", create: true, mode: "0644", marker: "# {mark} {{ instance.name }}", block: "port {{ instance.port }}"}}
`,
  'roles/app/tasks/main.yml': `
- {name: folders, file: {path: "{{ item }}", state: directory, mode: "0755"}, loop: ["{{ home }}", "{{ home }}/bin", "{{ home }}/conf"]}
- {name: program, copy: {src: program, dest: "{{ home }}/bin/program", mode: "0755"}, notify: restart}
- {name: settings, template: {src: conf.j2, dest: "{{ home }}/conf/app", mode: "0640"}, notify: restart}
- {name: welcome, copy: {content: "hello", dest: "{{ home }}/README", mode: "0644"}}
- {name: limit, lineinfile: {path: "{{ home }}/limits", line: "soft 4096", create: true, mode: "0644"}}
- {name: instances, include_tasks: instance.yml, loop: "{{ instances }}", loop_control: {loop_var: instance}}
- {name: first data, command: "touch {{ home }}/made", args: {creates: "{{ home }}/made"}}
- {name: look, stat: {path: "{{ home }}/made"}, register: made}
- {name: mark, copy: {content: "complete", dest: "{{ home }}/complete", mode: "0644"}, when: made.stat.exists}
- {name: link, file: {src: "{{ home }}/conf", dest: "{{ home }}/current", state: link}}
- {name: now, meta: flush_handlers}
- {name: last, copy: {content: "end", dest: "{{ home }}/end", mode: "0644"}}
`,
}

test('a role: few trips where nothing changes, about one a change where all is new', async () => {
  const { first, second } = await twice(role)
  // one batch before the include, one for all it brings and what follows it, one for what depends on the registered result
  assert.ok(tripsOf(second) <= 4, `a converged run of 20 tasks and items took ${tripsOf(second)} trips`)
  const changes = first.events.filter((event) => event.type === 'result' && event.result.outcome === 'changed' && !event.looped).length + 3
  assert.ok(tripsOf(first) <= changes + 5, `${changes} changes took ${tripsOf(first)} trips`)
})

test('a loop of 200 files: a trip for each fifty where nothing changes, one for each file where all are new', async () => {
  const { first, second } = await twice({ 'site.yml': `
- hosts: localhost
  gather_facts: false
  tasks:
    - {name: folder, file: {path: "{dir}/out", state: directory, mode: "0755"}}
    - {name: files, copy: {content: "{{ item }}", dest: "{dir}/out/{{ item }}", mode: "0644"}, loop: "{{ range(200) | list }}"}
` })
  assert.ok(tripsOf(second) <= 7, `nothing to do: ${tripsOf(second)} trips`)
  assert.ok(tripsOf(first) <= 206, `all new: ${tripsOf(first)} trips`)
})

test.run()
