/** Options of the small commands (`play inventory`, `play vault`): a table of flags gives parsing, errors and the help text. */
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'

export interface Flag {
  readonly names: readonly string[]
  /** Name of its value in the help; none: a switch. */
  readonly value?: string
  readonly help: string
}
export interface Parsed<K extends string> { readonly values: ReadonlyMap<K, readonly string[]>; readonly rest: readonly string[] }

/** `apart`: flags of which one call may name but one. Throws an `arguments` fault for what is not understood. */
export function parseArguments<K extends string>(argv: readonly string[], flags: Readonly<Partial<Record<K, Flag>>>, apart: readonly (readonly K[])[] = []): Parsed<K> {
  const values = new Map<K, string[]>(), rest: string[] = []
  const table = keysOf(flags).flatMap((key) => { const flag = flags[key]; return flag === undefined ? [] : [{ key, flag }] })
  const find = (name: string): { readonly key: K; readonly flag: Flag } => {
    const exact = table.find(({ flag }) => flag.names.includes(name))
    const [only, ...more] = exact !== undefined ? [exact] : name.startsWith('--') ? table.filter(({ flag }) => flag.names.some((one) => one.startsWith(name))) : []
    if (only === undefined || more.length > 0) throw bad(`there is no option ${name}`, nearest(name, table.flatMap(({ flag }) => [...flag.names])))
    return only
  }
  const add = (key: K, value: string): void => { values.set(key, [...values.get(key) ?? [], value]) }
  const namesOf = (key: K): string => flags[key]?.names.join('/') ?? key
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? ''
    if (word === '--') { rest.push(...argv.slice(i + 1)); break }
    if (!word.startsWith('-') || word === '-') { rest.push(word); continue }
    for (const { name, attached, more } of split(word)) {
      const { key, flag } = find(name)
      if (flag.value === undefined && attached !== undefined && !more) throw bad(`${name} takes no value`)
      if (flag.value === undefined) { add(key, ''); continue }
      const value = attached ?? argv[++i]
      if (value === undefined) throw bad(`${name} needs a value`)
      add(key, value)
      break
    }
  }
  for (const keys of apart) {
    const [first, second] = keys.filter((key) => values.has(key))
    if (first !== undefined && second !== undefined) throw bad(`argument ${namesOf(second)}: not allowed with argument ${namesOf(first)}`)
  }
  return { values, rest }
}
const bad = (message: string, near?: string): Error => fault('arguments', undefined, { message, near })

/** `--name=value` is one flag; `-vJ` may be two, or a flag and its value: the table decides. */
function split(word: string): readonly { readonly name: string; readonly attached: string | undefined; readonly more: boolean }[] {
  if (word.startsWith('--')) {
    const equals = word.indexOf('=')
    return [equals > 0 ? { name: word.slice(0, equals), attached: word.slice(equals + 1), more: false } : { name: word, attached: undefined, more: false }]
  }
  return Array.from(word.slice(1), (letter, at) => ({ name: `-${letter}`, attached: at + 2 === word.length ? undefined : word.slice(at + 2), more: true }))
}

export function helpOf(usage: string, flags: Readonly<Partial<Record<string, Flag>>>): string {
  const lines = Object.values(flags).filter((flag) => flag !== undefined).map(({ names, value, help }) => {
    const left = `  ${names.join(', ')}${value === undefined ? '' : ` ${value}`}`
    return left.length > 38 ? `${left}\n${' '.repeat(40)}${help}` : `${left.padEnd(40)}${help}`
  })
  return `${[`usage: ${usage}`, '', ...lines].join('\n')}\n`
}

const keysOf = <K extends string>(record: Readonly<Partial<Record<K, unknown>>>): K[] => {
  const keys: K[] = []
  for (const key in record) keys.push(key)
  return keys
}
