/**
 * Facts kept between runs in Ansible's own files (`fact_caching = jsonfile`), so that both can use one cache. Ansible: plugins/cache/jsonfile.py
 * of 2.21, whose files hold a text of JSON within JSON. A dry run writes none: what it knows may be foretold.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fault } from '../core/errors.ts'
import type { Data } from '../core/types.ts'
import type { FactCacheOptions } from '../core/options.ts'
import { dictEntries, isDict, makeDict, Unknown, VaultText } from '../core/value.ts'
import { dumpJson, loadJson } from '../template/json.ts'

export interface FactCache {
  /** Under their names as variables; undefined where there are none, or they are too old. */
  load(host: string): Data | undefined
  save(host: string, facts: Data): void
  clear(host: string): void
}

export function openFactCache(options: FactCacheOptions, isReadOnly: boolean, warn: (message: string) => void): FactCache {
  const { folder, prefix, timeoutSeconds } = options
  try { mkdirSync(folder, { recursive: true }) } catch (error) { throw fault('fact-cache-folder', undefined, { folder, why: reason(error) }, error) }
  const pathOf = (host: string): string => join(folder, `${prefix}s1_${safe(host)}`)
  return {
    load(host) {
      const path = pathOf(host), found = statSync(path, { throwIfNoEntry: false })
      if (found === undefined || (timeoutSeconds > 0 && Date.now() - found.mtimeMs > timeoutSeconds * 1000)) return undefined
      try { return parse(readFileSync(path, 'utf8')) } catch (error) {
        warn(`the cached facts of ${host} in ${path} are not used: ${reason(error)}`)
        return undefined
      }
    },
    save(host, facts) {
      if (isReadOnly) return
      const path = pathOf(host), beside = join(folder, `.${safe(host)}.${process.pid}`)
      try {
        writeFileSync(beside, dumpJson({ __payload__: textOf(facts) }), { mode: 0o644 })
        renameSync(beside, path)
      } catch (error) { warn(`the facts of ${host} were not cached in ${path}: ${reason(error)}`) }
    },
    clear(host) { rmSync(pathOf(host), { force: true }) },
  }
}
const reason = (error: unknown): string => error instanceof Error ? error.message : String(error)

/** Names that are no file names are kept under their checksum. */
const safe = (host: string): string => /[/\\]/.test(host) ? createHash('sha256').update(host).digest('hex').slice(0, Math.max(host.length, 12)) : host

function parse(text: string): Data {
  const outer = loadJson(text)
  const payload = isDict(outer) && !(outer instanceof Map) ? outer['__payload__'] : undefined
  if (typeof payload !== 'string') throw new Error('it is no cache file of ansible-core 2.19 or later')
  const facts = plain(loadJson(payload))
  if (!isDict(facts) || facts instanceof Map) throw new Error('it holds no facts')
  return facts
}
/** Ansible notes beside a value where it was written; only the value counts. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (!isDict(value) || value instanceof Map) return value
  if (typeof value['__ansible_type'] === 'string' && 'value' in value) return plain(value['value'])
  return makeDict(dictEntries(value).map(([key, one]) => [key, plain(one)]))
}

/** What is unknown or secret in part is left out whole. */
function textOf(facts: Data): string {
  return dumpJson(Object.fromEntries(Object.entries(facts).filter(([, value]) => isKept(value))))
}
function isKept(value: unknown): boolean {
  if (value instanceof Unknown || value instanceof VaultText) return false
  return Array.isArray(value) ? value.every(isKept) : !isDict(value) || dictEntries(value).every(([, one]) => isKept(one))
}
