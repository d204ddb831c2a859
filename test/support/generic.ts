/**
 * All modules, one suite: every case with a `machine` runs in containers. The plan is made (as a dry run would), its steps are run, then:
 * what was predicted is what is read, a plan over the predictions is empty, a new plan is empty, and the changes announced before
 * are the ones a second look at the start would make. CASES=file,copy limits it to modules.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Failure } from '../../runner/core/errors.ts'
import type { Data } from '../../runner/core/types.ts'
import type { Module, Plan, Ran } from '../../runner/core/plan.ts'
import { Unknown, UnknownValue } from '../../runner/core/value.ts'
import { argsOf, loadModule, readCases, shown } from './cases.ts'
import type { Case } from './cases.ts'
import { openMachine } from './machine.ts'
import type { Kind, TestMachine } from './machine.ts'
import { checkPredictions } from './predictions.ts'

const cases = readCases().filter((one) => one.machine !== undefined)

async function expectFailure(machine: TestMachine, module: Module, one: Case): Promise<void> {
  const before = await machine.sh('find /t -exec ls -ldn {} + 2>/dev/null; find /t -type f -exec sha1sum {} +')
  const said = await failureOf(machine, module, one)
  assert.match(said, new RegExp(one.fails ?? ''))
  assert.is(await machine.sh('find /t -exec ls -ldn {} + 2>/dev/null; find /t -type f -exec sha1sum {} +'), before, 'a failure leaves nothing behind')
}
async function failureOf(machine: TestMachine, module: Module, one: Case): Promise<string> {
  try {
    const plan = await module.plan(argsOf(module, one), machine.target(one))
    const ran = await machine.run(plan.steps)
    const last = ran.at(-1)
    return ran.length < plan.steps.length || !isFine(plan, ran) ? `${last?.stderr}${last?.stdout}` : assert.unreachable(`it must fail, but: ${JSON.stringify(plan.changes)}`) ?? ''
  } catch (error) {
    if (error instanceof Failure || (error instanceof Error && error.name === 'Fault')) return error.message
    throw error
  }
}
const isFine = (plan: Plan, ran: readonly Ran[]): boolean => ran.length === plan.steps.length && ran.every(({ rc }, i) => {
  const ok = plan.steps[i]?.okRc ?? [0]
  return ok === 'any' || ok.includes(rc)
})

function checkData(data: Data | undefined, expected: Data | undefined): void {
  for (const [key, value] of Object.entries(expected ?? {})) assert.equal(data?.[key], value, `result key ${key}`)
}

async function apply(machine: TestMachine, module: Module, one: Case): Promise<void> {
  const plan = await module.plan(argsOf(module, one), machine.target(one))
  assert.is(plan.changes.length === 0, plan.steps.length === 0, 'changes and steps are both empty or both not')
  if (one.changes !== undefined) assert.equal(plan.changes.map(shown), [...one.changes])
  checkData(plan.data, one.data)
  const ran = await machine.run(plan.steps)
  assert.ok(isFine(plan, ran), `step ${ran.length} of ${plan.steps.length} failed: ${plan.steps[ran.length - 1]?.sh}\n${ran.at(-1)?.stderr}${ran.at(-1)?.stdout}`)
  checkData({ ...plan.data, ...plan.done?.(ran) }, one.register)
  await checkPredictions(machine, plan.after ?? [], one.name)
  if (one.then !== undefined) await machine.sh(`cd /t; ${one.then}`)
  if (one.again) return
  const before = machine.session.trips
  const second = await module.plan(argsOf(module, one), machine.target(one))
  assert.ok(machine.session.trips - before <= one.trips, `a task that finds nothing to do took ${machine.session.trips - before} round trips`)
  assert.equal(second.changes, [], 'a second run must find nothing to do')
  await checkDry(machine, module, one, plan)
}

/** Over its own predictions a plan has nothing left to do either: later tasks of a dry run see the same. */
async function checkDry(machine: TestMachine, module: Module, one: Case, plan: Plan): Promise<void> {
  if (!one.dry) return
  await prepare(machine, one)
  try {
    const foreseen = await module.plan(argsOf(module, one), machine.target(one, plan.after ?? []))
    assert.equal(foreseen.changes, [], 'over its own predictions it must find nothing to do')
  } catch (error) {
    if (!(error instanceof UnknownValue)) throw error
    assert.ok((plan.after ?? []).some((each) => 'unknown' in each || each.value instanceof Unknown), `unknown over its own predictions: ${error.reason}`)
  }
}

async function prepare(machine: TestMachine, one: Case): Promise<void> {
  if (machine.kind === 'debian' && one.packages.length > 0) {
    const names = one.packages.join(' ')
    await machine.sh(`dpkg -s ${names} >/dev/null 2>&1 || { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qqy install --no-install-recommends ${names} >/dev/null; }`)
  }
  await machine.sh(`rm -rf /t && mkdir /t && cd /t && umask 022 && ${typeof one.machine === 'string' ? `( ${one.machine}\n)` : ':'}`)
}

/** The cases of these modules on one kind of machine; each call wants a process of its own, so that two run side by side. */
export function genericSuite(kind: Kind, belongs: (module: string) => boolean): void {
  const own = cases.filter((one) => one.on.includes(kind) && belongs(one.module))
  if (own.length === 0) return
  const on = suite<{ machine?: TestMachine }>(`modules on ${kind}`)
  on.before(async (context) => { context.machine = await openMachine(kind) })
  on.after(async (context) => { await context.machine?.close() })
  for (const one of own) {
    on(`${one.module}: ${one.name}`, async ({ machine }) => {
      if (machine === undefined) throw new Error('no machine')
      const module = await loadModule(one.module)
      await prepare(machine, one)
      if (one.fails === undefined) await apply(machine, module, one)
      else await expectFailure(machine, module, one)
    })
  }
  on.run()
}
