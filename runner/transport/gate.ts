/** Lets a limited number through at a time, in order of arrival. */
export class Gate {
  private free: number
  private readonly queue: (() => void)[] = []
  constructor(limit: number) { this.free = limit }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--
    else await new Promise<void>((resolve) => this.queue.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.queue.shift()
      if (next === undefined) this.free++
      else next()
    }
  }
}
