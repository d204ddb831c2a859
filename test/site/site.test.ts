/**
 * The whole site in the lab, from empty containers: what is announced and what happens, real requests, one changed variable, broken
 * values, one role alone, the same over SSH, a third node that comes and goes. One test follows the other on the same containers.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mistakes } from './mistakes.ts'
import { execute, failures, key, keysOf, run, show, total, type Played } from './play.ts'

const lab = ['-i', 'inventory']
const overSsh = [...lab, '-i', 'lab/inventories/ssh.yml']
const withThird = [...lab, '-i', 'lab/inventories/third-node.yml']
const test = suite('site')

const inContainer = async (container: string, script: string): Promise<string> => (await execute('docker', ['exec', container, 'sh', '-c', script])).out.trim()
const status = async (url: string): Promise<number> => fetch(url, { signal: AbortSignal.timeout(20_000) }).then((answer) => answer.status, () => 0)
const user = 'http://172.18.0.11/', admin = 'http://172.18.0.11:9090/'
async function answers(): Promise<void> {
  assert.is(await status(`${user}db.jsp`), 200, 'the user site answers')
  assert.is(await status(`${admin}db.jsp`), 200, 'the admin site answers')
}
function succeeded(played: Played): void {
  assert.is(played.code, 0, failures(played))
  assert.is(total(played, 'failed') + total(played, 'unreachable'), 0, failures(played))
}
/** The tasks that changed something, without the hosts. */
const changedTasks = (played: Played): string[] => [...new Set(played.happened.filter((one) => one.outcome === 'changed').map((one) => one.task))].sort()

test.before(async () => {
  succeeded(await run('lab.yml', ...withThird, '-e', 'state=absent'))
})
test.after(async () => {
  if (process.env['KEEP_LAB'] === undefined) await run('lab.yml', ...withThird, '-e', 'state=absent')
})

test('the lab comes up, and a second run finds nothing to do', async () => {
  succeeded(await run('lab.yml', ...lab))
  const again = await run('lab.yml', ...lab)
  succeeded(again)
  assert.equal(keysOf(again, 'changed'), [])
})

let announced: Played
test('a dry run on the empty lab runs to its end, with a handful unknown', async () => {
  announced = await run('site.yml', ...lab, '--dry-run')
  succeeded(announced)
  const unknown = new Set(announced.happened.filter((one) => one.outcome === 'unknown').map((one) => `${one.host} | ${one.task}`))
  assert.ok(unknown.size <= 24, [...unknown].join('\n'))
  assert.is(await inContainer('apache-tomcat1', 'ls -A /home; ls /etc/apache2 2>/dev/null'), '', 'nothing was changed')
})

test('the site is built from the empty lab, changing exactly what was announced', async () => {
  const built = await run('site.yml', ...lab)
  succeeded(built)
  await answers()
  const open = new Set(announced.happened.filter((one) => one.outcome === 'unknown').map(key))
  const isOpen = (one: string): boolean => open.has(one)
  const promised = keysOf(announced, 'changed').filter((one) => !isOpen(one)), done = keysOf(built, 'changed')
  assert.equal(promised.filter((one) => !done.includes(one)), [], 'announced, but not done')
  const isAnnounced = (one: string): boolean => promised.includes(one) || isOpen(one) || [...open].some((other) => one.startsWith(`${other} | `))
  assert.equal(done.filter((one) => !isAnnounced(one)), [], 'done, but not announced')
})

test('a second run, and a dry run, find nothing to do', async () => {
  for (const options of [[], ['--dry-run']]) {
    const again = await run('site.yml', ...lab, ...options)
    succeeded(again)
    assert.equal([...keysOf(again, 'changed'), ...keysOf(again, 'unknown')], [])
  }
})

test('verify.yml finds everything that the site promises', async () => {
  succeeded(await run('verify.yml', ...lab))
})

test('over SSH the same site has nothing to do', async () => {
  const played = await run('site.yml', ...overSsh)
  succeeded(played)
  assert.equal(keysOf(played, 'changed'), [])
})

test('one changed port is announced in exactly the files that hold it, and changed there', async () => {
  const port = ['-e', 'site_admin_ajp_port=8119']
  const dry = await run('site.yml', ...lab, ...port, '--dry-run')
  succeeded(dry)
  const files = ['apache-modjk : Workers', 'tomcat : Services, connectors and applications']
  assert.equal([...new Set(dry.happened.filter((one) => one.outcome === 'changed' && !one.handler).map((one) => one.task))].sort(), files)
  const { text } = await show('site.yml', ...lab, ...port, '--dry-run')
  assert.match(text, /^\+worker\.admin1\.port=8119$/m)
  assert.match(text, /^\+.*Connector port="8119"/m)
  const real = await run('site.yml', ...lab, ...port)
  succeeded(real)
  assert.equal(changedTasks(real), changedTasks(dry))
  await answers()
  assert.match(await inContainer('apache-tomcat2', 'ss -ltn'), /:8119\b/)
  succeeded(await run('site.yml', ...lab))
  await answers()
})

test('a broken haproxy.cfg stops before it replaces anything, in the words of haproxy, and the site goes on', async () => {
  const before = await inContainer('haproxy', 'sha256sum /etc/haproxy/haproxy.cfg')
  const { code, text } = await show('site.yml', ...lab, '-e', 'haproxy_balance=roundrobin', '-e', 'haproxy_check=chekc')
  assert.is(code, 2)
  assert.match(text, /unknown keyword 'chekc'/)
  assert.is(await inContainer('haproxy', 'sha256sum /etc/haproxy/haproxy.cfg'), before)
  await answers()
})

test('a broken sudoers line stops before it replaces anything, in the words of visudo', async () => {
  const before = await inContainer('apache-tomcat1', 'sha256sum /etc/sudoers.d/gaia3d')
  const { code, text } = await show('site.yml', ...lab, '-e', '{"users_sudo_commands": ["systemctl"]}')
  assert.is(code, 2)
  assert.match(text, /fully-qualified path/)
  assert.is(await inContainer('apache-tomcat1', 'sha256sum /etc/sudoers.d/gaia3d; ls /etc/sudoers.d'), `${before}\nREADME\ngaia3d`)
  await answers()
})

test('one role alone runs with all that its play gives it, and nothing else', async () => {
  const played = await run('site.yml', ...lab, '--role', 'haproxy', '-e', 'haproxy_maximum_connections=2999')
  succeeded(played)
  assert.equal(changedTasks(played), ['haproxy : Frontends and backends', 'haproxy : Reload haproxy'])
  assert.equal([...new Set(played.happened.map((one) => one.host))], ['haproxy'])
  assert.ok(played.happened.every((one) => /^(haproxy|site) : |^Gathering Facts$/.test(one.task)), played.happened.map((one) => one.task).join('\n'))
  succeeded(await run('site.yml', ...lab, '--role', 'haproxy'))
})

/** All that a mistake could have damaged. */
const fingerprint = (): Promise<string> => inContainer('apache-tomcat1', `cd / && find etc/sudoers.d etc/apache2 home/gaia3d/tools/mago3d-tomcat/conf home/gaia3d/tools/mago3d-tomcat/bin -type f -exec sha1sum {} + | sort; systemctl show -p ActiveEnterTimestamp mago3d-tomcat apache2`)
for (const { what, args, code, says } of mistakes) {
  test(`a mistake: ${what}`, async () => {
    const before = await fingerprint()
    const shown = await show(...args)
    assert.is(shown.code, code, shown.text)
    for (const expected of says) assert.match(shown.text, expected)
    assert.is(await fingerprint(), before, 'nothing was changed')
  })
}

test('a disk that is full leaves the old file, and says so', async () => {
  const before = await inContainer('haproxy', 'mount -t tmpfs -o size=64k tmpfs /mnt && cp -a /etc/haproxy/. /mnt/ && mount --move /mnt /etc/haproxy && (cat /dev/zero >/etc/haproxy/full || :) 2>/dev/null; sha1sum </etc/haproxy/haproxy.cfg')
  const shown = await show('site.yml', ...lab, '--role', 'haproxy', '-e', 'haproxy_maximum_connections=2998')
  const after = await inContainer('haproxy', 'sha1sum </etc/haproxy/haproxy.cfg; ls -A /etc/haproxy')
  await inContainer('haproxy', 'umount /etc/haproxy')
  assert.is(shown.code, 2, shown.text)
  assert.match(shown.text, /No space left/)
  assert.match(after, new RegExp(`^${before}`))
  assert.not.match(after, /tmp/)
  await answers()
})

test('a stopped database is named by verify.yml', async () => {
  await inContainer('container-db', 'systemctl stop postgresql')
  const shown = await show('verify.yml', ...lab)
  await inContainer('container-db', 'systemctl start postgresql')
  assert.is(shown.code, 2)
  assert.match(shown.text, /172\.18\.0\.10/)
  assert.match(shown.text, /503/)
})

test('a third node joins, with changes only where they are due, and leaves again', async () => {
  succeeded(await run('lab.yml', ...withThird))
  const joined = await run('site.yml', ...withThird)
  succeeded(joined)
  const old = (played: Played): string[] => [...new Set(played.happened.filter((one) => one.outcome === 'changed' && one.host !== 'apache-tomcat3').map(key))].sort()
  const due = [
    'apache-tomcat1 | apache-modjk : Restart Apache', 'apache-tomcat1 | apache-modjk : Workers', 'apache-tomcat2 | apache-modjk : Restart Apache',
    'apache-tomcat2 | apache-modjk : Workers', 'haproxy | haproxy : Frontends and backends', 'haproxy | haproxy : Reload haproxy',
  ]
  assert.equal(old(joined), due)
  succeeded(await run('verify.yml', ...withThird))
  const left = await run('site.yml', ...lab)
  succeeded(left)
  assert.equal(old(left), due)
  await answers()
  succeeded(await run('lab.yml', ...withThird, '-e', 'state=absent', '-e', 'lab_hosts=apache-tomcat3'))
  succeeded(await run('verify.yml', ...lab))
})

test.run()
