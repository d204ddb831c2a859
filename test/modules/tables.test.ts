/** Every module against its table in test/cases: arguments and answers in, changes, steps and failures out. No machine. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Failure } from '../../runner/core/errors.ts'
import type { Plan } from '../../runner/core/plan.ts'
import { argsOf, loadModule, readCases, shown } from '../support/cases.ts'
import type { Case } from '../support/cases.ts'
import { fakeTarget } from '../support/fake-target.ts'

function check(one: Case, plan: Plan): void {
  assert.is(plan.changes.length === 0, plan.steps.length === 0, 'changes and steps are both empty or both not')
  if (one.changes !== undefined) assert.equal(plan.changes.map(shown), [...one.changes])
  if (typeof one.steps === 'number') assert.is(plan.steps.length, one.steps)
  else for (const text of one.steps ?? []) assert.ok(plan.steps.some((step) => step.sh.includes(text)), `no step has ${text}:\n${plan.steps.map((step) => step.sh).join('\n')}`)
  for (const [key, value] of Object.entries(one.data ?? {})) assert.equal(plan.data?.[key], value, `result key ${key}`)
}

for (const one of readCases().filter((each) => each.reads !== undefined || each.machine === undefined)) {
  test(`${one.module}: ${one.name}`, async () => {
    const module = await loadModule(one.module)
    if (one.fails === undefined) return check(one, await module.plan(argsOf(module, one), fakeTarget(one)))
    try {
      await module.plan(argsOf(module, one), fakeTarget(one))
    } catch (error) {
      assert.ok(error instanceof Failure || (error instanceof Error && error.name === 'Fault'), String(error))
      assert.match(error.message, new RegExp(one.fails))
      return
    }
    assert.unreachable('it must fail')
  })
}
test.run()
