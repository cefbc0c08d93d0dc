import type { Ms } from '../../units.ts'
import type { FunctionHealth } from '../shard-result.ts'

/** How long a worker was in the profile's own functions, from `begin` to `end`: its thread did nothing else meanwhile. */
export class FunctionTime {
  #calls = 0
  #total: Ms = 0
  #longest: Ms = 0
  #begun: Ms | undefined
  #health: FunctionHealth | undefined

  add(took: Ms): void {
    this.#calls++
    this.#total += took
    if (took > this.#longest) this.#longest = took
  }

  begin(now: Ms): void {
    this.#begun = now
    this.#calls = 0
    this.#total = 0
    this.#longest = 0
  }

  /** A second call changes nothing. */
  end(now: Ms): FunctionHealth {
    const elapsed = Math.max(1, now - (this.#begun ?? now))
    const counted = this.#begun === undefined ? [0, 0, 0] : [this.#calls, this.#total, this.#longest]
    const [calls = 0, total = 0, longest = 0] = counted
    this.#health ??= { calls, total, longest, share: total / elapsed }
    return this.#health
  }
}
