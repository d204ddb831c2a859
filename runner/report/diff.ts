/** Unified diffs of a task's changes, laid out as Ansible's: texts line by line, attributes as two JSON objects. */
import type { Json } from '../core/types.ts'
import type { Change } from '../core/plan.ts'
import { matchingRuns } from './sequence.ts'
import { createPaint, dumps } from './style.ts'
import type { Paint } from './style.ts'

interface Edit { readonly isSame: boolean; readonly aFrom: number; readonly aTo: number; readonly bFrom: number; readonly bTo: number }

/** What happens to which lines, in order. */
function edits(a: readonly string[], b: readonly string[]): Edit[] {
  const out: Edit[] = []
  let [i, j] = [0, 0]
  for (const run of matchingRuns(a, b)) {
    if (i < run.a || j < run.b) out.push({ isSame: false, aFrom: i, aTo: run.a, bFrom: j, bTo: run.b })
    i = run.a + run.size
    j = run.b + run.size
    if (run.size > 0) out.push({ isSame: true, aFrom: run.a, aTo: i, bFrom: run.b, bTo: j })
  }
  return out
}

/** Edits in groups, with up to so many equal lines around each. */
function hunks(all: readonly Edit[], context: number): Edit[][] {
  const groups: Edit[][] = []
  let group: Edit[] = []
  all.forEach((edit, i) => {
    if (!edit.isSame) { group.push(edit); return }
    const length = edit.aTo - edit.aFrom
    const head = Math.min(context, length)
    const isLast = i === all.length - 1
    if (i > 0 && (isLast || length > 2 * context)) {
      group.push({ ...edit, aTo: edit.aFrom + head, bTo: edit.bFrom + head })
      groups.push(group)
      group = []
    } else if (i > 0) group.push(edit)
    if (!isLast && (i === 0 || length > 2 * context)) group.push({ ...edit, aFrom: edit.aTo - head, bFrom: edit.bTo - head })
  })
  if (group.length > 0) groups.push(group)
  return groups.filter((one) => one.some((edit) => !edit.isSame))
}

const range = (from: number, to: number): string => to - from === 1 ? String(from + 1) : `${to === from ? from : from + 1},${to - from}`

/** Lines of a text; one that does not end in a newline says so. */
function linesOf(text: string): string[] {
  if (text === '') return []
  const lines = text.split('\n')
  const last = lines.pop() ?? ''
  return last === '' ? lines : [...lines, `${last}\n\\ No newline at end of file`]
}

/** The diff, or nothing where the texts are the same. */
export function unified(before: string, after: string, beforeName: string, afterName: string, paint: Paint = createPaint(false), context = 3): string {
  const [a, b] = [linesOf(before), linesOf(after)]
  const groups = hunks(edits(a, b), context)
  if (groups.length === 0) return ''
  const out = [paint(`--- ${beforeName}`, 'removed'), paint(`+++ ${afterName}`, 'added')]
  for (const group of groups) {
    const [first, last] = [group[0], group.at(-1)]
    if (first === undefined || last === undefined) continue
    out.push(paint(`@@ -${range(first.aFrom, last.aTo)} +${range(first.bFrom, last.bTo)} @@`, 'hunk'))
    for (const edit of group) {
      if (edit.isSame) out.push(...a.slice(edit.aFrom, edit.aTo).map((line) => ` ${line}`))
      else out.push(...a.slice(edit.aFrom, edit.aTo).map((line) => paint(`-${line}`, 'removed')), ...b.slice(edit.bFrom, edit.bTo).map((line) => paint(`+${line}`, 'added')))
    }
  }
  return out.join('\n')
}

type Attribute = Extract<Change, { kind: 'attr' }>
type TextChange = Extract<Change, { kind: 'text' }>

function textDiff(change: TextChange, paint: Paint, context: number): string {
  const { before, after, of, note } = change
  const named = note !== undefined ? `${of} (${note})` : change.part === undefined ? of : `${of} (${change.part})`
  if (before === after) return note === undefined ? '' : [paint(`--- before: ${of}`, 'removed'), paint(`+++ after: ${named}`, 'added')].join('\n')
  return unified(before, after, before === '' ? 'before' : `before: ${named}`, after === '' ? 'after' : `after: ${named}`, paint, context)
}

function attributeDiff(of: string, changes: readonly Attribute[], suffix: string, paint: Paint, context: number): string {
  const own = suffix === '' ? { [of.startsWith('/') ? 'path' : 'name']: of } : {}
  const object = (pick: (change: Attribute) => Json): string => `${dumps({ ...own, ...Object.fromEntries(changes.map((change) => [change.name, pick(change)])) }, 4)}\n`
  return unified(object((change) => change.before), object((change) => change.after), `before${suffix}`, `after${suffix}`, paint, context)
}

/** All diffs of one result, each followed by an empty line; '' where there is nothing to show. */
export function diffOf(changes: readonly Change[], paint: Paint = createPaint(false), context = 3): string {
  const texts = changes.filter((change): change is TextChange => change.kind === 'text')
  const written = new Set(texts.map((change) => change.of))
  // That a file with a text diff comes to be needs no second diff to say so.
  const attributes = changes.filter((change): change is Attribute => change.kind === 'attr' && !(change.name === 'state' && written.has(change.of)))
  const parts = texts.map((change) => textDiff(change, paint, context))
  for (const of of new Set(attributes.map((change) => change.of))) {
    parts.push(attributeDiff(of, attributes.filter((change) => change.of === of), written.has(of) ? `: ${of} (file attributes)` : '', paint, context))
  }
  return parts.filter((part) => part !== '').map((part) => `${part}\n\n`).join('')
}

/** The commands that a dry run did not run. */
export const wouldRun = (changes: readonly Change[]): readonly string[] => changes.flatMap((change) => change.kind === 'run' ? [`would run: ${change.cmd}`] : [])
