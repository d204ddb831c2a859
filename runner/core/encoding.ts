/** Text to bytes and back in the encodings that files are written in, by Python's names for them. */
import { pages } from './code-pages.ts'

export interface Codec {
  /** Undefined where the text has a letter that the encoding lacks. */
  encode(text: string): Uint8Array | undefined
  /** Undefined where the bytes are no text in it. */
  decode(bytes: Uint8Array): string | undefined
}

const upTo = (limit: number): Codec => ({
  encode: (text) => Array.from(text).every((one) => (one.codePointAt(0) ?? 0) < limit) ? Uint8Array.from(Buffer.from(text, 'latin1')) : undefined,
  decode: (bytes) => bytes.every((byte) => byte < limit) ? Buffer.from(bytes).toString('latin1') : undefined,
})
const mark = '\ufeff'
const swapped = (bytes: Uint8Array): Buffer => Buffer.from(bytes).swap16()
const utf16 = (isBig: boolean): Codec => ({
  encode: (text) => Uint8Array.from(isBig ? swapped(Buffer.from(text, 'utf16le')) : Buffer.from(text, 'utf16le')),
  decode: (bytes) => bytes.length % 2 === 1 ? undefined : (isBig ? swapped(bytes) : Buffer.from(bytes)).toString('utf16le'),
})
const utf8: Codec = { encode: (text) => Uint8Array.from(Buffer.from(text)), decode: (bytes) => standard('utf-8').decode(bytes) }
const codecs: Readonly<Record<string, Codec>> = {
  utf8, ascii: upTo(128), usascii: upTo(128), latin1: upTo(256), iso88591: upTo(256), l1: upTo(256), utf16le: utf16(false), utf16be: utf16(true),
  utf8sig: { encode: (text) => utf8.encode(mark + text), decode: (bytes) => utf8.decode(bytes)?.replace(mark, '') },
  utf16: {
    encode: (text) => utf16(false).encode(mark + text),
    decode: (bytes) => utf16(bytes[0] === 0xfe && bytes[1] === 0xff).decode(bytes)?.replace(mark, ''),
  },
}
/** A single-byte code page from its letters, byte by byte. */
function page(letters: readonly string[]): Codec {
  const bytes = new Map(letters.flatMap((letter, byte) => letter === missing ? [] : [[letter, byte] as const]))
  return {
    encode(text) {
      const found = Array.from(text, (letter) => bytes.get(letter))
      return found.every((byte) => byte !== undefined) ? Uint8Array.from(found) : undefined
    },
    decode(given) {
      const text = Array.from(given, (byte) => letters[byte] ?? missing)
      return text.includes(missing) ? undefined : text.join('')
    },
  }
}
const missing = '\ufffd'

/** What JavaScript can decode; bytes of a letter are found by decoding all there are, of one and of two bytes. */
function standard(label: string): Codec {
  const decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true })
  const decode = (bytes: Uint8Array): string | undefined => { try { return decoder.decode(bytes) } catch { return undefined } }
  let letters: Map<string, readonly number[]> | undefined
  const collect = (): Map<string, readonly number[]> => {
    const found = new Map<string, readonly number[]>()
    for (let pair = 0xffff; pair >= 0; pair--) {
      const bytes = pair > 255 ? [pair >> 8, pair & 255] : [pair], letter = decode(Uint8Array.from(bytes))
      if (letter !== undefined && Array.from(letter).length === 1) found.set(letter, bytes)
    }
    return found
  }
  return {
    decode,
    encode(text) {
      letters ??= collect()
      const found = Array.from(text, (letter) => letters?.get(letter))
      return found.every((bytes) => bytes !== undefined) ? Uint8Array.from(found.flat()) : undefined
    },
  }
}

/** Undefined for an encoding that is unknown. */
export function findCodec(encoding: string): Codec | undefined {
  const name = encoding.toLowerCase().replace(/[-_ ]/g, '')
  const known = codecs[name]
  if (known !== undefined) return known
  const letters = pages[name.replace(/^(?:windows|ibm)(?=\d)/, 'cp')]
  if (letters !== undefined) return page(letters())
  const label = name.replace(/^(?:cp|windows)(125\d|874)$/, 'windows-$1').replace(/^iso8859(\d+)$/, 'iso-8859-$1').replace(/^latin9$/, 'iso-8859-15')
    .replace(/^koi8([ru])$/, 'koi8-$1').replace(/^euc(jp|kr)$/, 'euc-$1').replace(/^(?:shiftjis|sjis|cp932)$/, 'shift_jis').replace(/^(?:gb2312|cp936)$/, 'gbk').replace(/^macroman$/, 'macintosh')
  return /^(?:windows-\d+|iso-8859-\d+|koi8-[ru]|macintosh|euc-(?:jp|kr)|shift_jis|gbk|gb18030|big5)$/.test(label) ? standard(label) : undefined
}
