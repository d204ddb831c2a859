/** Python regular expressions in the form JavaScript reads, as far as they differ in what people search logs for. */
import { Failure } from '../../core/errors.ts'

/** Multi-line, as wait_for searches. */
export function pythonRegex(source: string): RegExp {
  const flags = new Set(['m'])
  const body = source.replace(/^\(\?([aiLmsux]+)\)/, (_, letters: string) => { for (const one of letters) if (one === 'i' || one === 's') flags.add(one); return '' })
    .replaceAll('(?P<', '(?<').replace(/\(\?P=(\w+)\)/g, '\\k<$1>').replaceAll('\\A', '(?<![\\s\\S])').replaceAll('\\Z', '(?![\\s\\S])')
  try {
    return new RegExp(body, [...flags].join(''))
  } catch (error) {
    throw new Failure(`Invalid regular expression '${source}': ${error instanceof Error ? error.message : String(error)}`)
  }
}
