/** Methods of numbers, tuples, sets and bytes. */
import { float, type Float, Tuple } from '../core/value.ts'
import { findCodec } from '../core/encoding.ts'
import { countOf, indexOf } from './methods-containers.ts'
import { asNumber, isInt, isNumber, positive, shrink } from './numbers.ts'
import type { Methods } from './python-methods.ts'
import { contains, iterate, makeSet, numeric, pyError, pyStr } from './python.ts'
import { needed, params } from './signature.ts'

const toBig = (self: unknown): bigint => BigInt(numeric(self) ?? 0)

export const intMethods: Methods<number | bigint | boolean> = {
  bit_length(self) { const bits = toBig(self); return bits === 0n ? 0 : (bits < 0n ? -bits : bits).toString(2).length },
  bit_count: (self) => [...toBig(self).toString(2)].filter((bit) => bit === '1').length,
  conjugate: (self) => positive(self),
  is_integer: () => true,
  as_integer_ratio: (self) => Tuple.of(positive(self), 1),
  to_bytes(self, call) {
    const [length = 1, order = 'big'] = params({ ...call, kwargs: { ...call.kwargs } }, 'to_bytes', 'length', 'byteorder', 'signed')
    const bytes: number[] = []
    let rest = toBig(self)
    for (let i = 0; i < Number(length); i++) { bytes.unshift(Number(rest & 255n)); rest >>= 8n }
    if (rest > 0n) throw pyError('OverflowError', 'int too big to convert')
    return Uint8Array.from(order === 'little' ? bytes.reverse() : bytes)
  },
}

export const floatMethods: Methods<number | Float> = {
  conjugate: (self) => self,
  is_integer: (self) => Number.isInteger(asNumber(self)),
  as_integer_ratio(self) {
    let top = asNumber(self) ?? 0
    let bottom = 1n
    while (!Number.isInteger(top)) { top *= 2; bottom *= 2n }
    return Tuple.of(shrink(BigInt(top)), shrink(bottom))
  },
  hex: (self) => floatHex(asNumber(self) ?? 0),
}
/** Python: float.hex, `0x1.8000000000000p+1`. */
function floatHex(value: number): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : `${sign}inf`
  if (value === 0) return `${sign}0x0.0p+0`
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, Math.abs(value))
  const raw = bits.getBigUint64(0), power = Number(raw >> 52n), digits = (raw & 0xfffffffffffffn).toString(16).padStart(13, '0')
  const exponent = power === 0 ? -1022 : power - 1023
  return `${sign}0x${power === 0 ? '0' : '1'}.${digits}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`
}

/** What of a number is no method. */
export function numberField(value: unknown, name: string): unknown {
  if (!isNumber(value)) return undefined
  const isWhole = isInt(value) || typeof value === 'boolean'
  if (name === 'real') return positive(value)
  if (name === 'imag') return isWhole ? 0 : float(0)
  if (isWhole && name === 'numerator') return positive(value)
  return isWhole && name === 'denominator' ? 1 : undefined
}

export const tupleMethods: Methods<Tuple> = { index: (self, call) => indexOf(self, call), count: (self, call) => countOf(self, call) }

const all = (call: Parameters<Methods<unknown>[string]>[1]): unknown[] => call.args.flatMap((one) => [...iterate(one)])
export const setMethods: Methods<Set<unknown>> = {
  union: (self, call) => makeSet([...self, ...all(call)]),
  intersection: (self, call) => makeSet([...self].filter((one) => call.args.every((other) => contains(makeSet(iterate(other)), one)))),
  difference: (self, call) => makeSet([...self].filter((one) => !contains(makeSet(all(call)), one))),
  symmetric_difference(self, call) {
    const other = makeSet(all(call))
    return makeSet([...[...self].filter((one) => !contains(other, one)), ...[...other].filter((one) => !contains(self, one))])
  },
  issubset: (self, call) => [...self].every((one) => contains(makeSet(all(call)), one)),
  issuperset: (self, call) => all(call).every((one) => contains(self, one)),
  isdisjoint: (self, call) => !all(call).some((one) => contains(self, one)),
  add(self, call) { const [item] = needed(call, 1, 'add', 'element'); if (!contains(self, item)) self.add(item); return null },
  update(self, call) { for (const item of all(call)) if (!contains(self, item)) self.add(item); return null },
  discard(self, call) { self.delete(call.args[0]); return null },
  remove(self, call) { if (!self.delete(call.args[0])) throw pyError('KeyError', pyStr(call.args[0])); return null },
  copy: (self) => new Set(self),
}

export const bytesMethods: Methods<Uint8Array> = {
  decode(self, call) {
    const [encoding = 'utf-8', errors = 'strict'] = params(call, 'decode', 'encoding', 'errors')
    return decode(self, String(encoding), String(errors))
  },
  hex: (self) => Buffer.from(self).toString('hex'),
}

/** Bytes to text in one of the encodings Python and Node both know. */
function decode(bytes: Uint8Array, encoding: string, errors: string): string {
  const codec = findCodec(encoding)
  if (codec === undefined) throw pyError('ValueError', `unknown encoding: ${encoding}`)
  const text = codec.decode(bytes)
  if (text !== undefined) return text
  if (errors === 'strict') throw pyError('UnicodeError', `'${encoding}' codec can't decode the bytes`)
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).replaceAll('\ufffd', errors === 'ignore' ? '' : '\ufffd')
}
