import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { selected } from '../../runner/playbook/tags.ts'

/** Tags of the task, --tags, --skip-tags, as ansible-playbook --list-tasks answers. */
const cases: [string, string, string, boolean][] = [
  ['', '', '', true], ['', 'all', '', true], ['a', 'a', '', true], ['a', 'b', '', false], ['', 'a', '', false], ['a,b', 'b', '', true],
  ['always', 'x', '', true], ['always', '', 'always', false], ['always,a', 'x', 'a', false], ['never', '', '', false], ['never', 'never', '', true], ['never,a', 'a', '', true],
  ['never', 'all', '', false], ['never,a', 'tagged', '', false], ['always,never', '', '', true],
  ['', 'tagged', '', false], ['a', 'tagged', '', true], ['', 'untagged', '', true], ['a', 'untagged', '', false], ['always', 'untagged', '', true],
  ['a', '', 'a', false], ['a', '', 'b', true], ['', '', 'tagged', true], ['a', '', 'tagged', false], ['', '', 'untagged', false], ['a', '', 'untagged', true],
  ['', '', 'all', false], ['always', '', 'all', true], ['always', '', 'all,always', false], ['a,b', 'a', 'b', false],
]
for (const [tags, only, skip, expected] of cases) {
  const list = (text: string): string[] => text === '' ? [] : text.split(',')
  test(`[${tags}] -t ${only} --skip-tags ${skip}`, () => assert.is(selected(list(tags), list(only), list(skip)), expected))
}
test.run()
