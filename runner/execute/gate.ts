/** Lets at most so many pass at once (forks, throttle). */

export interface Gate { run<T>(work: () => Promise<T>): Promise<T> }

export function createGate(width: number): Gate {
  let free = Math.max(1, width)
  /** A set keeps its order, and taking the first of thousands moves none of the others. */
  const waiting = new Set<() => void>()
  const enter = (): Promise<void> | undefined => {
    if (free > 0) { free -= 1; return undefined }
    return new Promise((resolve) => { waiting.add(resolve) })
  }
  const leave = (): void => {
    const [next] = waiting
    if (next === undefined) { free += 1; return }
    waiting.delete(next)
    next()
  }
  return {
    async run(work) {
      await enter()
      try { return await work() } finally { leave() }
    },
  }
}
