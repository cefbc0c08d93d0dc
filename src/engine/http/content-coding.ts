import type { Transform } from 'node:stream'
import {
  brotliDecompressSync,
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  type ZlibOptions,
  zstdDecompressSync,
} from 'node:zlib'
import { MOST_TEXT } from './transport.ts'

export interface Coding {
  /** Of a whole body, which is not empty. */
  readonly decode: (bytes: Buffer, options: Pick<ZlibOptions, 'maxOutputLength'>) => Buffer
  /** Of a body that is read as it comes. @param first its first byte */
  readonly decoder: (first: number) => Transform
}

const FLUSHED: ZlibOptions = { flush: constants.Z_SYNC_FLUSH }
const GZIP: Coding = { decode: gunzipSync, decoder: () => createGunzip(FLUSHED) }

/** Names in RFC 9110 8.4.1, RFC 7932 and RFC 8878. What is called otherwise is taken as it is, as browsers do. */
const CODINGS: ReadonlyMap<string, Coding> = new Map<string, Coding>([
  ['gzip', GZIP],
  ['x-gzip', GZIP],
  [
    'deflate',
    {
      decode: (bytes, options) => (isZlib(bytes[0]!) ? inflateSync : inflateRawSync)(bytes, options),
      decoder: (first) => (isZlib(first) ? createInflate : createInflateRaw)(FLUSHED),
    },
  ],
  [
    'br',
    {
      decode: brotliDecompressSync,
      decoder: () => createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
    },
  ],
  ['zstd', { decode: zstdDecompressSync, decoder: () => createZstdDecompress() }],
])

/** In the order in which they were applied. */
export function codingsOf(named: string): readonly Coding[] {
  return named.split(',').flatMap((name) => CODINGS.get(name.trim().toLowerCase()) ?? [])
}

/** Codings of one body, one in the other. Nobody applies more than one, and no stream with more is read. */
const MOST_CODINGS = 2

/**
 * The text of a body that came with a `content-encoding`; undefined when it is longer than what is kept, however short it
 * was on the wire. Throws for what is not as it says.
 */
export function decodedText(bytes: Buffer, codings: string): string | undefined {
  const applied = codingsOf(codings)
  if (applied.length > MOST_CODINGS) throw new Error('more codings than anybody uses')
  if (bytes.length === 0) return ''
  try {
    // Those applied last are named last.
    return applied.reduceRight((inner, { decode }) => decode(inner, { maxOutputLength: MOST_TEXT }), bytes).toString()
  } catch (error) {
    if (isTooLong(error)) return undefined
    throw error
  }
}

/**
 * What HTTP calls deflate is deflate within zlib (RFC 9110 8.4.1.2); some leave the zlib out. With its first byte
 * bare deflate begins only where a stored block is padded with something else than zeros (RFC 1950 2.2, RFC 1951 3.2.4).
 */
function isZlib(first: number): boolean {
  return (first & 0x0f) === 8
}

function isTooLong(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
}
