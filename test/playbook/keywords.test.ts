import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { includeKeywords, keywords, namesOn } from '../../runner/playbook/keywords.ts'
import type { Place } from '../../runner/playbook/keywords.ts'

/** Ansible's own list of what may stand where (its keyword reference, ansible-core 2.21); `user` and `local_action` are handled aside there. */
const everywhere = 'any_errors_fatal become become_exe become_flags become_method become_user check_mode collections connection debugger diff environment ignore_errors ignore_unreachable module_defaults name no_log port remote_user run_once tags throttle timeout vars'
const inPlay = `${everywhere} delegate_facts delegate_to when`
const task = `${inPlay} action args async changed_when delay failed_when local_action loop loop_control notify poll register retries until`
const reference: Readonly<Record<Place, string>> = {
  play: `${everywhere} fact_path force_handlers gather_facts gather_subset gather_timeout handlers hosts max_fail_percentage order post_tasks pre_tasks roles serial strategy tasks user validate_argspec vars_files vars_prompt`,
  role: `${inPlay} role`, block: `${inPlay} always block notify rescue`, task, handler: `${task} listen`,
}
for (const [place, names] of Object.entries(reference)) {
  test(`keywords of a ${place}`, () => assert.equal(namesOn(place === 'play' || place === 'role' || place === 'block' || place === 'task' ? place : 'handler').sort(), names.split(' ').sort()))
}
test('every row says what it is for, and why where it has no effect', () => {
  for (const [name, row] of Object.entries(keywords)) assert.ok(row.doc.endsWith('.') && (row.ignored === undefined || row.ignored.length > 10), name)
})
test('what an include may carry is a keyword', () => {
  assert.equal([...includeKeywords].filter((name) => keywords[name] === undefined), ['loop_with'])
})
test.run()
