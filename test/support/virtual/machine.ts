import type { Time } from '../../../src/fargate/doors.ts'
import type { EpochMs, Ms } from '../../../src/units.ts'
import { BEGINNING, type World } from './world.ts'

export interface MachineOptions {
  /** Own date less the true one. */
  readonly skew?: Ms
  /** By which share its clock runs too fast. */
  readonly drift?: number
}

/** As setTimeout's. */
const SHORTEST: Ms = 1

/** A process on a machine of its own. Its clocks begin with it. */
export class Machine {
  readonly name: string
  readonly time: Time
  readonly #world: World
  readonly #bornAt: Ms
  readonly #rate: number
  readonly #bornDate: EpochMs
  #diedAt: Ms | undefined

  constructor(world: World, name: string, { skew = 0, drift = 0 }: MachineOptions = {}) {
    this.name = name
    this.#world = world
    this.#bornAt = world.now
    this.#rate = 1 + drift
    this.#bornDate = BEGINNING + world.now + skew
    this.time = {
      now: () => this.#sinceBirth(),
      epoch: () => this.#bornDate + this.#sinceBirth(),
      sleep: (time, signal) => this.#sleep(time, signal),
    }
  }

  get alive(): boolean {
    return this.#diedAt === undefined
  }

  /** On the world's clock, as all that follows. */
  get bornAt(): Ms {
    return this.#bornAt
  }

  get diedAt(): Ms | undefined {
    return this.#diedAt
  }

  /** As SIGKILL does: from now on nothing that it waits for ever comes, and nothing that it sends leaves it. */
  kill(): void {
    this.#diedAt ??= this.#world.now
  }

  worldTimeOf(epoch: EpochMs): Ms {
    return this.#bornAt + (epoch - this.#bornDate) / this.#rate
  }

  #sinceBirth(): Ms {
    return (this.#world.now - this.#bornAt) * this.#rate
  }

  #sleep(time: Ms, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onAbort = () => {
      cancel()
      if (this.alive) reject(signal?.reason)
    }
    const cancel = this.#world.after(Math.max(SHORTEST, time) / this.#rate, () => {
      signal?.removeEventListener('abort', onAbort)
      if (this.alive) resolve()
    })
    if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort, { once: true })
    return promise
  }
}
