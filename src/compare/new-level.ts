import type { BaselineRun } from '../baseline/baseline.ts'
import type { MetricName } from '../profile/profile.ts'
import { changePoints, meanOf } from './change-points.ts'
import type { NewLevel } from './comparison.ts'
import { measure, paceOfStored } from './measure.ts'
import { levelOf, scaleOf } from './scales.ts'
import { type Part, type Scope, scopeOf } from './scope.ts'

/** A part of the stored runs that a run is compared with. */
export interface Earlier {
  /** Oldest first. */
  readonly scopes: readonly Scope[]
  /** Undefined where their level never changed. */
  readonly since: NewLevel | undefined
}

/**
 * The stored runs since the level of a metric last changed: what a merge has made slower or quicker for good is no longer
 * what the next one is held to. Without a change these are all.
 */
export function sinceNewLevel(metric: MetricName, part: Part, runs: readonly BaselineRun[]): Earlier {
  const all = runs.map((run) => ({ run, scope: scopeOf(run, part) }))
  const scale = scaleOf(metric)
  const measured = all.flatMap(({ run, scope }, at) => {
    const estimate = measure(metric, scope, paceOfStored(run))
    return estimate === undefined ? [] : [{ at, ...levelOf(estimate, scale) }]
  })
  const splits = changePoints(measured, scale.matters)
  const last = splits.at(-1)?.at
  if (last === undefined) return { scopes: all.map(({ scope }) => scope), since: undefined }
  const { at } = measured[last]!
  const mean = (from: number, to?: number) => scale.from(meanOf(measured.slice(from, to)))
  return {
    scopes: all.slice(at).map(({ scope }) => scope),
    since: { commit: all[at]!.run.commit, before: mean(splits.at(-2)?.at ?? 0, last), after: mean(last) },
  }
}
