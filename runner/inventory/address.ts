/** Host names as an inventory or pattern writes them: an optional port, and ranges such as `web[01:20:2]` or `db-[a:f]`. */
import { isIP } from 'node:net'
import { fault } from '../core/errors.ts'
import type { Loc } from '../core/types.ts'

export interface Address { readonly host: string; readonly port: number | undefined }

const range = String.raw`\[(?:[a-z]:[a-z]|[0-9]+:[0-9]+)(?::[0-9]+)?\]`
const label = String.raw`(?:[\p{L}\p{N}_]|${range})(?:[\p{L}\p{N}_-]|${range})*(?<![_-])`
const hostname = new RegExp(`^${label}(?:\\.${label})*$`, 'iu')
const bracketed = /^\[(.+)\]:([0-9]+)$/
const withPort = /^((?:[^:[\]]|\[[^\]]*\])*):([0-9]+)$/
const anyRange = /\[[0-9a-f]+:[0-9a-f]+(?::[0-9]+)?\]/gi

/** A name and its port; undefined where the text is no name or address, ranges allowed. */
export function parseAddress(text: string): Address | undefined {
  let host = text
  let port: number | undefined
  for (const form of [bracketed, withPort]) {
    const found = form.exec(host)
    if (found?.[1] === undefined) continue
    host = found[1]
    port = Number(found[2])
  }
  const known = isIP(host.replace(anyRange, '1')) !== 0 || hostname.test(host)
  return known ? { host, port } : undefined
}

/** The names that a host entry stands for, in order, and the port it gives them all. */
export function expandHosts(text: string, loc: Loc | undefined): { readonly names: readonly string[]; readonly port: number | undefined } {
  const address = parseAddress(text)
  return { names: expandRanges(address?.host ?? text, loc), port: address?.port }
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

function expandRanges(text: string, loc: Loc | undefined): string[] {
  const open = text.indexOf('[')
  if (open < 0) return [text]
  const close = text.indexOf(']', open)
  const bad = (why: string): never => { throw fault('bad-host-range', loc, { text, why }) }
  if (close < 0) return bad('the bracket is not closed')
  const tails = expandRanges(text.slice(close + 1), loc)
  const head = text.slice(0, open)
  return sequence(text.slice(open + 1, close), bad).flatMap((one) => tails.map((tail) => head + one + tail))
}

function sequence(inside: string, bad: (why: string) => never): string[] {
  const [first = '', last = '', stepText = '1', ...more] = inside.split(':')
  if (!inside.includes(':') || more.length > 0) bad('a range is [begin:end] or [begin:end:step]')
  const from = first === '' ? '0' : first
  if (last === '') bad('a range needs an end')
  const step = Number(stepText)
  if (!/^[0-9]+$/.test(stepText) || step < 1) bad(`the step ${stepText} is not a positive number`)
  const [a, z] = [letters.indexOf(from), letters.indexOf(last)]
  if (from.length === 1 && last.length === 1 && a >= 0 && z >= 0) {
    if (a > z) bad(`${from} comes after ${last}`)
    return [...letters.slice(a, z + 1)].filter((_, i) => i % step === 0)
  }
  if (!/^[0-9]+$/.test(from) || !/^[0-9]+$/.test(last)) bad('both ends must be numbers, or both single letters')
  const width = from.length > 1 && from.startsWith('0') ? from.length : 0
  if (width > 0 && width !== last.length) bad(`${from} and ${last} must have the same number of digits`)
  if (Number(from) > Number(last)) bad(`${from} is greater than ${last}`)
  const out: string[] = []
  for (let i = Number(from); i <= Number(last); i += step) out.push(String(i).padStart(width, '0'))
  return out
}
