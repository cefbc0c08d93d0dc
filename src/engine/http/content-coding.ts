import {
  brotliDecompressSync,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  type ZlibOptions,
  zstdDecompressSync,
} from 'node:zlib'
import { MOST_TEXT } from './transport.ts'

type Decode = (bytes: Buffer, options: Pick<ZlibOptions, 'maxOutputLength'>) => Buffer

/** Names in RFC 9110 8.4.1, RFC 7932 and RFC 8878. What is called otherwise is taken as it is, as browsers do. */
const DECODERS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflate],
  ['br', brotliDecompressSync],
  ['zstd', zstdDecompressSync],
])

/** Codings of one body, one in the other. Nobody applies more than one. */
const MOST_CODINGS = 2

/**
 * The text of a body that came with a `content-encoding`; undefined when it is longer than what is kept, however short it
 * was on the wire. Throws for what is not as it says.
 */
export function decodedText(bytes: Buffer, codings: string): string | undefined {
  const names = codings.split(',').map((name) => name.trim().toLowerCase())
  const decoders = names.flatMap((name) => DECODERS.get(name) ?? [])
  if (decoders.length > MOST_CODINGS) throw new Error('more codings than anybody uses')
  if (bytes.length === 0) return ''
  try {
    // Those applied last are named last.
    return decoders.reduceRight((inner, decode) => decode(inner, { maxOutputLength: MOST_TEXT }), bytes).toString()
  } catch (error) {
    if (isTooLong(error)) return undefined
    throw error
  }
}

/** What HTTP calls deflate is deflate within zlib (RFC 9110 8.4.1.2); some leave the zlib out. */
function inflate(bytes: Buffer, options: Pick<ZlibOptions, 'maxOutputLength'>): Buffer {
  const isZlib = (bytes[0]! & 0x0f) === 8 && ((bytes[0]! << 8) | (bytes[1] ?? 0)) % 31 === 0
  return isZlib ? inflateSync(bytes, options) : inflateRawSync(bytes, options)
}

function isTooLong(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
}
