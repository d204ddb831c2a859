/** Python: pprint.pformat, as it works inside of Ansible: containers on one line, long text in several literals of 80 characters. */
import { pyRepr } from './python.ts'

const width = 80

/** Cut after spaces, and after line ends. */
function pieces(value: string): string[] {
  const parts: string[] = []
  for (const line of value.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    let current = ''
    for (const word of pyRepr(line).length < width ? [line] : line.match(/\S*\s*/g)?.filter((one) => one !== '') ?? []) {
      if (current !== '' && pyRepr(current + word).length > width - 1) { parts.push(current); current = word } else current += word
    }
    parts.push(current)
  }
  return parts
}

export function pformat(value: unknown): string {
  const short = pyRepr(value)
  if (typeof value !== 'string' || short.length <= width) return short
  const parts = pieces(value).map(pyRepr)
  return parts.length === 1 ? short : `(${parts.join('\n ')})`
}
