import { type EventLoopUtilization, monitorEventLoopDelay } from 'node:perf_hooks'
import type { Ms } from '../units.ts'
import type { HealthRecord } from './shard-result.ts'

/** What a delay is sampled with. A timer of this length is set again and again; what it takes longer is the delay. */
const RESOLUTION: Ms = 10

type Fitness = Pick<HealthRecord, 'loopDelayP99' | 'loopUtilisation' | 'cpu'>

/** How busy this thread and its event loop were from `begin` to `end`; a second call of either changes nothing. */
export class HealthWatch {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION })
  #begun: { readonly at: Ms; readonly loop: EventLoopUtilization; readonly cpu: Ms } | undefined
  #fitness: Fitness | undefined

  begin(): void {
    if (this.#begun) return
    this.#begun = { at: performance.now(), loop: performance.eventLoopUtilization(), cpu: cpuTime() }
    this.#delay.enable()
  }

  end(): Fitness {
    if (this.#fitness) return this.#fitness
    // A shard that had nothing to measure has nothing to be unfit for.
    if (!this.#begun) return { loopDelayP99: 0, loopUtilisation: 0, cpu: 0 }
    const { at, loop, cpu } = this.#begun
    this.#delay.disable()
    const elapsed = Math.max(1, performance.now() - at)
    this.#fitness = {
      // Nanoseconds, the timer's own length included; none were taken when the run was shorter than one.
      loopDelayP99: this.#delay.count === 0 ? 0 : Math.max(0, this.#delay.percentile(99) / 1e6 - RESOLUTION),
      loopUtilisation: performance.eventLoopUtilization(loop).utilization,
      cpu: (cpuTime() - cpu) / elapsed,
    }
    return this.#fitness
  }
}

function cpuTime(): Ms {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
