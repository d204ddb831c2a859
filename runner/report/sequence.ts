/**
 * Which lines of two texts belong together: the longest common run, then the same on both sides of it. Python's difflib does this, so our
 * diffs have the same hunks as Ansible's.
 */

export interface Match { readonly a: number; readonly b: number; readonly size: number }

/** Runs of equal lines, in order, ending with an empty one at the ends. */
export function matchingRuns(a: readonly string[], b: readonly string[]): Match[] {
  const places = placesOf(b)
  const found: Match[] = []
  const waiting: [number, number, number, number][] = [[0, a.length, 0, b.length]]
  for (let range = waiting.pop(); range !== undefined; range = waiting.pop()) {
    const [aFrom, aTo, bFrom, bTo] = range
    const run = longest(a, b, places, aFrom, aTo, bFrom, bTo)
    if (run.size === 0) continue
    found.push(run)
    if (aFrom < run.a && bFrom < run.b) waiting.push([aFrom, run.a, bFrom, run.b])
    if (run.a + run.size < aTo && run.b + run.size < bTo) waiting.push([run.a + run.size, aTo, run.b + run.size, bTo])
  }
  found.sort((x, y) => x.a - y.a || x.b - y.b)
  const merged: { a: number; b: number; size: number }[] = []
  for (const run of found) {
    const last = merged.at(-1)
    if (last !== undefined && last.a + last.size === run.a && last.b + last.size === run.b) last.size += run.size
    else merged.push({ ...run })
  }
  return [...merged, { a: a.length, b: b.length, size: 0 }]
}

/** Lines that make up more than a hundredth of a long text say nothing about where a run starts. */
function placesOf(b: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>()
  b.forEach((line, i) => {
    const known = places.get(line)
    if (known === undefined) places.set(line, [i])
    else known.push(i)
  })
  if (b.length >= 200) for (const [line, at] of places) if (at.length > Math.floor(b.length / 100) + 1) places.delete(line)
  return places
}

function longest(a: readonly string[], b: readonly string[], places: ReadonlyMap<string, readonly number[]>, aFrom: number, aTo: number, bFrom: number, bTo: number): Match {
  let [bestA, bestB, size] = [aFrom, bFrom, 0]
  let lengths = new Map<number, number>()
  for (let i = aFrom; i < aTo; i++) {
    const next = new Map<number, number>()
    for (const j of places.get(a[i] ?? '') ?? []) {
      if (j < bFrom) continue
      if (j >= bTo) break
      const length = (lengths.get(j - 1) ?? 0) + 1
      next.set(j, length)
      if (length > size) [bestA, bestB, size] = [i - length + 1, j - length + 1, length]
    }
    lengths = next
  }
  // Frequent lines were left out above; a run may still grow over them.
  while (bestA > aFrom && bestB > bFrom && a[bestA - 1] === b[bestB - 1]) { bestA--; bestB--; size++ }
  while (bestA + size < aTo && bestB + size < bTo && a[bestA + size] === b[bestB + size]) size++
  return { a: bestA, b: bestB, size }
}
