import type { BaselineRun } from '../baseline/baseline.ts'
import type { MetricName } from '../profile/profile.ts'
import { levelChanges } from './change-points.ts'
import type { NewLevel } from './comparison.ts'
import { measure, paceOfStored } from './measure.ts'
import { levelOf, scaleOf } from './scales.ts'
import type { Scope } from './scope.ts'

/** A part of the stored runs that a run is compared with, oldest first. */
export interface StoredLevels {
  /** Those since the level last changed, or all of them. */
  readonly present: readonly Scope[]
  /** What came before, level by level. */
  readonly past: readonly (readonly Scope[])[]
  /** Undefined where it never changed. */
  readonly since: NewLevel | undefined
}

/**
 * The stored runs cut where the level of a metric changed: what a merge has made slower or quicker for good is no longer
 * what the next one is held to.
 * @param scopes the same part of each of the runs
 */
export function storedLevels(metric: MetricName, runs: readonly BaselineRun[], scopes: readonly Scope[]): StoredLevels {
  const scale = scaleOf(metric)
  const bounded = runs.flatMap((run, at) => {
    const estimate = measure(metric, scopes[at]!, paceOfStored(run))
    const level = estimate && levelOf(estimate, scale)
    return level === undefined ? [] : [{ at, ...level }]
  })
  const changes = levelChanges(bounded, scale.isNew)
  const cuts = changes.map(({ at }) => bounded[at]!.at)
  const last = changes.at(-1)
  const commit = runs[cuts.at(-1) ?? 0]?.commit
  return {
    present: scopes.slice(cuts.at(-1) ?? 0),
    past: cuts.map((cut, n) => scopes.slice(cuts[n - 1] ?? 0, cut)),
    since: last && { commit, before: scale.from(last.before), after: scale.from(last.after) },
  }
}
