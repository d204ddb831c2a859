import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Change } from '../../runner/core/plan.ts'
import { diffOf, unified, wouldRun } from '../../runner/report/diff.ts'
import { createPaint } from '../../runner/report/style.ts'

/** [before, after, diff] as Python's difflib.unified_diff made it (random edits of random texts). */
const recorded: readonly (readonly [string, string, string])[] = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/difflib.json'), 'utf8'))
const attr = (of: string, name: string, before: Extract<Change, { kind: 'attr' }>['before'], after: Extract<Change, { kind: 'attr' }>['after']): Change => ({ kind: 'attr', of, name, before, after })

test('the hunks are those of difflib', () => {
  assert.ok(recorded.length > 50)
  for (const [before, after, diff] of recorded) {
    const made = unified(before, after, 'before: x', 'after: x')
    assert.is(made === '' ? '' : `${made}\n`, diff)
  }
})

test('a new file, an emptied one, and one without a newline at its end', () => {
  assert.is(diffOf([{ kind: 'text', of: '/f', before: '', after: 'a\n' }]), '--- before\n+++ after: /f\n@@ -0,0 +1 @@\n+a\n\n')
  assert.is(diffOf([{ kind: 'text', of: '/f', before: 'a\n', after: '' }]), '--- before: /f\n+++ after\n@@ -1 +0,0 @@\n-a\n\n')
  assert.is(diffOf([{ kind: 'text', of: '/f', before: 'a', after: 'a\n' }]), '--- before: /f\n+++ after: /f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n\n')
})

test('attributes are two JSON objects, one diff a thing', () => {
  assert.is(diffOf([attr('/d', 'state', 'absent', 'directory'), attr('/d', 'mode', '0755', '0700'), attr('app', 'uid', null, 10)]), `--- before
+++ after
@@ -1,5 +1,5 @@
 {
-    "mode": "0755",
+    "mode": "0700",
     "path": "/d",
-    "state": "absent"
+    "state": "directory"
 }

--- before
+++ after
@@ -1,4 +1,4 @@
 {
     "name": "app",
-    "uid": null
+    "uid": 10
 }

`)
})

test('attributes of a file whose text changes follow it, without its state', () => {
  assert.is(diffOf([attr('/f', 'state', 'absent', 'file'), { kind: 'text', of: '/f', before: '', after: 'a\n' }, attr('/f', 'mode', '0600', '0644')]), `--- before
+++ after: /f
@@ -0,0 +1 @@
+a

--- before: /f (file attributes)
+++ after: /f (file attributes)
@@ -1,3 +1,3 @@
 {
-    "mode": "0600"
+    "mode": "0644"
 }

`)
})

test('what has no text to show says so; commands are no diff', () => {
  assert.is(diffOf([{ kind: 'text', of: '/f', before: '', after: '', note: 'binary' }]), '--- before: /f\n+++ after: /f (binary)\n\n')
  assert.is(diffOf([{ kind: 'run', cmd: 'make' }]), '')
  assert.equal(wouldRun([{ kind: 'run', cmd: 'make' }, attr('/f', 'a', 1, 2)]), ['would run: make'])
})

test('colours: added green, removed red, places cyan', () => {
  assert.is(unified('a\n', 'b\n', 'before', 'after', createPaint(true)),
    '\x1b[0;31m--- before\x1b[0m\n\x1b[0;32m+++ after\x1b[0m\n\x1b[0;36m@@ -1 +1 @@\x1b[0m\n\x1b[0;31m-a\x1b[0m\n\x1b[0;32m+b\x1b[0m')
})

test('texts of 20,000 lines are compared in moments', () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i % 5000}`)
  const changed = lines.with(10_000, 'other')
  const started = process.cpuUsage().user
  assert.match(unified(lines.join('\n'), changed.join('\n'), 'before', 'after'), '+other')
  assert.ok((process.cpuUsage().user - started) / 1000 < 3000)
})

test.run()
