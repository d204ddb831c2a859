/** What every transport must pass: a session is a shell that nothing a step does can spoil. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Fault } from '../../runner/core/errors.ts'
import { createMasker } from '../../runner/core/mask.ts'
import { sh } from '../../runner/core/sh.ts'
import type { Ran, Step } from '../../runner/core/plan.ts'
import type { Become, Endpoint, Pool, RunOptions, Session } from '../../runner/core/session.ts'
import { openPool } from '../../runner/transport/pool.ts'

export interface Way { readonly endpoint: Endpoint; readonly become?: Become; readonly user: string }

export const newPool = (warnings: string[] = []): Pool => openPool({ masker: createMasker(), warn: (message) => { warnings.push(message) } })

/** Text of a script as a user wrote it; the suite's scripts are not made of values. */
export const step = (text: string, more: Omit<Step, 'sh'> = {}): Step => ({ sh: text, ...more })

/** The fault that a promise ends in. */
export async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const error: unknown = await promise.then(() => undefined, (reason: unknown) => reason)
  assert.instance(error, Fault)
  if (!(error instanceof Fault)) throw error
  return error
}

const first = (ran: readonly Ran[]): Ran => {
  const [one] = ran
  if (one === undefined) throw new Error('no answer')
  return one
}

/** The private folder of a session; steps do not normally look at its variables. */
const folderOf = async (session: Session): Promise<string> => first(await session.run([step('echo "$_pd"')])).stdout.trim()

/** Cases: what is run, and what comes back. */
const cases: readonly (readonly [string, Step, Partial<Ran>])[] = [
  ['both outputs and the exit code', step('echo out; echo err >&2; exit 3'), { rc: 3, stdout: 'out\n', stderr: 'err\n' }],
  ['no newline at the end', step('printf abc; printf def >&2'), { stdout: 'abc', stderr: 'def' }],
  ['no output at all', step(':'), { rc: 0, stdout: '', stderr: '' }],
  ['what looks like a frame', step("echo ':E'; echo 'abc:R 0 '"), { stdout: ':E\nabc:R 0 \n' }],
  ['CR and LF kept', step("printf 'a\\r\\nb\\r\\n'"), { stdout: 'a\r\nb\r\n' }],
  ['UTF-8 text', step("printf '%s' 'Grüße, 世界 ✓'"), { stdout: 'Grüße, 世界 ✓' }],
  ['a NUL byte', step("printf 'a\\000b'"), { stdout: 'a\0b' }],
  ['quotes of every kind', sh`printf '%s' ${`it's "so" \`x\` $HOME \\n !`}`, { stdout: `it's "so" \`x\` $HOME \\n !` }],
  ['several lines and a here document', step('cat <<EOF\nline $((1+1))\nEOF\nif true\nthen echo yes\nfi'), { stdout: 'line 2\nyes\n' }],
  ['a comment at the end', step('echo hi # there'), { stdout: 'hi\n' }],
  ['text that starts with a dash', step('-n 2>/dev/null || echo no'), { stdout: 'no\n' }],
  ['exit', step('exit 7'), { rc: 7 }],
  ['exec', step('exec echo replaced'), { stdout: 'replaced\n' }],
  ['a failed exec', step('exec /nowhere/at/all 2>/dev/null'), { rc: 127 }],
  ['reads standard input: it is empty', step('cat; echo end'), { stdout: 'end\n' }],
  ['reads a line: there is none', step('read line || echo none'), { stdout: 'none\n' }],
  ['reads from the shell by its process', step('kill -0 $$ && echo there'), { stdout: 'there\n' }],
  ['killed by a signal', step("sh -c 'kill -9 $$'"), { rc: 137 }],
  ['terminated by a signal', step("sh -c 'kill -15 $$'"), { rc: 143 }],
  ['set -e', step('set -e; false; echo not reached'), { rc: 1, stdout: '' }],
  ['positional parameters are none', step('echo "$#"'), { stdout: '0\n' }],
  ['trap in the step', step("trap 'echo bye' EXIT; exit 4"), { rc: 4, stdout: 'bye\n' }],
  ['environment', step('printf "%s|" "$A" "$B"; env | grep -c "^A="', { env: { A: "it's $x", B: 'two\nlines' } }), { stdout: "it's $x|two\nlines|1\n" }],
  ['working directory', step('pwd', { cwd: '/tmp' }), { stdout: '/tmp\n' }],
  ['missing working directory', step('echo not reached', { cwd: '/no/such dir' }), { rc: 125, stdout: '', stderr: 'cannot change to the directory /no/such dir: no such directory\n' }],
  ['small input as text', step('cat', { stdin: Buffer.from("it's\n\\t$HOME") }), { stdout: "it's\n\\t$HOME" }],
  ['input that is empty', step('wc -c | tr -d " "', { stdin: Buffer.alloc(0) }), { stdout: '0\n' }],
  ['input of all bytes', step('od -An -v -tu1 | tr -s " \\n" " "', { stdin: Buffer.from(Array.from({ length: 256 }, (_, i) => i)) }),
    { stdout: ` ${Array.from({ length: 256 }, (_, i) => i).join(' ')} ` }],
  ['input that nobody reads', step('echo done', { stdin: Buffer.alloc(200_000, 'x') }), { stdout: 'done\n' }],
  ['large input on its own channel', step('wc -c | tr -d " "; exit 3', { stdin: Buffer.alloc(5_000_000, 0xe9) }), { rc: 3, stdout: '5000000\n' }],
  ['large input that nobody reads', step('echo done', { stdin: Buffer.alloc(3_000_000, 1) }), { rc: 0, stdout: 'done\n' }],
  ['an allowed exit code', step('exit 5', { okRc: [0, 5] }), { rc: 5 }],
]

const syntaxErrors = ['if then', 'echo "open', "echo 'open", 'for', '(', ')', 'fi', 'case x in', '${', '&&', 'cat <<EOF\nno end', 'a() {', '\\']

/** Things that must not outlive their step. */
const leaks = [
  'IFS=x; PATH=/nowhere; HOME=/nowhere; export PATH', 'cd /', 'umask 000', 'set -e', 'set -x', 'set -f', 'ulimit -n 10', "trap 'echo trapped' EXIT TERM HUP",
  'alias echo=false', 'echo() { :; }; printf() { :; }; cat() { :; }', 'exec 1>/dev/null 2>&1', 'exec 0</dev/null 1>&- 2>&-', 'unset _pd _pg; _pe() { :; }', 'readonly _pk=9', 'set -- a b c', 'LC_ALL=C',
]
const state = 'echo "$IFS|$PATH|$HOME|$(pwd)|$(umask)|$-|$#|$(ulimit -n)"; trap'

export function transportSuite(name: string, way: () => Way): void {
  const test = suite(`transport ${name}`)
  const warnings: string[] = []
  let pool: Pool, session: Session
  const run = async (one: Step, options?: RunOptions): Promise<Ran> => first(await session.run([one], options))

  test.before(async () => {
    pool = newPool(warnings)
    session = await pool.session(way().endpoint, way().become)
  })
  test.after(() => pool.close())

  test('is the account it was asked for', async () => {
    assert.is(session.user, way().user)
    assert.is((await run(step('id -un'))).stdout, `${way().user}\n`)
  })
  for (const [what, one, expected] of cases) {
    test(what, async () => {
      const ran = await run(one)
      const { rc = 0, ...rest } = expected
      assert.equal({ rc: ran.rc, ...rest }, { rc, ...Object.fromEntries(Object.keys(rest).map((key) => [key, key === 'stdout' ? ran.stdout : ran.stderr])) }, JSON.stringify(ran))
      assert.ok(ran.ms >= 0 && ran.startedAt > 0)
    })
  }
  test('syntax errors end the step only', async () => {
    for (const text of syntaxErrors) {
      const ran = await run(step(text))
      assert.ok(ran.rc !== 0 || text === '\\' || text.startsWith('cat <<'), `${text}: ${JSON.stringify(ran)}`)
      assert.is((await run(step('echo alive'))).stdout, 'alive\n', text)
    }
  })
  test('set -u ends the step', async () => {
    const ran = await run(step('set -u; echo "$no_such_thing"; echo not reached'))
    assert.ok(ran.rc !== 0)
    assert.is(ran.stdout, '')
  })
  test('nothing leaks into the next step', async () => {
    const before = (await run(step(state))).stdout
    for (const text of leaks) {
      await run(step(text))
      assert.is((await run(step(state))).stdout, before, text)
    }
  })
  test('the shell gets a signal: the step has failed, the session lives', async () => {
    const ran = await run(step('echo before; kill $$; echo after'))
    assert.is(ran.rc, 143)
    assert.match(ran.stderr, /sent signal 15 to the session's shell/)
    assert.is((await run(step('echo alive'))).stdout, 'alive\n')
  })
  test('the shell is killed: it is opened again, what waited is run', async () => {
    const [killed, next] = await Promise.all([
      session.run([step('echo before; kill -9 $$; sleep 0.3'), step('echo never')]),
      session.run([step('echo next')]),
    ])
    assert.is(killed.length, 1)
    assert.is(killed[0]?.stdout, 'before\n')
    assert.ok((killed[0]?.rc ?? 0) !== 0)
    assert.match(killed[0]?.stderr ?? '', /ended the shell of its session/)
    assert.is(first(next).stdout, 'next\n')
  })
  test('a daemon that keeps its outputs neither delays an answer nor writes into a later one', async () => {
    const started = Date.now(), go = `/tmp/play-daemon-${process.pid}-${started}`
    assert.is((await run(step(`(i=0; until [ -e ${go} ] || [ $i = 300 ]; do sleep 0.1; i=$((i + 1)); done; echo late; echo late >&2) & echo started`))).stdout, 'started\n')
    assert.ok(Date.now() - started < 25_000, 'waited for the daemon')
    await run(step(`: >${go}`))
    for (let i = 0; i < 10; i++) {
      const ran = await run(step('sleep 0.1; echo quiet'))
      assert.is(ran.stdout + ran.stderr, 'quiet\n')
    }
    await run(step(`rm ${go}`))
  })
  test('ten megabytes of any bytes', async () => {
    const ran = await run(step("yes 0123456789abcde | head -c 10485760"))
    assert.is(ran.stdout.length, 10_485_760)
    assert.ok(ran.stdout.endsWith('abcde\n'))
    assert.is((await run(step('head -c 3000000 /dev/urandom'))).rc, 0)
    assert.is((await run(step('head -c 100000 /dev/zero'))).stdout.length, 100_000)
  })
  test('what is not UTF-8 is replaced, and said once', async () => {
    assert.is((await run(step("printf 'a\\377b'"))).stdout, 'a\uFFFDb')
    await run(step("printf 'a\\377b'"))
    assert.is(warnings.filter((one) => one.includes('not UTF-8')).length, 1)
  })
  test('steps stop at the first bad exit code', async () => {
    assert.equal((await session.run([step('echo 1'), step('echo 2; exit 9'), step('echo 3')])).map((one) => one.stdout), ['1\n', '2\n'])
    assert.equal((await session.run([step('exit 9', { okRc: 'any' }), step('exit 2', { okRc: [2] }), step('echo 3')])).map((one) => one.rc), [9, 2, 0])
    assert.equal((await session.run([step('echo 1'), step('cat | wc -c | tr -d " "', { stdin: Buffer.alloc(400_000) }), step('echo 3')])).map((one) => one.stdout), ['1\n', '400000\n', '3\n'])
  })
  test('calls of one turn travel together; later ones do not wait', async () => {
    const before = session.trips
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => session.run([step(`echo ${i}`)])))
    assert.equal(answers.map((ran) => first(ran).stdout), Array.from({ length: 200 }, (_, i) => `${i}\n`))
    assert.is(session.trips - before, 1)
    const slow = session.run([step('sleep 0.3; echo slow')])
    await new Promise((resolve) => setTimeout(resolve, 50))
    const behind = session.run([step('echo behind')])
    assert.is(first(await slow).stdout, 'slow\n')
    assert.is(first(await behind).stdout, 'behind\n')
    assert.is(session.trips - before, 3)
  })
  test('200 steps in one call are one trip', async () => {
    const before = session.trips
    const ran = await session.run(Array.from({ length: 200 }, (_, i) => step(`echo ${i}`)))
    assert.is(ran.length, 200)
    assert.is(ran[199]?.stdout, '199\n')
    assert.is(session.trips - before, 1)
  })
  test('a long step shows its output; a step that takes too long is ended with all it started', async () => {
    const seen: string[] = []
    const own = newPool()
    // it ends once its output was seen: how soon that is depends on the load of this machine
    const go = `/tmp/play-go-${process.pid}-${Date.now()}`
    const isSeen = (): boolean => seen.includes('one\n') && seen.includes('two\n')
    const onOutput = (chunk: string): void => {
      const before = isSeen()
      seen.push(chunk)
      if (!before && isSeen()) void own.session(way().endpoint, way().become).then((other) => other.run([step(`: >${go}`)]))
    }
    // of this process alone: ps shows the processes of containers that other tests use at the same time
    const long = `${80_000_000 + process.pid}`
    try {
      const [ran, stopped, next] = await Promise.all([
        session.run([step(`echo one; echo two >&2; i=0; until [ -e ${go} ] || [ $i = 30 ]; do sleep 1; i=$((i + 1)); done; echo three; rm -f ${go}`)], { onOutput }),
        own.session(way().endpoint, way().become).then((other) => faultOf(other.run([step(`sleep ${long} & sh -c 'sleep ${long}; echo x'; sleep ${long}`)], { timeoutSeconds: 0.5 }))),
        own.session(way().endpoint, way().become).then((other) => other.run([step('echo next')])),
      ])
      assert.is(first(ran).stdout, 'one\nthree\n')
      assert.ok(isSeen(), JSON.stringify(seen))
      assert.is(stopped.code, 'step-timeout')
      assert.is(first(next).stdout, 'next\n')
      assert.is((await run(step(`ps 2>/dev/null | grep -c 'slee[p] ${long}'; ps -ef 2>/dev/null | grep -c 'slee[p] ${long}'`, { okRc: 'any' }))).stdout, '0\n0\n')
    } finally {
      await own.close()
    }
  })
  test('a folder that is removed costs the output of the step that ran, and nothing else', async () => {
    const own = newPool(), session = await own.session(way().endpoint, way().become)
    const removal = step('echo x; rm -rf "$_pd"')
    const [while_, after] = await session.run([removal, step('echo after', { stdin: Buffer.from('in') })])
    assert.is(while_?.rc, 0)
    assert.match(while_?.lost ?? '', 'the output is lost')
    assert.equal([after?.stdout, after?.lost], ['after\n', undefined])
    await run(step(`rm -rf ${await folderOf(session)}`))
    assert.equal(first(await session.run([step('echo again')])).stdout, 'again\n')
    await own.close()
  })
  test('leaves nothing behind', async () => {
    const own = newPool()
    const other = await own.session(way().endpoint, way().become)
    const folders = [await folderOf(other)]
    await other.run([step('echo x', { stdin: Buffer.from([0]) }), step('kill -9 $$')])
    folders.push(await folderOf(other))
    await other.run([step('cat >/dev/null', { stdin: Buffer.alloc(300_000) })])
    const long = other.run([step('sleep 1; echo end')], { onOutput: () => undefined })
    await long
    await own.close()
    for (const folder of folders) {
      assert.match(folder, /\.play-/)
      assert.is((await run(step(`if [ -e ${folder} ]; then echo there; else echo gone; fi`))).stdout, 'gone\n')
    }
  })
  test('a bad name of a variable is refused before anything runs', async () => {
    assert.is((await faultOf(session.run([step('echo x', { env: { 'a b': '1' } })]))).code, 'step-variable')
  })
  test('many sessions and one account', async () => {
    const { endpoint, become } = way()
    const [a, b] = await Promise.all([pool.session(endpoint, become), pool.session({ ...endpoint }, become === undefined ? undefined : { ...become })])
    assert.is(a, b)
    await pool.reset(endpoint)
    const again = await pool.session(endpoint, become)
    assert.is.not(again, session)
    assert.match((await faultOf(session.run([step(':')]))).code, /^unreachable/)
    session = again
    assert.is((await run(step('echo again'))).stdout, 'again\n')
  })
  test.run()
}
