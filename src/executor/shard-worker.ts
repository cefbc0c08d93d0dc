import { Worker } from 'node:worker_threads'
import type { ShardResult } from '../engine/shard-result.ts'
import { messageOf } from '../errors.ts'
import { type EpochMs, formatDuration, type Ms } from '../units.ts'
import type { ExecutorOptions } from './executor.ts'
import type { CarriedShard, FromWorker, ToWorker } from './messages.ts'
import { epochNow, timeLimit } from './time.ts'

const READY_WITHIN: Ms = 30_000
const CANCELLED_WITHIN: Ms = 3_000
/** For what the thread still has to say on stdout and stderr once its result is here. */
const EXIT_WITHIN: Ms = 1_000

/** Pieces, as they come: what is printed for every request would fill a log. */
const MOST_PRINTED = 100

// The young generation is where garbage is collected most often: with Node's 16 MB the pauses of a busy engine are
// what delays its arrivals most.
const YOUNG_MEGABYTES = 64

type End = { readonly results: readonly ShardResult[] } | { readonly lost: string }

/** One thread with its shards, from its start to its end: whatever becomes of it, and without it, `ended` resolves. */
export class ShardWorker {
  /** Resolves when the thread can start, or never will. */
  readonly ready: Promise<void>
  /** In the order of the shards; undefined when the thread died. */
  readonly ended: Promise<readonly ShardResult[] | undefined>
  readonly #shards: readonly CarriedShard[]
  readonly #worker: Worker
  readonly #whenReady = Promise.withResolvers<void>()
  readonly #whenEnded = Promise.withResolvers<End>()
  readonly #whenGone = Promise.withResolvers<void>()
  #bound: NodeJS.Timeout | undefined
  #cancelled = false
  #over = false

  constructor(
    entry: URL,
    shards: readonly CarriedShard[],
    options: Pick<ExecutorOptions, 'onProgress' | 'onWorkerLost' | 'onPrinted'>,
  ) {
    this.#shards = shards
    const onPrinted = shards.some(({ shard }) => shard.plan.functions) ? options.onPrinted : undefined
    this.#worker = new Worker(entry, {
      workerData: shards,
      name: `worker ${shards[0]!.shard.index + 1}`,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
      stdout: onPrinted !== undefined,
      stderr: onPrinted !== undefined,
    })
    if (onPrinted) this.#tellPrinted(onPrinted)
    this.#worker.on('message', (message: FromWorker) => this.#receive(message, options.onProgress))
    this.#worker.on('error', (error) => this.#lose(messageOf(error)))
    this.#worker.on('messageerror', (error) => this.#lose(messageOf(error)))
    this.#worker.on('exit', (code) => {
      this.#lose(`ended with code ${code} before it reported`)
      this.#whenGone.resolve()
    })
    this.#endWithin(READY_WITHIN, 'not ready')
    this.ready = this.#whenReady.promise
    this.ended = this.#end(options.onWorkerLost)
  }

  start(at: EpochMs): void {
    if (!this.#cancelled)
      this.#endWithin(at - epochNow() + Math.max(...this.#shards.map(({ shard }) => timeLimit(shard.plan))), 'not done')
    this.#post({ kind: 'start', at })
  }

  cancel(): void {
    this.#cancelled = true
    this.#endWithin(CANCELLED_WITHIN, 'cancelled and not done')
    this.#post({ kind: 'cancel' })
  }

  #tellPrinted(onPrinted: (text: string) => void): void {
    let left = MOST_PRINTED
    for (const stream of [this.#worker.stdout, this.#worker.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        if (left-- > 0) onPrinted(text)
      })
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message)
  }

  #receive(message: FromWorker, onProgress: ExecutorOptions['onProgress']): void {
    if (message.kind === 'ready') this.#whenReady.resolve()
    else if (message.kind === 'progress') onProgress?.(message.progress)
    else if (message.kind === 'results') this.#whenEnded.resolve({ results: message.results })
    else this.#lose(message.reason)
  }

  /** Without effect once the result is here, or another reason. */
  #lose(reason: string): void {
    this.#whenEnded.resolve({ lost: reason })
  }

  #endWithin(limit: Ms, what: string): void {
    clearTimeout(this.#bound)
    if (this.#over) return
    this.#bound = setTimeout(() => this.#lose(`${what} after ${formatDuration(limit)}`), limit)
  }

  async #end(onWorkerLost: ExecutorOptions['onWorkerLost']): Promise<readonly ShardResult[] | undefined> {
    const end = await this.#whenEnded.promise
    this.#over = true
    clearTimeout(this.#bound)
    this.#whenReady.resolve()
    const patience = setTimeout(() => void this.#worker.terminate(), 'results' in end ? EXIT_WITHIN : 0)
    await this.#whenGone.promise
    clearTimeout(patience)
    if ('results' in end) return end.results
    for (const { at } of this.#shards) onWorkerLost?.(at, end.lost)
    return undefined
  }
}
