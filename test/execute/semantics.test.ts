/** What plays, blocks, loops, handlers and variables mean: Ansible's rules, one test a rule, on this machine without changing it. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Machine } from '../../runner/execute/exchange.ts'
import { play } from '../support/play.ts'

const local = (tasks: string, more = ''): string => `- hosts: localhost\n  gather_facts: false\n${more}  tasks:\n${tasks.replace(/^/gm, '    ')}\n`

test('a rescue takes a failure, always runs, the recap counts rescued', async () => {
  const told = await play({ 'site.yml': local(`
- block:
    - fail: {msg: oops}
    - debug: {msg: never}
  rescue:
    - debug: {msg: "{{ ansible_failed_result.msg }} of {{ ansible_failed_task.name }}"}
  always:
    - debug: {msg: always}`) })
  assert.equal(told.messages, ['oops of ', 'always'])
  assert.is(told.code, 0)
  assert.equal(told.stats['localhost'], { ok: 2, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 1, ignored: 0, unknown: 0 })
})

test('a failure ends the host, always still runs, the exit code is 2', async () => {
  const told = await play({ 'site.yml': local(`
- block:
    - fail: {msg: oops}
  always:
    - debug: {msg: always}
- debug: {msg: never}`) })
  assert.equal(told.messages, ['always'])
  assert.is(told.code, 2)
  assert.is(told.stats['localhost']?.failed, 1)
})

test('ignore_errors counts as ok and ignored, and the result is registered as failed', async () => {
  const told = await play({ 'site.yml': local(`
- fail: {msg: oops}
  ignore_errors: true
  register: r
- debug: {msg: "{{ r is failed }} {{ r.msg }}"}`) })
  assert.equal(told.messages, ['True oops'])
  assert.is(told.stats['localhost']?.ignored, 1)
  assert.is(told.code, 0)
})

test('modules of public collections that are not here fail where they are reached, not where they are read', async () => {
  const told = await play({ 'site.yml': local(`
- {name: other system, community.general.pkgng: {name: x}, when: false}
- {name: old form, pkgng: name=x state=present, when: false}
- {name: action, action: homebrew name=x, when: false}
- {name: family, eos_config: {lines: [x]}, when: false}
- {name: free text, win_command: 'echo C:/x y', when: false}
- {name: filter, debug: {msg: '{{ x | json_query(1) }}'}, tags: [never]}
- block:
    - community.general.zfs: {name: x}
  rescue:
    - debug: {msg: "{{ ansible_failed_result.msg }}"}`) })
  assert.is(told.stats['localhost']?.skipped, 5)
  assert.match(String(told.messages[0]), "couldn't resolve module/action 'community.general.zfs'")
})

test('a dry run: programs and accounts that a real run would have by then are unknown, not missing', async () => {
  const told = await play({ 'site.yml': local(`
- {name: install, command: "install it"}
- {name: version, command: no-such-program-of-play -v, check_mode: false, changed_when: false, register: v}
- {name: fact, set_fact: {version: "{{ v.stdout_lines[0] }}"}}
- {name: uses, debug: {msg: "{{ version is version('2', '<') }}"}}
- {name: tool, firewalld: {service: http, state: enabled}}
- {name: account, user: {name: play-nobody-yet, uid: 61234}}
- {name: asked, getent: {database: passwd, key: play-nobody-yet}}
- {name: file, file: {path: /tmp/play-never, state: touch}, become: true, become_method: su, become_user: play-nobody-yet}`) }, ['--check'])
  assert.equal(told.outcomes.map((one) => one.replace('localhost ', '')), ['skipped install', 'unknown version', 'unknown fact', 'unknown uses', 'unknown tool', 'changed account', 'ok asked', 'unknown file'])
})

test('what lasts of a machine is asked for again after something that may have brought programs', () => {
  const machine = new Machine()
  machine.answers('root', true).set('platform', Promise.resolve(1))
  machine.changed()
  assert.is(machine.answers('root', true).size, 1)
  machine.forget()
  assert.is(machine.answers('root', true).size, 0)
})

test('handlers run once, in the order of their definition, after the tasks; listen topics reach all', async () => {
  const told = await play({ 'site.yml': `
- hosts: localhost
  gather_facts: false
  tasks:
    - {name: one, command: "true", notify: [second, first]}
    - {name: two, command: "true", notify: second}
    - {name: three, command: "true", notify: topic}
    - debug: {msg: last task}
  handlers:
    - {name: first, debug: {msg: first}}
    - {name: second, debug: {msg: second}}
    - {name: hears, debug: {msg: hears}, listen: topic}
    - {name: hears too, debug: {msg: hears too}, listen: [topic, other]}
` })
  assert.equal(told.messages, ['last task', 'first', 'second', 'hears', 'hears too'])
})

test('a handler that does not exist fails the task and names the near one', async () => {
  const told = await play({ 'site.yml': `
- hosts: localhost
  gather_facts: false
  tasks: [{name: change, command: "true", notify: "{{ 'restrat web' }}"}]
  handlers: [{name: restart web, debug: {msg: x}}]
` })
  const { error } = told.result('change')
  assert.is(error?.code, 'unknown-handler')
  assert.match(error?.hint ?? '', "Did you mean 'restart web'?")
  assert.is(told.result('change').data['changed'], true)
})

test('a handler that does not exist is no hindrance to a task that changes nothing', async () => {
  const told = await play({ 'site.yml': `
- hosts: localhost
  gather_facts: false
  tasks:
    - {name: unchanged, command: "true", changed_when: false, notify: restart web}
    - {name: left out, command: "true", when: false, notify: restart web}
    - {name: last, debug: {msg: x}}
` })
  assert.is(told.result('unchanged').outcome, 'ok')
  assert.is(told.result('last').outcome, 'ok')
})

test('what a dry run did not run leaves no doubt about what is there', async () => {
  const told = await play({ 'site.yml': local(`
- {name: command, command: "true"}
- {name: there, stat: {path: /}, register: root}
- {name: asked, debug: {msg: "{{ root.stat.isdir }}"}}
- {name: perhaps, stat: {path: /play-never}}`) }, ['--check'])
  assert.equal(['there', 'asked', 'perhaps'].map((name) => told.result(name).outcome), ['ok', 'ok', 'unknown'])
})

test('loops register results, label items, and may be conditional by item', async () => {
  const told = await play({ 'site.yml': local(`
- name: loop
  command: "echo {{ item }}"
  loop: [a, b, c]
  when: item != 'b'
  register: r
- debug: {msg: "{{ r.results | map(attribute='stdout', default='-') | list }} {{ r.results[1] is skipped }} {{ r is changed }}"}
- debug: {msg: "{{ outer }}{{ i }}"}
  with_items: [[x], [y]]
  loop_control: {loop_var: outer, index_var: i}`) })
  assert.equal(told.messages[0], "['a', '-', 'c'] True True")
  const items = told.events.filter((event) => event.type === 'item').map((event) => event.type === 'item' ? event.label : '')
  assert.equal(items, ['a', 'b', 'c', 'x', 'y'])
})

test('a loop over something undefined is skipped where its condition is false', async () => {
  const told = await play({ 'site.yml': local(`
- name: no loop
  debug: {msg: "{{ item }}"}
  loop: "{{ nothing_here }}"
  when: false`) })
  assert.is(told.result('no loop').outcome, 'skipped')
})

test('until repeats and counts attempts', async () => {
  const told = await play({ 'site.yml': local(`
- command: "sh -c 'echo x >> {dir}/n; wc -l < {dir}/n'"
  register: r
  until: r.stdout | int >= 3
  retries: 5
  delay: 0
- debug: {msg: "{{ r.attempts }}"}`) })
  assert.equal(told.messages, [3])
})

test('changed_when and failed_when judge the result', async () => {
  const told = await play({ 'site.yml': local(`
- {name: quiet, command: "true", changed_when: false}
- {name: bad, command: "echo bad", register: r, failed_when: "'bad' in r.stdout", ignore_errors: true}
- {name: fine, command: "false", failed_when: false}`) })
  assert.equal(told.outcomes, ['localhost ok quiet', 'localhost failed bad', 'localhost changed fine'])
})

test('precedence: role defaults < inventory < play vars < task vars < set_fact < extra vars', async () => {
  const files = {
    'inventory': 'h ansible_connection=local\n[all:vars]\nb=inventory\nc=inventory\n',
    'roles/r/defaults/main.yml': 'a: default\nb: default\n', 'roles/r/tasks/main.yml': '- debug: {msg: "{{ a }} {{ b }} {{ c }} {{ d }} {{ e }} {{ f }}"}\n  vars: {d: task, e: task, f: task}\n',
    'site.yml': `
- hosts: h
  gather_facts: false
  vars: {c: play, d: play, e: play, f: play}
  pre_tasks: [{set_fact: {e: fact, f: fact}}]
  roles: [r]
`,
  }
  assert.equal((await play(files, ['-e', 'f=extra'])).messages, ['default inventory play task fact extra'])
})

test('serial makes batches; run_once runs once for all hosts', async () => {
  const told = await play({
    'inventory': 'h[1:3] ansible_connection=local\n',
    'site.yml': '- hosts: all\n  gather_facts: false\n  serial: 2\n  tasks:\n    - {name: batch, debug: {msg: "{{ ansible_play_batch }}"}}\n    - {name: once, command: echo once, run_once: true, register: r}\n    - {name: all, debug: {msg: "{{ r.stdout }}"}}\n',
  })
  assert.equal(told.outcomes.filter((one) => one.endsWith('once')), ['h1 changed once', 'h3 changed once'])
  assert.equal(told.outcomes.filter((one) => one.endsWith('all')).length, 3)
})

test('one failing host leaves the others running; a batch that fails whole stops the run', async () => {
  const told = await play({
    'inventory': 'h[1:2] ansible_connection=local\n',
    'site.yml': '- hosts: all\n  gather_facts: false\n  tasks:\n    - {name: half, fail: {msg: x}, when: inventory_hostname == "h1"}\n    - {name: rest, debug: {msg: "{{ ansible_play_hosts }}"}}\n- hosts: all\n  gather_facts: false\n  tasks: [{name: next, fail: {msg: y}}]\n- hosts: localhost\n  gather_facts: false\n  tasks: [{name: never, debug: {msg: z}}]\n',
  })
  assert.equal([...told.outcomes.slice(0, 2).sort(), ...told.outcomes.slice(2)], ['h1 failed half', 'h2 skipped half', 'h2 ok rest', 'h2 failed next'])
  assert.is(told.code, 2)
})

test('includes see loop variables, apply, and their own vars; imports inherit conditions', async () => {
  const told = await play({
    'site.yml': local('- include_tasks: {file: inc.yml}\n  loop: [1, 2]\n  vars: {extra: v}\n- import_tasks: inc.yml\n  vars: {item: i, extra: w}\n  when: true'),
    'inc.yml': '- debug: {msg: "{{ item }} {{ extra }}"}\n',
  })
  assert.equal(told.messages, ['1 v', '2 v', 'i w'])
})

test('hostvars shows what other hosts registered and inventory says of them', async () => {
  const told = await play({
    'inventory': 'h1 ansible_connection=local\nh2 ansible_connection=local x=two\n',
    'site.yml': '- hosts: all\n  gather_facts: false\n  tasks:\n    - {set_fact: {mine: "{{ inventory_hostname }}!"}}\n    - {debug: {msg: "{{ hostvars[\'h2\'].x }} {{ hostvars.h2.mine }} {{ groups.all | map(\'extract\', hostvars, \'mine\') | list }}"}, run_once: true}\n',
  })
  assert.equal(told.messages, ["two h2! ['h1!', 'h2!']"])
})

test('text from a target is never evaluated', async () => {
  const told = await play({ 'site.yml': local(`
- command: "echo '{% raw %}{{ 1 + 1 }}{% endraw %}'"
  register: r
- debug: {msg: "{{ r.stdout }}"}
- set_fact: {later: "{{ r.stdout }}"}
- debug: {msg: "{{ later }}"}`) })
  assert.equal(told.messages, ['{{ 1 + 1 }}', '{{ 1 + 1 }}'])
})

test('what a command would give is unknown in a dry run, and so is what depends on it', async () => {
  const told = await play({ 'site.yml': local(`
- {name: cmd, command: echo x, register: r}
- {name: uses it, debug: {msg: "{{ r.stdout }}"}}
- {name: condition, debug: {msg: y}, when: r.rc == 0}
- {name: not, debug: {msg: fine}}`) }, ['--check'])
  assert.equal(told.outcomes, ['localhost skipped cmd', 'localhost unknown uses it', 'localhost unknown condition', 'localhost ok not'])
  assert.is(told.code, 0)
})

test('a dry run sees what earlier tasks would have made', async () => {
  const tasks = `
- {name: dir, file: {path: "{dir}/new", state: directory, mode: "0755"}}
- {name: file, copy: {dest: "{dir}/new/f", content: hello, mode: "0644"}}
- {name: again, copy: {dest: "{dir}/new/f", content: hello, mode: "0644"}}
- {name: look, stat: {path: "{dir}/new/f"}, register: st}
- {name: assert, assert: {that: st.stat.exists}}`
  const expected = ['localhost changed dir', 'localhost changed file', 'localhost ok again', 'localhost ok look', 'localhost ok assert']
  assert.equal((await play({ 'site.yml': local(tasks) }, ['--check'])).outcomes, expected)
  assert.equal((await play({ 'site.yml': local(tasks) })).outcomes, expected)
})

test('a dry run: what a task would make that may or may not run is in doubt, and nothing else is', async () => {
  const told = await play({ 'site.yml': local(`
- {name: asked, command: echo 1, changed_when: false, register: r}
- {name: perhaps, file: {path: "{dir}/made", state: directory, mode: "0755"}, when: r.stdout == "2"}
- {name: within, copy: {src: "{dir}/made/f", dest: "{dir}/g", remote_src: true}}
- {name: content, copy: {dest: "{dir}/h", content: "{{ r.stdout }}"}}
- {name: rights, file: {path: "{dir}/h", mode: "0600"}}
- {name: elsewhere, file: {path: "{dir}/never", state: absent}}
- {name: gone, slurp: {src: "{dir}/never"}, ignore_errors: true}`) }, ['--check'])
  assert.equal(told.outcomes.slice(1), ['localhost unknown perhaps', 'localhost unknown within', 'localhost unknown content', 'localhost unknown rights', 'localhost ok elsewhere', 'localhost failed gone'])
})

test('a dry run: a task that may or may not change something does not fail for a handler that is nowhere', async () => {
  const told = await play({ 'site.yml': local(`
- {name: asked, command: echo 1, changed_when: false, register: r}
- {name: perhaps, copy: {dest: "{dir}/f", content: x}, when: r.stdout == "2", notify: nobody}
- {name: after, debug: {msg: fine}}`) }, ['--check'])
  assert.equal(told.outcomes.slice(1), ['localhost unknown perhaps', 'localhost ok after'])
})

test('a dry run: facts that a task would bring that may or may not run are unknown, not undefined', async () => {
  const told = await play({ 'site.yml': local(`
- {name: asked, command: echo 1, changed_when: false, register: r}
- {name: perhaps, getent: {database: "{{ 'group' }}", key: root}, when: r.stdout == "2"}
- {name: uses, set_fact: {x: 1}, when: "item not in ansible_facts.getent_group.root[2]", loop: [a, b]}
- {name: other, debug: {msg: "{{ ansible_facts.getent_passwd | default('none') }}"}}`) }, ['--check'])
  assert.equal(told.outcomes.slice(1), ['localhost unknown perhaps', 'localhost unknown uses', 'localhost ok other'])
})

test('a converged task costs one round trip at most, and coming tasks are read ahead', async () => {
  const tasks = Array.from({ length: 30 }, (_, i) => `- {name: t${i}, file: {path: "{dir}", state: directory}}\n- {name: u${i}, stat: {path: "{dir}/${i}"}}`).join('\n')
  const told = await play({ 'site.yml': local(tasks) })
  const trips = told.events.reduce((sum, event) => sum + (event.type === 'result' ? event.result.trips : 0), 0)
  assert.ok(trips <= 8, `60 converged tasks took ${trips} trips`)
})

test('a changing task costs two round trips at most', async () => {
  const tasks = Array.from({ length: 5 }, (_, i) => `- {name: t${i}, copy: {dest: "{dir}/f${i}", content: x, mode: "0644"}}`).join('\n')
  const told = await play({ 'site.yml': local(tasks) })
  for (let i = 0; i < 5; i++) assert.ok(told.result(`t${i}`).trips <= 2, `t${i}: ${told.result(`t${i}`).trips}`)
})

test('no_log hides the result, its items and its differences', async () => {
  const told = await play({ 'site.yml': local('- name: hidden\n  copy: {dest: "{dir}/s", content: "geheim-{{ item }}", mode: "0600"}\n  no_log: true\n  loop: [wort]') }, ['--diff'])
  assert.not.match(JSON.stringify(told.events), 'geheim')
  assert.not.match(JSON.stringify(told.events.filter((event) => event.type === 'item')), 'wort')
})

test('a vaulted source file is copied decrypted', async () => {
  const { encrypt } = await import('../../runner/vars/vault.ts')
  const told = await play({
    'pw': 'geheim\n', 'files/f.txt': encrypt('plain text\n', 'geheim'),
    'site.yml': local('- {name: put, copy: {src: f.txt, dest: "{dir}/out", mode: "0600"}}\n- {name: kept, copy: {src: f.txt, dest: "{dir}/raw", mode: "0600", decrypt: false}}\n- {command: cat {dir}/out, register: r}\n- {name: same, assert: {that: r.stdout == "plain text"}}\n- {command: head -c 14 {dir}/raw, register: r}\n- {name: raw, assert: {that: r.stdout == "$ANSIBLE_VAULT"}}'),
  }, ['--vault-password-file', '{dir}/pw'])
  assert.is(told.code, 0, told.outcomes.join('\n'))
})

test('variables that a dry run may or may not include are unknown, not undefined', async () => {
  const told = await play({
    'extra.yml': 'chosen: a\n',
    'site.yml': local('- {name: cmd, command: echo 2, register: r}\n- {name: vars, include_vars: extra.yml, when: r.stdout == "2"}\n- {name: uses, debug: {msg: "{{ chosen }}"}}\n- {name: other, debug: {msg: fine}}'),
  }, ['--check'])
  assert.equal(told.outcomes.slice(1), ['localhost unknown vars', 'localhost unknown uses', 'localhost ok other'])
})

test('a lookup that runs something does so in its turn and once, and what it did to this machine is seen', async () => {
  const told = await play({ 'site.yml': local(`
- stat: {path: "{{ playbook_dir }}/made"}
  register: before
- debug: {msg: "{{ lookup('pipe', 'echo x >>made; wc -l <made') }}"}
- stat: {path: "{{ playbook_dir }}/made"}
  register: after
- copy: {content: "{{ lookup('pipe', 'echo y >>made; wc -l <made') }}", dest: "{{ playbook_dir }}/copied"}
- debug: {msg: "{{ before.stat.exists }} {{ after.stat.exists }} {{ lookup('file', playbook_dir ~ '/made') | replace('\\n', '') }}"}`) })
  assert.equal(told.messages, ['1', 'False True xy'])
})

test.run()
