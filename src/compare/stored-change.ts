import type { MetricName } from '../profile/profile.ts'
import { blockMedians } from './block-medians.ts'
import { onThisProcessor } from './calibration.ts'
import {
  type Change,
  type Correction,
  errorsChange,
  latencyChange,
  logarithm,
  type RelativeLimit,
  type Typical,
  throughputChange,
} from './change.ts'
import type { Estimate } from './comparison.ts'
import { byItself, thinness } from './known-percentiles.ts'
import { type Metric, metricOf } from './metrics.ts'
import type { Scope } from './scope.ts'

interface Compared {
  readonly now: Scope
  readonly measured: Estimate
  /** As `usableRuns` has them, at least two. */
  readonly before: readonly Scope[]
  /** Of levels that have passed. */
  readonly past: readonly (readonly Scope[])[]
  /** Whether they are of several processors. */
  readonly corrected: boolean
}

/** How a part of this run lies to the same part of stored runs. */
export function storedChange(name: MetricName, limit: RelativeLimit, compared: Compared): Change {
  const { now, measured, before, corrected } = compared
  const metric = metricOf(name)
  if (metric.kind === 'errors') return errorsChange(now, before, limit)
  const past = compared.past.map((level) => usableRuns(name, level)).filter(({ length }) => length > 0)
  const offered = [now, ...before].every(({ keptUp }) => keptUp)
  // A throughput that the load sets hangs on no processor.
  const correction = corrected && !(metric.kind === 'throughput' && offered) ? correctionFor(metric, now, before) : NONE
  const here = (values: readonly number[]) => values.map((value, at) => value * (correction.factors[at] ?? 1))
  const values = here(before.map((scope) => metric.read(scope)!))
  const alone = now.known ? byItself(now.known, name, measured) : measured
  const earlier = {
    values,
    past: past.map((level) => level.map((scope) => metric.read(scope)!)),
    correction,
    own: now.known && metric.kind === 'latency' ? thinness(now, before) : undefined,
  }
  if (metric.kind === 'throughput')
    return throughputChange(alone, earlier, limit, { offered, smallest: 1000 / now.measured })
  const typical = typicalOf(name, now, [...past, before])
  return latencyChange(alone, earlier, limit, typical && { ...typical, present: here(typical.present) })
}

/** The typical block of this run, of those it is compared with, and of those on levels that have passed. */
function typicalOf(name: MetricName, now: Scope, levels: readonly (readonly Scope[])[]): Typical | undefined {
  const medians = blockMedians(name, [now, ...levels.flat()])
  if (medians === undefined) return undefined
  const [own, ...rest] = medians
  const cut = levels.map((level) => rest.splice(0, level.length))
  return { now: own!, present: cut.at(-1)!, past: cut.slice(0, -1) }
}

const NONE: Correction = { made: false, factors: [], se: 0 }

/** What each earlier figure is multiplied by to be of this processor. */
function correctionFor({ worse, read }: Metric, now: Scope, before: readonly Scope[]): Correction {
  const sign = worse === 'higher' ? 1 : -1
  const earlier = before.map((scope) => {
    const { name, loop } = scope.processor!
    return { y: sign * logarithm(read(scope)!), processor: name, loop }
  })
  const { y, se } = onThisProcessor(now.processor!.loop, earlier)
  return { made: true, factors: y.map((here, at) => Math.exp(sign * (here - earlier[at]!.y))), se }
}

/** Stored runs without a sample of this metric say nothing about it; a throughput of 0 has no logarithm. */
export function usableRuns(name: MetricName, before: readonly Scope[]): readonly Scope[] {
  const { kind, read } = metricOf(name)
  return before.filter((scope) => {
    const value = read(scope)
    return value !== undefined && (kind !== 'throughput' || value > 0)
  })
}
