/**
 * The language against recorded runs of ansible-core: every case of cases/ is run by `play` from the same start, and lines, recap, exit
 * code and files are compared. How answers are recorded: record.py. What is made equal before: normal.ts.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { keywords } from '../../runner/playbook/keywords.ts'
import { answerOf, caseNames, playCase, readCase } from './case.ts'
import { comparable } from './normal.ts'

const wanted = process.env['CONFORMANCE']?.split(',').filter((name) => name !== '')
for (const name of caseNames().filter((one) => wanted === undefined || wanted.length === 0 || wanted.includes(one))) {
  test(name, async () => {
    const one = readCase(name), answer = answerOf(name)
    assert.is(answer.case, one.hash, 'the case was changed after its answer was recorded: run record.py')
    const ours = await playCase(one)
    const found = comparable(ours, one, 'ours'), expected = comparable(answer, one, 'ansible')
    assert.fixture(found.stdout, expected.stdout, one.rule)
    assert.is(found.code, expected.code, `${one.rule} (exit code)`)
    assert.equal(found.files, expected.files, `${one.rule} (files)`)
  })
}
test('every keyword is in a case', () => {
  const text = caseNames().flatMap((name) => Object.values(readCase(name).files)).join('\n')
  const missing = Object.keys(keywords).filter((name) => !new RegExp(`(^|[\\s{,-])${name}:`, 'm').test(text))
  assert.equal(missing, [])
})
test('there are answers to cases only', () => {
  assert.ok(caseNames().length >= 60)
})

test.run()
