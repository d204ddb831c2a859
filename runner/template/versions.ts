/** Comparing versions by four rules: loose and strict (Python's distutils), semantic, and PEP 440. */
import { Refusal } from './params.ts'

type Key = readonly (number | string | Key)[]
export type Scheme = 'loose' | 'strict' | 'semver' | 'pep440'

const kind = (part: number | string): string => typeof part === 'number' ? 'int' : 'str'
const mismatch = (x: number | string, y: number | string): Refusal => new Refusal(
  `Version comparison failed: '<' not supported between instances of '${kind(x)}' and '${kind(y)}' (${x} and ${y})`,
  'a number stands against text here: one of the two may be no version at all; cut the number out, for example with | regex_search(\'[0-9.]+\')',
)
/** Numbers before text is an error in Python; so it is here. */
function compareParts(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const x = a[i] ?? 0, y = b[i] ?? 0
    if (x === y) continue
    if (typeof x !== typeof y) throw mismatch(x, y)
    return x < y ? -1 : 1
  }
  return a.length - b.length
}
const looseParts = (version: string): (number | string)[] =>
  version.split(/(\d+|[a-z]+|\.)/).filter((part) => part !== '' && part !== '.').map((part) => /^\d+$/.test(part) ? Number(part) : part)

function strictKey(version: string): { numbers: number[]; pre: [string, number] | undefined } {
  const found = /^(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?$/.exec(version)
  if (found === null) throw new Refusal(`Version comparison failed: invalid version number '${version}'`)
  const [, major, minor, patch, letter, number] = found
  return { numbers: [Number(major), Number(minor), Number(patch ?? 0)], pre: letter === undefined ? undefined : [letter, Number(number)] }
}
function compareStrict(a: string, b: string): number {
  const x = strictKey(a), y = strictKey(b)
  const order = compareParts(x.numbers, y.numbers)
  if (order !== 0) return order
  if (x.pre === undefined || y.pre === undefined) return (x.pre === undefined ? 1 : 0) - (y.pre === undefined ? 1 : 0)
  return compareParts(x.pre, y.pre)
}

const semver = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/
function semverKey(version: string): { core: number[]; pre: string[] } {
  const found = semver.exec(version)
  if (found === null) throw new Refusal(`Version comparison failed: invalid semantic version '${version}'`)
  return { core: [Number(found[1]), Number(found[2]), Number(found[3])], pre: found[4]?.split('.') ?? [] }
}
function compareSemver(a: string, b: string): number {
  const x = semverKey(a), y = semverKey(b)
  const order = compareParts(x.core, y.core)
  if (order !== 0) return order
  if (x.pre.length === 0 || y.pre.length === 0) return (x.pre.length === 0 ? 1 : 0) - (y.pre.length === 0 ? 1 : 0)
  for (let i = 0; i < Math.min(x.pre.length, y.pre.length); i++) {
    const left = x.pre[i] ?? '', right = y.pre[i] ?? ''
    if (left === right) continue
    const isNumber = [/^\d+$/.test(left), /^\d+$/.test(right)]
    if (isNumber[0] && isNumber[1]) return Number(left) - Number(right)
    if (isNumber[0] !== isNumber[1]) return isNumber[0] ? -1 : 1
    return left < right ? -1 : 1
  }
  return x.pre.length - y.pre.length
}

const pep440 = /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|beta|preview|pre|a|b|c|rc)[-_.]?(\d*))?(?:(?:-(\d+))|(?:[-_.]?(post|rev|r)[-_.]?(\d*)))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/
const preNames: Readonly<Record<string, string>> = { alpha: 'a', beta: 'b', c: 'rc', pre: 'rc', preview: 'rc' }
/** The order of packaging.version: dev before pre before final before post; a missing part is lower or higher than any, by kind. */
function pep440Key(version: string): Key {
  const found = pep440.exec(version.trim().toLowerCase())
  if (found === null) throw new Refusal(`Version comparison failed: Invalid version: '${version}'`)
  const [, epoch, release = '', preName, preNumber, plainPost, postName, postNumber, dev, devNumber, local] = found
  const numbers = release.split('.').map(Number)
  while (numbers.length > 1 && numbers.at(-1) === 0) numbers.pop()
  const hasPost = plainPost !== undefined || postName !== undefined
  const pre: Key = preName !== undefined ? [1, preNames[preName] ?? preName, Number(preNumber ?? 0)] : !hasPost && dev !== undefined ? [0] : [2]
  const post: Key = hasPost ? [1, Number(plainPost ?? postNumber ?? 0)] : [0]
  const devKey: Key = dev === undefined ? [1] : [0, Number(devNumber ?? 0)]
  const localKey: Key = local === undefined ? [] : local.split(/[-_.]/).map((part) => /^\d+$/.test(part) ? [1, Number(part)] : [0, part])
  return [Number(epoch ?? 0), numbers, pre, post, devKey, localKey]
}
function compareKeys(a: Key | number | string, b: Key | number | string): number {
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const order = compareKeys(a[i] as Key, b[i] as Key)
      if (order !== 0) return order
    }
    return a.length - b.length
  }
  return a === b ? 0 : a < b ? -1 : 1
}

/** Negative, 0 or positive. Throws Refusal for text that is no version by this scheme. */
export function compareVersions(a: string, b: string, scheme: Scheme): number {
  switch (scheme) {
    case 'loose': return compareParts(looseParts(a), looseParts(b))
    case 'strict': return compareStrict(a, b)
    case 'semver': return compareSemver(a, b)
    case 'pep440': return compareKeys(pep440Key(a), pep440Key(b))
  }
}
