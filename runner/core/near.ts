/** The nearest right name for a wrong one, for error messages. */

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  let before: number[] = []
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      next.push(cost)
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}

/** The candidate with the fewest typing mistakes, if that is close enough to be meant; transposed letters count once. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.min(Math.max(1, Math.floor(name.length / 3)) + 1, Math.max(1, name.length))
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= least) continue
    // of two that differ in case only, the one written more alike
    const found = distance(name.toLowerCase(), candidate.toLowerCase()) + distance(name, candidate) / 1000
    if (found < least) { best = candidate; least = found }
  }
  return best
}
