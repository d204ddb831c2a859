/** Text to bytes and back in the encodings that files of hosts are written in. */
import { findCodec, type Codec } from '../../core/encoding.ts'
import { Failure } from '../../core/errors.ts'

export const isEncoding = (encoding: string): boolean => findCodec(encoding) !== undefined
function codecOf(encoding: string): Codec {
  const codec = findCodec(encoding === '' ? 'utf-8' : encoding)
  if (codec === undefined) throw new Failure(`unknown encoding: ${encoding}`)
  return codec
}

/** The text's bytes. Throws a Failure for an encoding that is unknown, or that lacks one of its letters. */
export function encodeText(text: string, encoding: string): Uint8Array {
  const bytes = codecOf(encoding).encode(text)
  if (bytes === undefined) throw new Failure(`the text has letters that ${encoding} cannot write`)
  return bytes
}
/** The bytes as text; undefined where they are none in this encoding. Throws a Failure for one that is unknown. */
export const decodeText = (bytes: Uint8Array, encoding: string): string | undefined => codecOf(encoding).decode(bytes)
