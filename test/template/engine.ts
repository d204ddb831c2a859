/** An engine and scopes for the tests of the template language. */
import { dictEntries, isDict, makeDict, Template } from '../../runner/core/value.ts'
import type { Jinja, Services, Vars } from '../../runner/template/call.ts'
import { createJinja } from '../../runner/template/jinja.ts'
import { dumpYaml } from '../../runner/yaml/dump.ts'
import { loadYaml } from '../../runner/yaml/load.ts'

export function engine(): { jinja: Jinja; services: Services; warnings: string[]; secrets: string[] } {
  const warnings: string[] = []
  const secrets: string[] = []
  const services: Services = {
    parseYaml: (text, file) => loadYaml(text, file, { templates: false }).value,
    dumpYaml,
    decrypt: (ciphertext) => `plain:${ciphertext.trim()}`,
    encrypt: (text) => text,
    matchHosts: () => [],
    secret(text) { secrets.push(text) },
    warn(message) { warnings.push(message) },
  }
  return { jinja: createJinja(services), services, warnings, secrets }
}

/** Text with Jinja in it becomes Templates, as if it had come from YAML. */
export function written(value: unknown, name = 'vars'): unknown {
  if (typeof value === 'string') return /\{[{%#]/.test(value) ? new Template(value, (offset) => ({ file: name, line: 1, column: offset + 1 })) : value
  if (Array.isArray(value)) return value.map((item) => written(item, name))
  return isDict(value) ? makeDict(dictEntries(value).map(([key, item]) => [key, written(item, `${name}.${String(key)}`)] as const)) : value
}
export function varsOf(values: Readonly<Record<string, unknown>>, search: readonly string[] = []): Vars {
  const names = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, written(value, name)]))
  const scope = (all: Readonly<Record<string, unknown>>): Vars => ({
    get: (name) => Object.hasOwn(all, name) ? all[name] : undefined,
    names: () => Object.keys(all), memo: new Map(), search, child: (more) => scope({ ...all, ...more }),
  })
  return scope(names)
}
