import { type EventLoopUtilization, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks'
import type { Ms } from '../../units.ts'
import type { HealthRecord } from '../shard-result.ts'
import { LOOKED_AT_EVERY, LoopDelay } from './loop-delay.ts'
import { type MachineTime, machineShares, machineTime } from './machine-time.ts'
import { type LinkCount, linkCounts, linkUse } from './network-links.ts'

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
  readonly delay: LoopDelay
  readonly looks: NodeJS.Timeout
  readonly machine: MachineTime | undefined
  readonly links: readonly LinkCount[]
}

/** How busy thread, event loop, machine and network were from `begin` to `end`; a second call of either changes nothing. */
export class HealthWatch {
  readonly #collector = new PerformanceObserver((list) => this.#collected(list.getEntries()))
  readonly #pauses = { count: 0, total: 0, longest: 0 }
  #begun: Begin | undefined
  #fitness: Fitness | undefined

  begin(): void {
    if (this.#begun) return
    const [machine, links] = [machineTime(), linkCounts()]
    const at = performance.now()
    const delay = new LoopDelay(at)
    this.#begun = {
      machine,
      links,
      at,
      delay,
      looks: setInterval(() => delay.look(performance.now()), LOOKED_AT_EVERY).unref(),
      loop: performance.eventLoopUtilization(),
      cpu: cpuTime(),
    }
    this.#collector.observe({ entryTypes: ['gc'] })
  }

  end(): Fitness {
    if (this.#fitness) return this.#fitness
    // A shard that had nothing to measure has nothing to be unfit for.
    if (!this.#begun) return UNUSED
    const { at, loop, cpu, delay, looks, machine, links } = this.#begun
    clearInterval(looks)
    this.#collected(this.#collector.takeRecords())
    this.#collector.disconnect()
    const now = performance.now()
    const elapsed = Math.max(1, now - at)
    this.#fitness = {
      loopDelayP99: delay.p99(now),
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
