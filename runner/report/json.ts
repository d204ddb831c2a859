/** One event a line, as JSON, and nothing else on the standard output. */
import type { Event, Reporter } from '../core/events.ts'
import { drawError, drawWarning } from './frame.ts'

export interface Sink { write(text: string): unknown }

export function createJson(out: Sink, err: Sink): Reporter {
  return {
    on(event: Event): void {
      out.write(`${JSON.stringify({ time: new Date().toISOString(), ...event }, plain)}\n`)
      // Someone may watch only what goes wrong.
      if (event.type === 'error') err.write(`${drawError(event.error)}\n`)
      if (event.type === 'warning') err.write(`${drawWarning(event.message, event.loc, undefined, event.mistake)}\n`)
    },
    close: async () => { /* nothing is kept back */ },
  }
}
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value)
  if (value instanceof Set) return [...value]
  return typeof value === 'bigint' ? Number(value) : value
}
