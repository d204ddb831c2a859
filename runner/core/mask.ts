/** Replaces secret values in whatever is about to be shown. Secrecy belongs to the value: it is masked in every sink. */

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

export function createMasker(): Masker {
  const secrets = new Set<string>()
  let pattern: RegExp | undefined
  const compile = (): void => {
    const longestFirst = [...secrets].sort((a, b) => b.length - a.length)
    pattern = new RegExp(longestFirst.map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g')
  }
  const text = (shown: string): string => {
    if (secrets.size === 0) return shown
    if (pattern === undefined) compile()
    return pattern === undefined ? shown : shown.replace(pattern, stars)
  }
  const value = (shown: unknown): unknown => {
    if (typeof shown === 'string') return text(shown)
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
