/** Probes for files: recorded answers of GNU and BusyBox tools, and what one answer says about another path. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parseTarList } from '../../runner/probes/archive.ts'
import { checksum } from '../../runner/probes/checksum.ts'
import { content } from '../../runner/probes/content.ts'
import { parseHead } from '../../runner/probes/http.ts'
import { absent, leadsTo, plainPath, stat } from '../../runner/probes/stat.ts'
import type { Answer } from '../../runner/probes/stat.ts'
import { dispositionName, fileName, maskUrl } from '../../runner/probes/url.ts'

test('one spelling for one path', () => {
  assert.equal(['/', '//a//b/', '/a/./b', 'a/', './a', '', '/a/../b'].map(plainPath), ['/', '/a/b', '/a/b', 'a', 'a', '.', '/a/../b'])
  assert.equal([leadsTo('/a/b', 'c'), leadsTo('/a/b', '../c'), leadsTo('/a/b', '/c/./d')], ['/a/c', '/c', '/c/d'])
})

test('stat of GNU: names in order, whatever they hold', () => {
  const text = '41ed 4096 0 0 19 65024 73 8 4096 0 0 1795454097.477595600 1795454097.789947300 1795454097.789947300 0.000000000 root:root:/etc\n'
    + '81a4 3 4711 0 20 65024 1 8 4096 0 0 1795454097.000000000 1795454097.500000000 1795454097.000000000 1.500000000 UNKNOWN:root:/odd\nname\n'
  const [folder, none, odd] = stat.parse(`${text}\u0002\nxwr-\u0002\n\u0002\nwr-\u0002\n`, ['/etc', '/none', '/odd\nname'])
  assert.is(folder?.type, 'directory')
  assert.equal(none, absent)
  assert.ok(odd?.type === 'file')
  if (odd?.type !== 'file') return
  assert.equal([odd.mode, odd.owner, odd.uid, odd.readable, odd.executable, odd.live?.mtime, odd.live?.birthtime], ['0644', undefined, 4711, true, false, 1795454097.5, 1.5])
})
test('stat of BusyBox: no fractions, no time of birth; a link and its end', () => {
  const own = 'a1ff 7 0 0 13 39 1 0 4096 0 0 1747699200 1747699200 1747699200 W root:root:/bin\n'
  const end = '41ed 36864 0 0 246970 39 2 80 4096 0 0 1795454095 1795454095 1795454095 W root:root:/bin\n'
  const [link] = stat.parse(`${own}\u0002\nxwr-\u0001usr/bin\u0001/usr/bin\u0001${end}\u0002\n`, ['/bin'])
  assert.ok(link?.type === 'link')
  if (link?.type !== 'link') return
  assert.equal([link.target, link.real, link.to?.type, link.live?.mtime, link.live?.birthtime], ['usr/bin', '/usr/bin', 'directory', 1747699200, undefined])
})

test('what is gone takes along all below it; a new folder too, an old one not', () => {
  const implied = (value: Answer, key: string): Answer | undefined => stat.imply?.('/a', value, key)
  const folder: Answer = { type: 'directory', mode: '0755', uid: 0, gid: 0, owner: 'root', group: 'root', size: undefined, readable: true, writable: true, executable: true }
  assert.equal(implied(absent, '/a/b/c'), absent)
  assert.is(implied(absent, '/ab'), undefined)
  assert.equal(implied({ ...folder, fresh: true }, '/a/b'), absent)
  assert.is(implied(folder, '/a/b'), undefined)
  assert.equal(content.imply?.('/a', { kind: 'absent' }, { path: '/a/b', max: 5 }), { kind: 'absent' })
  assert.is(checksum.imply?.('md5:/a', null, { path: '/a/b', algorithm: 'sha1' }), null)
})
test('foreseen content answers for every way of asking', () => {
  const value = { kind: 'file', sha1: 'x', bytes: new Uint8Array(10) } as const
  assert.is(content.imply?.('/f', value, { path: '/f', unless: 'y' }), value)
  assert.equal(content.imply?.('/f', value, { path: '/f', max: 5 }), { kind: 'file', sha1: 'x' })
})
test('content: bytes, the same, too many, no file', () => {
  const sha1 = '6fcf9dfbd479ed82697fee719b9f8c610a11ff2a'
  const answers = content.parse(`0 ${sha1}\naGVs\nbG8K\n1 ${sha1} same\n2 ${sha1}\nYWJjZA==\n3 other\n`, [{ path: 'a' }, { path: 'b', unless: sha1 }, { path: 'c', max: 3 }, { path: 'd' }, { path: 'e' }])
  assert.equal(answers[0], { kind: 'file', sha1, bytes: new Uint8Array(Buffer.from('hello\n')) })
  assert.equal(answers.slice(1), [{ kind: 'file', sha1 }, { kind: 'file', sha1 }, { kind: 'other' }, { kind: 'absent' }])
  assert.throws(() => content.parse('0 failed\n', [{ path: 'a' }]), /makes no sense/)
})

test('tar -tv of GNU and of BusyBox', () => {
  const gnu = parseTarList('drwxr-xr-x root/root         0 2022-01-02 03:04:06 app/\n-rwsr-xr-x daemon/1000      10 2022-01-02 03:04:06.5 app/a b\nlrwxrwxrwx root/root 0 2022-01-02 03:04:06 app/l -> a b\nhrw-r--r-- root/root 0 2022-01-02 03:04:06 app/h link to app/a b\n')
  assert.equal(gnu.map(({ name, type, mode, size, target }) => [name, type, mode.toString(8), size, target]), [
    ['app/', 'directory', '755', 0, undefined], ['app/a b', 'file', '4755', 10, undefined], ['app/l', 'link', '777', 0, 'a b'], ['app/h', 'hard', '644', 0, 'app/a b'],
  ])
  assert.equal([gnu[1]?.user, gnu[1]?.gid, gnu[1]?.mtime], ['daemon', 1000, 1641092646])
  const [busybox] = parseTarList('-rw-r--r-- 1000/1000        30 2022-01-02 03:04:06 x\n')
  assert.equal([busybox?.name, busybox?.uid, busybox?.size], ['x', 1000, 30])
})

test('header blocks of curl and wget: the last one counts', () => {
  const curl = parseHead('HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\nHTTP/2 200 \r\nContent-Type: text/plain\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n\r\n')
  assert.equal(curl, { status: 200, reason: '', headers: { 'content-type': 'text/plain', 'set-cookie': 'a=1, b=2' }, redirects: ['/b'] })
  assert.is(parseHead('  HTTP/1.1 404 Not Found\n  Server: x\nwget: server returned error\n').reason, 'Not Found')
})
test('addresses', () => {
  assert.equal(['http://h/a/b.tgz?x=1#y', 'http://h', 'http://h/a/'].map(fileName), ['b.tgz', 'index.html', 'index.html'])
  assert.is(maskUrl('https://me:secret@h/x'), 'https://me:********@h/x')
  assert.equal(['attachment; filename="a b.txt"', 'attachment; filename=../x', "attachment; filename*=UTF-8''%e2%82%ac.txt", undefined].map(dispositionName), ['a b.txt', 'x', '€.txt', undefined])
})
test.run()
