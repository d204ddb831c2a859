import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Fault } from '../../runner/core/errors.ts'
import { Template } from '../../runner/core/value.ts'
import { createEvaluator } from '../../runner/vars/evaluate.ts'

const evaluate = createEvaluator({ cwd: '.', decrypt: () => '', warn: () => undefined })

test('expressions over variables, templates among them', () => {
  const vars = { env: 'prod', name: new Template('{{ env }}-1') }
  assert.is(evaluate('env | upper', vars), 'PROD')
  assert.is(evaluate("env == 'prod'", vars), true)
  assert.is(evaluate('name', vars), 'prod-1')
  assert.equal(evaluate('[env, 1]', vars), ['prod', 1])
})
test('a name that is not there is a fault once it is used', () => {
  assert.throws(() => evaluate('nope.x', {}), (error: unknown) => error instanceof Fault)
})

test.run()
