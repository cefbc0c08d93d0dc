import type { Ms, PerSecond } from '../../src/units.ts'
import { type Machine, TICK } from './machine.ts'
import type { ServiceProcess } from './service-process.ts'

/** A steady load of a fixed length. */
export interface Window {
  /** Of each process. */
  readonly rate: PerSecond
  readonly measured: Ms
}

/** A process, and who takes its answers. */
export interface Loaded {
  readonly process: ServiceProcess
  /** How far `into` the window an answer ended, and after what time. */
  readonly take: (into: Ms, time: Ms) => void
}

/** Loads processes of one machine at the same time: whenever an arrival is due, each of them gets one. */
export function load(machine: Machine, loaded: readonly Loaded[], { rate, measured }: Window): void {
  const arrivals = Math.round((measured / 1_000) * rate)
  let slower = 1
  let until: Ms = 0
  for (let n = 0; n < arrivals; n++) {
    const at = (n / rate) * 1_000
    for (; at >= until; until += TICK) slower = Math.exp(machine.tick())
    for (const { process, take } of loaded) {
      const time = process.answer(at, slower)
      take(at + time, time)
    }
  }
}
