import { LoadgateError, messageOf } from '../../errors.ts'
import { formatDuration, type Ms } from '../../units.ts'
import { type Control, keysOf, type Order, RENEW, TERM } from '../protocol.ts'
import { bounded, insist } from './insist.ts'
import type { CoordinatorDoors, FargateJob } from './job.ts'
import { ONE_WRITE } from './times.ts'

const AGAIN: Ms = 1_000
const ORDER_WITHIN: Ms = 20_000

/**
 * The one object that all workers read, from its first write to its last: renewed all the while, so that the workers of a
 * coordinator that is gone know it.
 */
export class ControlDesk {
  readonly #key: string
  readonly #runId: string
  readonly #doors: CoordinatorDoors
  readonly #over = new AbortController()
  readonly #lapsed = new AbortController()
  #sequence = 0
  #term: Ms = TERM
  #order: Order = { kind: 'wait' }
  #writing: Promise<unknown> = Promise.resolve()
  #renewing: Promise<void> = Promise.resolve()
  #stopping: Promise<void> | undefined
  #handedOver = false

  private constructor({ runId }: Pick<FargateJob, 'runId'>, doors: CoordinatorDoors) {
    this.#key = keysOf(runId).control
    this.#runId = runId
    this.#doors = doors
  }

  /** Resolves when the first order, to wait, is written. */
  static async open(
    job: Pick<FargateJob, 'runId'>,
    doors: CoordinatorDoors,
    signal?: AbortSignal,
  ): Promise<ControlDesk> {
    const desk = new ControlDesk(job, doors)
    await insist(doors, () => desk.#write(), { within: ORDER_WITHIN, each: ONE_WRITE, signal })
    desk.#renewing = desk.#renew()
    return desk
  }

  /** Fires when it could not be renewed for so long that the workers have stopped. */
  get lapsed(): AbortSignal {
    return this.#lapsed.signal
  }

  /** Throws when the order could not be written in time: then it is not known whether some worker has read it. */
  async give(order: Order, { within }: { readonly within: Ms }): Promise<void> {
    // A renewal under way would say the old order after the new one.
    await this.#writing
    if (this.#stopping !== undefined) throw new LoadgateError('infrastructure', 'The run has been stopped')
    this.#order = order
    await insist(this.#doors, () => this.#write(), { within, each: ONE_WRITE })
  }

  /** The last renewal of a run that goes on without this coordinator, for so long. */
  async handOver(term: Ms): Promise<void> {
    await this.close()
    if (this.#stopping !== undefined) throw new LoadgateError('infrastructure', 'The run has been stopped')
    this.#term = term
    await insist(this.#doors, () => this.#write(), { within: ORDER_WITHIN, each: ONE_WRITE })
    this.#handedOver = true
  }

  /** Ends all workers by one write, which waits for nothing; those of a run that was handed over are left. Never rejects. */
  stop(why: string): Promise<void> {
    if (this.#handedOver) return Promise.resolve()
    this.#stopping ??= this.#stop(why)
    return this.#stopping
  }

  async #stop(why: string): Promise<void> {
    const under = this.#writing
    this.#order = { kind: 'stop', why }
    this.#term = TERM
    try {
      await insist(this.#doors, () => this.#write(), { within: ORDER_WITHIN, each: ONE_WRITE })
      // What was under way may have come later than this.
      await under
      await this.#write()
    } catch (error) {
      this.#doors.tell(
        `The workers could not be told to stop (${messageOf(error)}): they stop by themselves within ${formatDuration(TERM)}.`,
      )
    }
  }

  /** No more renewals. */
  async close(): Promise<void> {
    this.#over.abort()
    await this.#renewing
    await this.#writing
  }

  async #renew(): Promise<void> {
    const { time, tell } = this.#doors
    let seen = time.now()
    let pause = RENEW
    while (await this.#pause(pause)) {
      try {
        await this.#write()
        seen = time.now()
        pause = RENEW
      } catch (error) {
        pause = AGAIN
        if (time.now() - seen < TERM || this.#lapsed.signal.aborted) continue
        const message = `The workers' lease could not be renewed for ${formatDuration(TERM)}: ${messageOf(error)}`
        tell(message)
        this.#lapsed.abort(new LoadgateError('infrastructure', message, { hint: 'Look at the network to the bucket.' }))
      }
    }
  }

  /** False when there is nothing to wait for any more. */
  async #pause(pause: Ms): Promise<boolean> {
    try {
      await this.#doors.time.sleep(pause, this.#over.signal)
      return true
    } catch {
      return false
    }
  }

  #write(): Promise<void> {
    this.#sequence++
    const control: Control = {
      kind: 'loadgate-control',
      runId: this.#runId,
      sequence: this.#sequence,
      term: this.#term,
      order: this.#order,
    }
    const { time, objects } = this.#doors
    const written = bounded(time, () => objects.put(this.#key, JSON.stringify(control)), { limit: ONE_WRITE })
    this.#writing = written.catch(() => {})
    return written
  }
}
