/** Replaces secret values in whatever is about to be shown. Secrecy belongs to the value: it is masked in every sink. */
import type { Arg, ArgSpec } from './plan.ts'
import { dictEntries, dictGet, isDict } from './value.ts'

const stars = '********'

export interface Masker {
  /** From now on this text, and what JSON, base64 and shell quoting make of it, is masked. Texts under 3 characters are not: they would blank out everything. */
  add(secret: string): void
  text(shown: string): string
  /** A copy with every string in it masked; the value itself if nothing had to be. */
  value<T>(shown: T): T
}

const forms = (secret: string): string[] => [
  secret, JSON.stringify(secret).slice(1, -1), Buffer.from(secret).toString('base64'), secret.replaceAll("'", `'\\''`),
]

/** `pattern` looks at every place for the longest secret that begins there: secrets that overlap leave no rest of one another. */
function masked(shown: string, pattern: RegExp): string {
  let out = '', end = 0
  for (const { index, 1: found = '' } of shown.matchAll(pattern)) {
    if (index >= end) out += shown.slice(end, index) + stars
    end = Math.max(end, index + found.length)
  }
  return out + shown.slice(end)
}

export function createMasker(): Masker {
  const secrets = new Set<string>()
  let pattern: RegExp | undefined
  const compile = (): void => {
    const longestFirst = [...secrets].sort((a, b) => b.length - a.length)
    pattern = new RegExp(`(?=(${longestFirst.map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')}))`, 'g')
  }
  const text = (shown: string): string => {
    if (secrets.size === 0) return shown
    if (pattern === undefined) compile()
    return pattern === undefined ? shown : masked(shown, pattern)
  }
  const value = (shown: unknown): unknown => {
    if (typeof shown === 'string') return text(shown)
    if (typeof shown === 'number') return secrets.has(String(shown)) ? stars : shown
    if (Array.isArray(shown)) return shown.map(value)
    if (shown instanceof Map) return new Map([...shown].map(([key, item]) => [key, value(item)]))
    if (typeof shown === 'object' && shown !== null && Object.getPrototypeOf(shown) === Object.prototype) {
      return Object.fromEntries(Object.entries(shown).map(([key, item]) => [text(key), value(item)]))
    }
    return shown
  }
  return {
    add(secret) {
      for (const line of [secret, ...secret.split('\n')]) {
        if (line.trim().length < 3) continue
        for (const form of forms(line)) secrets.add(form)
      }
      pattern = undefined
    },
    text,
    value: <T>(shown: T): T => secrets.size === 0 ? shown : value(shown) as T,
  }
}

/** Texts among these arguments that their declaration calls secret: also in options of options, also numbers. A declared default is none, everybody can read it. */
export function secretTexts(spec: ArgSpec, values: unknown): readonly string[] {
  if (!isDict(values)) return []
  const found: string[] = []
  for (const [name, arg] of Object.entries(spec)) {
    for (const spelled of [name, ...arg.aliases ?? []]) found.push(...secretsOf(arg, dictGet(values, spelled)))
  }
  return found
}
function secretsOf(arg: Arg, value: unknown): readonly string[] {
  if (arg.secret === true) return value === arg.default ? [] : textsIn(value)
  const { options } = arg
  return options === undefined ? [] : [value].flat().flatMap((one) => secretTexts(options, one))
}
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  if (typeof value === 'number') return [String(value)]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return isDict(value) ? dictEntries(value).flatMap(([, one]) => textsIn(one)) : []
}
