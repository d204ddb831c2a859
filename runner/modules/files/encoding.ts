/** Text to bytes in the encodings that files of hosts are written in, by Python's names. */
import { Failure } from '../../core/errors.ts'

type Encoder = (text: string) => Uint8Array | undefined
const upTo = (limit: number): Encoder => (text) => [...text].every((one) => (one.codePointAt(0) ?? 0) < limit) ? Buffer.from(text, 'latin1') : undefined
const swap = (bytes: Buffer): Uint8Array => bytes.swap16()
/** Letters of single-byte code pages, found by decoding all their bytes. */
const page = (label: string): Encoder => {
  const decoder = new TextDecoder(label)
  const bytes = new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]))
  return (text) => {
    const found = [...text].map((one) => bytes.get(one))
    return found.every((one) => one !== undefined) ? Uint8Array.from(found) : undefined
  }
}
const encoders: Readonly<Record<string, Encoder>> = {
  utf8: (text) => Buffer.from(text), utf8sig: (text) => Buffer.from(`\ufeff${text}`), ascii: upTo(128), usascii: upTo(128), latin1: upTo(256), iso88591: upTo(256), l1: upTo(256),
  utf16: (text) => Buffer.from(`\ufeff${text}`, 'utf16le'), utf16le: (text) => Buffer.from(text, 'utf16le'), utf16be: (text) => swap(Buffer.from(text, 'utf16le')),
}

/** The text's bytes. Throws a Failure for an encoding that is unknown, or that lacks one of its letters. */
export function encodeText(text: string, encoding: string): Uint8Array {
  const name = encoding.toLowerCase().replace(/[-_ ]/g, '')
  const encoder = encoders[name] ?? codePage(encoding)
  if (encoder === undefined) throw new Failure(`unknown encoding: ${encoding}`)
  const bytes = encoder(text)
  if (bytes === undefined) throw new Failure(`the text has letters that ${encoding} cannot write`)
  return bytes
}
function codePage(encoding: string): Encoder | undefined {
  const label = encoding.toLowerCase().replaceAll('_', '-').replace(/^cp(\d+)$/, 'windows-$1').replace(/^iso(\d)/, 'iso-$1')
  return /^(windows-125\d|windows-874|iso-8859-\d+|koi8-[ru]|ibm866|macintosh)$/.test(label) ? page(label) : undefined
}
