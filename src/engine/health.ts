import {
  type EventLoopUtilization,
  monitorEventLoopDelay,
  type PerformanceEntry,
  PerformanceObserver,
} from 'node:perf_hooks'
import type { Ms } from '../units.ts'
import { type MachineTime, machineShares, machineTime } from './machine-time.ts'
import { type LinkCount, linkCounts, linkUse } from './network-links.ts'
import type { HealthRecord } from './shard-result.ts'

/** What a delay is sampled with. A timer of this length is set again and again; what it takes longer is the delay. */
const RESOLUTION: Ms = 10

type Fitness = Omit<HealthRecord, 'lateness' | 'connections' | 'staleRetries'>

const UNUSED: Fitness = {
  loopDelayP99: 0,
  loopUtilisation: 0,
  cpu: 0,
  pauses: { count: 0, total: 0, longest: 0 },
  machine: undefined,
  link: undefined,
}

interface Begin {
  readonly at: Ms
  readonly loop: EventLoopUtilization
  readonly cpu: Ms
  readonly machine: MachineTime | undefined
  readonly links: readonly LinkCount[]
}

/** How busy thread, event loop, machine and network were from `begin` to `end`; a second call of either changes nothing. */
export class HealthWatch {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION })
  readonly #collector = new PerformanceObserver((list) => this.#collected(list.getEntries()))
  readonly #pauses = { count: 0, total: 0, longest: 0 }
  #begun: Begin | undefined
  #fitness: Fitness | undefined

  begin(): void {
    if (this.#begun) return
    this.#begun = {
      machine: machineTime(),
      links: linkCounts(),
      at: performance.now(),
      loop: performance.eventLoopUtilization(),
      cpu: cpuTime(),
    }
    this.#delay.enable()
    this.#collector.observe({ entryTypes: ['gc'] })
  }

  end(): Fitness {
    if (this.#fitness) return this.#fitness
    // A shard that had nothing to measure has nothing to be unfit for.
    if (!this.#begun) return UNUSED
    const { at, loop, cpu, machine, links } = this.#begun
    this.#delay.disable()
    this.#collected(this.#collector.takeRecords())
    this.#collector.disconnect()
    const elapsed = Math.max(1, performance.now() - at)
    this.#fitness = {
      // Nanoseconds, the timer's own length included; none were taken when the run was shorter than one.
      loopDelayP99: this.#delay.count === 0 ? 0 : Math.max(0, this.#delay.percentile(99) / 1e6 - RESOLUTION),
      loopUtilisation: performance.eventLoopUtilization(loop).utilization,
      cpu: (cpuTime() - cpu) / elapsed,
      pauses: { ...this.#pauses },
      machine: machineShares(machine, machineTime()),
      link: linkUse(links, linkCounts(), elapsed),
    }
    return this.#fitness
  }

  #collected(collections: readonly PerformanceEntry[]): void {
    for (const { duration } of collections) {
      this.#pauses.count++
      this.#pauses.total += duration
      this.#pauses.longest = Math.max(this.#pauses.longest, duration)
    }
  }
}

function cpuTime(): Ms {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
