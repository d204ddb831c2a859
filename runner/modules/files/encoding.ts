/** Text to bytes and back in the encodings that files of hosts are written in, by Python's names. */
import { Failure } from '../../core/errors.ts'
import { pages } from './code-pages.ts'

interface Codec { encode(text: string): Uint8Array | undefined; decode(bytes: Uint8Array): string | undefined }

const missing = '\ufffd'
/** A single-byte code page from its letters, byte by byte. */
function ofPage(letters: readonly string[]): Codec {
  const bytes = new Map(letters.flatMap((letter, byte) => letter === missing ? [] : [[letter, byte]]))
  return {
    encode(text) {
      const found = [...text].map((one) => bytes.get(one))
      return found.every((one) => one !== undefined) ? Uint8Array.from(found) : undefined
    },
    decode(given) {
      const text = Array.from(given, (byte) => letters[byte] ?? missing)
      return text.includes(missing) ? undefined : text.join('')
    },
  }
}
const upTo = (limit: number): Codec => ofPage(Array.from({ length: limit }, (_, byte) => String.fromCharCode(byte)))
/** What Node can read; it writes UTF-8 only. */
const reading = (label: string): Codec['decode'] => (bytes) => {
  try { return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes) } catch { return undefined }
}
const mark = '\ufeff'
const swap = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16()
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le')
const even = (bytes: Uint8Array): Buffer | undefined => bytes.length % 2 === 0 ? Buffer.from(bytes) : undefined

const utf8: Codec = { encode: (text) => Buffer.from(text), decode: reading('utf-8') }
const codecs: Readonly<Record<string, () => Codec>> = {
  utf8: () => utf8, u8: () => utf8, ascii: () => upTo(128), usascii: () => upTo(128), latin1: () => upTo(256), iso88591: () => upTo(256), l1: () => upTo(256),
  utf8sig: () => ({ encode: (text) => Buffer.from(mark + text), decode: (bytes) => utf8.decode(bytes)?.replace(mark, '') }),
  utf16: () => ({
    encode: (text) => utf16(mark + text),
    decode: (bytes) => even(bytes) === undefined ? undefined : (bytes[0] === 0xfe && bytes[1] === 0xff ? swap(Buffer.from(bytes)) : Buffer.from(bytes)).toString('utf16le').replace(mark, ''),
  }),
  utf16le: () => ({ encode: utf16, decode: (bytes) => even(bytes)?.toString('utf16le') }),
  utf16be: () => ({ encode: (text) => swap(utf16(text)), decode: (bytes) => { const all = even(bytes); return all === undefined ? undefined : swap(all).toString('utf16le') } }),
}

function codecOf(encoding: string): Codec {
  const name = encoding.toLowerCase().replace(/[-_ ]/g, '').replace(/^(?:windows|ibm)(?=\d)/, 'cp')
  const own = codecs[name]
  if (own !== undefined) return own()
  const letters = pages[name]
  if (letters !== undefined) return ofPage(letters())
  const label = encoding.toLowerCase().replaceAll('_', '-').replace(/^cp(125\d|874)$/, 'windows-$1').replace(/^iso(\d)/, 'iso-$1').replace(/^latin-?(\d+)$/, 'latin$1')
  const decode = decoderOf(label)
  if (decode === undefined) throw new Failure(`unknown encoding: ${encoding}`)
  if (!/^(windows-|iso-8859-|latin|koi8-|macintosh)/.test(label)) return { decode: reading(label), encode: () => { throw new Failure(`a text cannot be written in ${encoding} here, only read`) } }
  return ofPage(Array.from({ length: 256 }, (_, byte) => decode.decode(Uint8Array.of(byte))))
}
function decoderOf(label: string): InstanceType<typeof TextDecoder> | undefined {
  try { return new TextDecoder(label) } catch { return undefined }
}

/** The text's bytes. Throws a Failure for an encoding that is unknown, or that lacks one of its letters. */
export function encodeText(text: string, encoding: string): Uint8Array {
  const bytes = codecOf(encoding === '' ? 'utf-8' : encoding).encode(text)
  if (bytes === undefined) throw new Failure(`the text has letters that ${encoding} cannot write`)
  return bytes
}
/** The bytes as text; undefined where they are none in this encoding. Throws a Failure for one that is unknown. */
export const decodeText = (bytes: Uint8Array, encoding: string): string | undefined => codecOf(encoding).decode(bytes)
