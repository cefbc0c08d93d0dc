import type { Bytes } from '../units.ts'

const LINE_END = 0x0a
const QUOTE = 0x22
/** What never ends its line is no JTL. */
const LONGEST: Bytes = 1_048_576

/** The lines of a file that is still written, and where its last whole record ends: one between quotes may have several. */
export class JtlLines {
  readonly #take: (line: string) => void
  #rest: Buffer = Buffer.alloc(0)
  #quotes = 0
  #read: Bytes = 0
  #whole: Bytes = 0

  constructor(take: (line: string) => void) {
    this.#take = take
  }

  /** Behind the last whole record. */
  get whole(): Bytes {
    return this.#whole
  }

  /** Whether there is nothing behind it. */
  get endsWhole(): boolean {
    return this.#whole === this.#read
  }

  /** The next bytes. */
  add(bytes: Buffer): void {
    const begin = this.#read - this.#rest.length
    this.#read += bytes.length
    if (this.#rest.length > LONGEST) return
    const all = Buffer.concat([this.#rest, bytes])
    let from = 0
    for (let end = all.indexOf(LINE_END); end >= 0; end = all.indexOf(LINE_END, from)) {
      const line = all.subarray(from, end)
      from = end + 1
      for (let at = line.indexOf(QUOTE); at >= 0; at = line.indexOf(QUOTE, at + 1)) this.#quotes++
      if (this.#quotes % 2 === 0) this.#whole = begin + from
      this.#take(line.toString('utf8').replace(/\r$/, ''))
    }
    // A copy: all that was read would be kept in memory for it.
    this.#rest = Buffer.from(all.subarray(from))
  }
}
