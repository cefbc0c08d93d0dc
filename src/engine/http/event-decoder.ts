import type { Transform } from 'node:stream'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
  type ZlibOptions,
} from 'node:zlib'
import type { Bytes, Ms } from '../../units.ts'

const FLUSHED: ZlibOptions = { flush: constants.Z_SYNC_FLUSH }

/** As of whole answers; what is called otherwise is taken as it is. */
const DECODERS: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', () => createGunzip(FLUSHED)],
  ['x-gzip', () => createGunzip(FLUSHED)],
  ['deflate', () => createInflate(FLUSHED)],
  ['br', () => createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH })],
  ['zstd', () => createZstdDecompress()],
])

/** Bytes that wait to be decoded. */
const MOST_WAITING: Bytes = 8_388_608

export interface Decoded {
  /** @param came when the bytes were there of which it was made */
  readonly onBytes: (bytes: Buffer, came: Ms) => void
  /** What came is not as it says. */
  readonly onError: () => void
  /** More comes than this machine can read. */
  readonly onFull: () => void
}

/**
 * Decodes a stream as it comes, of which the server flushes each event. Node does so beside the event loop: what it gives is
 * told a little later, with the time at which the bytes came.
 */
export class EventDecoder {
  readonly #decoder: Transform
  readonly #told: Decoded
  /** When the bytes came that are not decoded yet, oldest first. */
  readonly #came: Ms[] = []
  #last: Ms = 0

  constructor(create: () => Transform, told: Decoded) {
    this.#decoder = create()
    this.#told = told
    this.#decoder.on('readable', () => this.#drain())
    this.#decoder.on('error', told.onError)
  }

  add(bytes: Buffer, came: Ms): void {
    // What is coded may be over before the body is: stray bytes behind it are none of it, as in a whole answer.
    if (this.#decoder.destroyed || this.#decoder.readableEnded) return
    if (this.#decoder.writableLength + bytes.length > MOST_WAITING) {
      this.#told.onFull()
      return
    }
    this.#came.push(came)
    this.#last = came
    // The connection reads the next bytes into the same place.
    this.#decoder.write(Buffer.from(bytes), () => {
      this.#drain()
      this.#came.shift()
    })
  }

  /** @param then all that came has been told */
  end(then: () => void): void {
    if (this.#decoder.readableEnded) {
      then()
      return
    }
    this.#decoder.once('end', then)
    this.#decoder.end()
  }

  destroy(): void {
    this.#decoder.destroy()
  }

  #drain(): void {
    for (let bytes = this.#decoder.read(); bytes !== null; bytes = this.#decoder.read())
      this.#told.onBytes(bytes, this.#came[0] ?? this.#last)
  }
}

/** Undefined where a stream is not coded in any way that is known; `several` of them nobody applies. */
export function decoderFor(codings: string | undefined): (() => Transform) | 'several' | undefined {
  const decoders = (codings ?? '').split(',').flatMap((name) => DECODERS.get(name.trim().toLowerCase()) ?? [])
  return decoders.length > 1 ? 'several' : decoders[0]
}
