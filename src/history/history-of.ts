import type { Baseline, BaselineRun } from '../baseline/baseline.ts'
import { levelChanges } from '../compare/change-points.ts'
import { measure, paceOfStored } from '../compare/measure.ts'
import { levelOf, scaleOf } from '../compare/scales.ts'
import { type Part, partOfStep, scopeOf, WHOLE } from '../compare/scope.ts'
import type { MetricName } from '../profile/profile.ts'
import {
  type AcceptedAt,
  type ChangePoint,
  type Environment,
  type History,
  METRICS,
  type Point,
  type Series,
} from './history.ts'

/** The window as series; where `accepted` came into force is marked at the first run that it holds for. */
export function historyOf({ store, runs }: Baseline, accepted: readonly AcceptedAt[] = []): History {
  const environments: Environment[] = []
  const placed = runs.map(({ fingerprint: { machine, plan, generator } }) => {
    const environment = { machine, plan, generator }
    const known = environments.findIndex((other) => keyOf(other) === keyOf(environment))
    return known < 0 ? environments.push(environment) - 1 : known
  })
  return {
    store,
    runs: runs.map(({ id, startedAt, commit }, at) => ({
      id,
      startedAt,
      commit,
      environment: placed[at]!,
      accepted: accepted.filter((one) => firstRunOf(one, runs) === at),
    })),
    environments,
    series: partsOf(runs).flatMap((part) => METRICS.map((metric) => seriesOf(part, metric, { runs, placed }))),
  }
}

function keyOf({ machine: { cpu, cores, os, node }, plan, generator }: Environment): string {
  return JSON.stringify([cpu, cores, os, node, plan, generator])
}

/** Of the very commit, or else the first one that began later. */
function firstRunOf({ commit, at }: AcceptedAt, runs: readonly BaselineRun[]): number {
  const own = runs.findIndex((run) => run.commit === commit)
  return own >= 0 ? own : runs.findIndex(({ startedAt }) => startedAt >= at)
}

/** Every part that some run has, in the order of the newest one that has it. */
function partsOf(runs: readonly BaselineRun[]): readonly Part[] {
  const parts = new Map<string, Part>()
  for (const { steps } of runs.toReversed())
    for (const step of steps) {
      const part = partOfStep(step)
      if (!parts.has(part.name)) parts.set(part.name, part)
    }
  return [WHOLE, ...parts.values()]
}

interface Placed {
  readonly runs: readonly BaselineRun[]
  /** The environment of each. */
  readonly placed: readonly number[]
}

function seriesOf(part: Part, metric: MetricName, { runs, placed }: Placed): Series {
  const points = runs.flatMap((run, at) => pointOf(run, at, part, metric) ?? [])
  const changes = [...new Set(placed)].flatMap((environment) =>
    changesOf(
      points.filter(({ run }) => placed[run] === environment),
      { metric, environment },
    ),
  )
  return { scope: part.name, metric, points, changes: changes.sort((a, b) => a.to - b.to) }
}

function pointOf(run: BaselineRun, at: number, part: Part, metric: MetricName): Point | undefined {
  if (part !== WHOLE && !run.steps.some(part.includes)) return undefined
  const estimate = measure(metric, scopeOf(run, part), paceOfStored(run))
  if (estimate === undefined) return undefined
  const { value, low, high } = estimate
  return { run: at, value, low: high === undefined && low === 0 ? undefined : low, high }
}

function changesOf(
  points: readonly Point[],
  { metric, environment }: { readonly metric: MetricName; readonly environment: number },
): readonly ChangePoint[] {
  const scale = scaleOf(metric)
  const bounded = points.flatMap(({ run, ...point }) => {
    const level = levelOf(point, scale)
    return level === undefined ? [] : [{ run, ...level }]
  })
  return levelChanges(bounded, scale.matters).map(({ at, before, after, chance }) => ({
    environment,
    from: bounded[at - 1]!.run,
    to: bounded[at]!.run,
    before: scale.from(before),
    after: scale.from(after),
    chance,
  }))
}
