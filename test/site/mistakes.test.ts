/**
 * Mistakes in the site's own files: each is made in a copy of playbooks, roles and inventory, and must be told with its place and the
 * next step. Those that a host has to show run in a container of their own; the lab is not touched. Wrong values are in site.test.ts.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { startContainer } from '../hosts/containers.ts'
import { root } from './play.ts'

interface Mistake {
  readonly what: string
  /** File, text in it, what stands there instead; the whole file where no text is named. */
  readonly edit: readonly (readonly [file: string, from: string, to: string])[]
  readonly args?: readonly string[]
  readonly code: number
  /** file:line:column as shown, without the column where any will do. */
  readonly place: string
  readonly says: RegExp
  readonly next: RegExp
  /** Needs a host; else it is found with --syntax-check. */
  readonly onHost?: true
}

const mistakes: readonly Mistake[] = [
  { what: 'a role misspelt in the playbook', edit: [['playbooks/site.yml', '    - haproxy', '    - haporxy']], code: 1, place: 'playbooks/site.yml:33:7', says: /The role 'haporxy' was not found/, next: /did you mean 'haproxy'/ },
  { what: 'a keyword of a play misspelt', edit: [['playbooks/site.yml', '  serial: 1', '  serail: 1']], code: 4, place: 'playbooks/site.yml:16:3', says: /'serail' is not a valid attribute for a Play/, next: /did you mean 'serial'/ },
  { what: 'a tab in the playbook', edit: [['playbooks/site.yml', '  become: true\n  roles:\n    - users', '\tbecome: true\n  roles:\n    - users']], code: 4, place: 'playbooks/site.yml:17:1', says: /a tab stands in the indentation/, next: /spaces/ },
  { what: 'a module misspelt in a role', edit: [['roles/haproxy/tasks/main.yml', '  systemd:', '  sytemd:']], code: 4, place: 'roles/haproxy/tasks/main.yml:', says: /couldn't resolve module\/action 'sytemd'/, next: /did you mean 'systemd'/ },
  { what: 'an argument misspelt in a role', edit: [['roles/haproxy/tasks/main.yml', '    validate:', '    validates:']], code: 4, place: 'roles/haproxy/tasks/main.yml:', says: /Unsupported parameters for \(template\) module: validates/, next: /did you mean 'validate'/ },
  { what: 'an argument indented as a keyword', edit: [['roles/haproxy/tasks/main.yml', '    dest: "{{ haproxy_file }}"', '  dest: "{{ haproxy_file }}"']], code: 4, place: 'roles/haproxy/tasks/main.yml:', says: /indentation|'dest' is not a valid attribute/, next: /same column|indent it below/ },
  { what: 'a mode without quotes', edit: [['roles/users/tasks/main.yml', "mode: '0440'", 'mode: 440']], code: 4, place: 'roles/users/tasks/main.yml:', says: /mode: 440 without quotes is the decimal number 440/, next: /write mode: "0440"/ },
  { what: 'a handler misspelt', edit: [['roles/haproxy/tasks/main.yml', 'notify: reload haproxy', 'notify: relaod haproxy']], code: 1, place: 'roles/haproxy/tasks/main.yml:', says: /handler 'relaod haproxy' was not found/, next: /Did you mean 'reload haproxy'/ },
  { what: 'a filter misspelt', edit: [['roles/users/tasks/main.yml', 'users_sudo_file | basename is not search', 'users_sudo_file | basname is not search']], code: 2, place: 'roles/users/tasks/main.yml:', says: /No filter named 'basname'/, next: /did you mean 'basename'/, onHost: true },
  { what: 'braces that are not closed', edit: [['roles/haproxy/tasks/main.yml', '"{{ haproxy_file }}"', '"{{ haproxy_file }"']], code: 4, place: 'roles/haproxy/tasks/main.yml:', says: /unexpected '\}'/, next: /two braces/ },
  { what: 'a comparison with one equals sign', edit: [['roles/apache-modjk/tasks/main.yml', "when: apache_modjk_from == 'archive'", "when: apache_modjk_from = 'archive'"]], code: 4, place: 'roles/apache-modjk/tasks/main.yml:', says: /got '='/, next: /to compare, write ==/ },
  { what: 'a file of tasks that is not there', edit: [['roles/tomcat/tasks/main.yml', 'import_tasks: service.yml', 'import_tasks: services.yml']], code: 1, place: 'roles/tomcat/tasks/main.yml:', says: /'services\.yml' was not found/, next: /did you mean 'service\.yml'/ },
  { what: 'roles that depend on each other', edit: [['roles/site/meta/main.yml', '', 'dependencies: [users]\n']], code: 1, place: 'roles/site/meta/main.yml:1:16', says: /recursion loop was detected with the roles specified: users -> site -> users/, next: /dependencies/ },
  { what: 'a group without its colon in the inventory', edit: [['inventory/hosts.yml', 'loadbalancer:\n  hosts:', 'loadbalancer\n  hosts:']], code: 4, place: 'inventory/hosts.yml:', says: /colon|indentation|YAML/, next: /\S/ },
  { what: 'hosts as a list', edit: [['inventory/hosts.yml', '    container-db:\n      address: 172.18.0.10', '    - container-db']], code: 1, place: 'inventory/hosts.yml:', says: /'hosts' of group database must be a mapping, found a list/, next: /as a key with a colon/ },
  { what: 'a variable file with a fault', edit: [['inventory/group_vars/all/site.yml', 'tomcat_database_username: mago3d', 'tomcat_database_username:mago3d']], code: 4, place: 'inventory/group_vars/all/site.yml:', says: /no space after the colon of 'tomcat_database_username:'/, next: /write 'tomcat_database_username: …'/ , onHost: true },
  { what: 'a template with a variable that is not there', edit: [['roles/haproxy/templates/haproxy.cfg.ejs', '<%= haproxy_retries %>', '<%= haproxy_retrys %>']], code: 2, place: 'roles/haproxy/templates/haproxy.cfg.ejs:', says: /'haproxy_retrys' is undefined/, next: /did you mean 'haproxy_retries'/, onHost: true },
  { what: 'a template with a bracket too few', edit: [['roles/users/templates/sudoers.ejs', '', '<% for (const command of users_sudo_commands { %>\n<%= command %>\n<% } %>\n']], code: 2, place: 'roles/users/templates/sudoers.ejs:1:', says: /EJS template error/, next: /count its brackets/, onHost: true },
  { what: 'a template that is not there', edit: [['roles/haproxy/tasks/main.yml', 'src: haproxy.cfg.ejs', 'src: haproxy.conf.ejs']], code: 2, place: 'roles/haproxy/tasks/main.yml:', says: /could not find or access 'haproxy\.conf\.ejs'/, next: /haproxy\.cfg\.ejs/, onHost: true },
  { what: 'a variable two levels deep that is not there', edit: [['roles/site/defaults/main.yml', 'site_home: "/home/{{ site_user }}"', 'site_home: "/home/{{ site_usr }}"']], code: 2, place: 'roles/site/defaults/main.yml:4:', says: /'site_usr' is undefined/, next: /did you mean 'site_user'/, onHost: true },
  { what: 'variables that are made of each other', edit: [['roles/site/defaults/main.yml', 'site_user: gaia3d', 'site_user: "{{ site_group }}"']], code: 2, place: 'roles/site/defaults/main.yml:', says: /recursive loop detected in template/, next: /cannot be made from itself/, onHost: true },
  { what: 'an application without its port', edit: [['roles/site/defaults/main.yml', '    port: "{{ site_user_port }}"\n', '']], code: 2, place: 'roles/site/defaults/main.yml:', says: /missing required arguments: port found in site_applications/, next: /add "port:"/, onHost: true },
  { what: 'a port that is no number, in group_vars', edit: [['inventory/group_vars/tomcat.yml', '', 'site_user_ajp_port: ajp\nnode_number: 1\n']], code: 2, place: 'inventory/group_vars/tomcat.yml:1:', says: /site_user_ajp_port.*convert to int/, next: /a whole number/, onHost: true },
  { what: 'a broken sudoers line', edit: [['inventory/group_vars/tomcat.yml', '', 'node_number: "{{ groups[\'tomcat\'].index(inventory_hostname) + 1 }}"\nusers_sudo_commands: [systemctl]\n']], args: ['--role', 'users'], code: 2, place: 'roles/users/tasks/main.yml:', says: /failed to validate: \/etc\/sudoers\.d\/gaia3d:\d+/, next: /left as it is/, onHost: true },
]

const container = await startContainer()
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'play-site-mistakes-')))
test.after(async () => {
  await container.remove()
  rmSync(scratch, { recursive: true, force: true })
})

function copyOfSite(name: string): string {
  const folder = join(scratch, name)
  mkdirSync(join(folder, 'lab/secrets'), { recursive: true })
  for (const part of ['playbooks', 'roles', 'inventory']) cpSync(join(root, part), join(folder, part), { recursive: true, verbatimSymlinks: true })
  writeFileSync(join(folder, 'lab/secrets/vars.yml'), 'ajp_secret: 0123456789abcdef-secret\naccount_password_hash: "!"\nshutdown_word: never\ndatabase_password: none-of-it\nhaproxy_stats_password: ""\n')
  writeFileSync(join(folder, 'own.yml'), `site:\n  hosts:\n    apache-tomcat1: {ansible_host: ${container.name}}\n    haproxy: {ansible_host: ${container.name}}\n`)
  return folder
}
function edit(folder: string, [file, from, to]: Mistake['edit'][number]): void {
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  assert.ok(from === '' || text.includes(from), `${file} has no text ${JSON.stringify(from)} any more`)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, from === '' ? to : text.replace(from, to))
}
function play(cwd: string, args: readonly string[]): Promise<{ readonly code: number | null; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'runner/play.mjs'), ...args], { cwd, env: { ...process.env, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: string[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { chunks.push(String(chunk)) })
    child.on('error', reject)
    child.on('close', (code) => { resolve({ code, text: chunks.join('') }) })
  })
}

for (const [i, one] of mistakes.entries()) {
  test(`a mistake in the files: ${one.what}`, async () => {
    const folder = copyOfSite(String(i))
    for (const change of one.edit) edit(folder, change)
    const before = await container.sh('ls -A /etc/sudoers.d; cat /etc/sudoers.d/*')
    const onHost = one.onHost === true ? ['-i', 'own.yml', '-l', one.place.includes('haproxy') ? 'haproxy' : 'apache-tomcat1', ...(one.args ?? ['-C'])] : ['--syntax-check']
    const { code, text } = await play(folder, ['site.yml', '-i', 'inventory', ...onHost])
    assert.is(code, one.code, text)
    // the folder playbooks/ has a link to roles/
    assert.ok(text.replaceAll('playbooks/roles/', 'roles/').includes(`Origin: ${one.place}`), `not at ${one.place}:\n${text}`)
    assert.ok(one.says.test(text), text)
    assert.ok(text.includes('Hint:') && one.next.test(text.slice(text.indexOf('Hint:'))), text)
    assert.match(text, /\^ column \d+/)
    assert.not.match(text, /node:internal|^ {4}at |eval:|mistake in play itself/m)
    assert.is(await container.sh('ls -A /etc/sudoers.d; cat /etc/sudoers.d/*'), before, 'nothing half-written is left')
  })
}

test('the copy without a mistake is right', async () => {
  const { code, text } = await play(copyOfSite('right'), ['site.yml', '-i', 'inventory', '--syntax-check'])
  assert.is(code, 0, text)
})

test.run()
