import { type FileHandle, open, truncate } from 'node:fs/promises'
import type { ShardProgress } from '../engine/shard-result.ts'
import { JMETER_CSV } from '../foreign/jmeter-csv.ts'
import type { Sample } from '../foreign/sample.ts'
import { Recorder } from '../histogram.ts'
import type { Bytes, Ms } from '../units.ts'
import { JtlLines } from './jtl-lines.ts'

/** So much at once, and so often in one look: what comes faster is shown later. */
const PIECE: Bytes = 1_048_576
const MOST_PIECES = 64

/** Reads the results of a run while they are written, and holds nothing of them. */
export class JtlFollower implements AsyncDisposable {
  readonly #path: string
  readonly #index: number
  readonly #recorder = new Recorder()
  readonly #lines: JtlLines
  #file: FileHandle | undefined
  #at: Bytes = 0
  #line = 0
  #isBroken = false
  #plain = false
  #succeeded = 0
  #failed = 0
  #users = 0

  constructor(path: string, index: number) {
    this.#path = path
    this.#index = index
    const pass = JMETER_CSV.passOver(path, (sample) => this.#take(sample))
    this.#lines = new JtlLines((line) => {
      if (this.#isBroken || line === '') return
      try {
        pass.line(line, ++this.#line)
      } catch {
        // Told, with its place, by who reads the whole of it in the end.
        this.#isBroken = true
      }
    })
  }

  /** Whatever was written since; nothing as long as there is no file. */
  async look(): Promise<void> {
    this.#file ??= await open(this.#path).catch(() => undefined)
    if (this.#file === undefined) return
    const buffer = Buffer.alloc(PIECE)
    for (let piece = 0; piece < MOST_PIECES; piece++) {
      const { bytesRead } = await this.#file.read(buffer, 0, PIECE, this.#at)
      if (bytesRead === 0) return
      this.#at += bytesRead
      this.#lines.add(buffer.subarray(0, bytesRead))
    }
  }

  progress(elapsed: Ms): ShardProgress {
    const [succeeded, failed] = [this.#succeeded, this.#failed]
    return {
      ...{ index: this.#index, elapsed, sent: succeeded + failed, succeeded, failed },
      ...{ dropped: 0, active: this.#users, recent: this.#recorder.drain() },
    }
  }

  /**
   * Once nothing is written any more: takes a last record off that was cut off within, so that the others can be read.
   * Whether there was one.
   */
  async mend(): Promise<boolean> {
    for (let before = -1; before < this.#at; ) {
      before = this.#at
      await this.look()
    }
    if (this.#file === undefined || this.#lines.endsWhole) return false
    await truncate(this.#path, this.#lines.whole)
    return true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close()
  }

  /** A transaction beside the requests that it is the sum of is none more. */
  #take({ sumOf, cause, elapsed, users }: Sample): void {
    if (sumOf !== undefined && this.#plain) return
    if (sumOf === undefined) this.#plain = true
    this.#users = users
    if (cause !== undefined) this.#failed++
    else {
      this.#succeeded++
      this.#recorder.record(elapsed * 1_000)
    }
  }
}
