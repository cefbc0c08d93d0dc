// How far unchanged code varies on the simulated machines, by figures that others give as well.
import type { Share } from '../../src/units.ts'
import type { Environment } from './environments.ts'
import { load } from './load.ts'
import { Machine } from './machine.ts'
import { sd } from './moments.ts'
import { Random } from './random.ts'
import { ServiceProcess } from './service-process.ts'

export interface Noise {
  /** Standard deviation of the logarithm of the p95 of a run of a minute at 200/s, each a job of its own. */
  readonly betweenRuns: number
  /** Standard deviation of the logarithm of p95 ÷ p95 of two processes that share such a minute. */
  readonly betweenSides: number
}

const MINUTE = 60_000

/** Over so many runs of either kind. */
export function noiseOf(environment: Environment, runs: number, seed: number): Noise {
  const measured = (kind: number, processes: number) =>
    Array.from({ length: runs }, (_, run) => p95sOf(environment, processes, new Random(seed, kind, run)))
  return {
    betweenRuns: sd(measured(1, 1).map(([only]) => Math.log(only!))),
    betweenSides: sd(measured(2, 2).map(([base, head]) => Math.log(head! / base!))),
  }
}

/** Of processes that share a machine and 200 requests per second for a minute. */
function p95sOf(environment: Environment, processes: number, random: Random): readonly number[] {
  const machine = new Machine(environment, random)
  const times: number[][] = Array.from({ length: processes }, () => [])
  const loaded = times.map((own) => ({
    process: new ServiceProcess(environment, random, 1),
    take: (_: number, time: number) => {
      own.push(time)
    },
  }))
  load(machine, loaded, { rate: 200 / processes, measured: MINUTE })
  return times.map((own) => quantileOf(Float64Array.from(own).sort(), 0.95))
}

/** The smallest of the values, which are in order of size, that a share `q` of them does not exceed. */
export function quantileOf(sorted: Float64Array, q: Share): number {
  return sorted[Math.ceil(q * sorted.length) - 1]!
}
