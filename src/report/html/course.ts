import { intervalsIn } from '../../engine/interval.ts'
import type { IntervalRecord } from '../../engine/shard-result.ts'
import { quantilesOf } from '../../histogram.ts'
import { levelAt } from '../../plan/curve.ts'
import type { Segment } from '../../plan/plan.ts'
import type { RunResult } from '../../result/result.ts'
import type { Ms, PerSecond } from '../../units.ts'
import { plannedLoads } from '../planned-loads.ts'
import type { Course, LoadCourse } from './page-data.ts'
import { thinnedOut } from './thin-out.ts'

/** What ended in one interval; response times are undefined where nothing succeeded. */
export interface Moment {
  /** From the beginning of the measured window. */
  readonly at: Ms
  readonly length: Ms
  readonly times: { readonly p50: Ms; readonly p95: Ms; readonly p99: Ms; readonly max: Ms } | undefined
  readonly succeeded: PerSecond
  readonly failed: PerSecond
}

/** More than any screen has pixels for a line. */
const MOST_POINTS = 1_200
/** A day of seconds; what lies beyond is left out rather than believed. */
const MOST_MOMENTS = 100_000

/** Every interval, those among them in which nothing ended. Throws LoadgateError where a histogram is damaged. */
export function momentsOf({ intervals: { length, records }, plan: { measured } }: RunResult): readonly Moment[] {
  const byIndex = new Map(records.map((record) => [record.index, record]))
  const last = records.reduce((most, { index }) => Math.max(most, index), -1)
  return Array.from({ length: Math.min(last + 1, MOST_MOMENTS) }, (_, index) =>
    momentOf(byIndex.get(index), spanOf(index, { length, measured })),
  )
}

/** The last interval of the window is cut short by its end, and those behind it begin there. */
function spanOf(index: number, { length, measured }: { length: Ms; measured: Ms }): { at: Ms; length: Ms } {
  const within = intervalsIn({ measured, length })
  if (index >= within) return { at: measured + (index - within) * length, length }
  return { at: index * length, length: Math.min(length, measured - index * length) }
}

function momentOf(record: IntervalRecord | undefined, span: { at: Ms; length: Ms }): Moment {
  const quantiles = record && quantilesOf([record.response], [0.5, 0.95, 0.99, 1])
  const [p50, p95, p99, max] = (quantiles ?? []).map((us) => us / 1000)
  const rate = (count: number) => count / (span.length / 1000)
  return {
    ...span,
    times: quantiles && { p50: p50!, p95: p95!, p99: p99!, max: max! },
    succeeded: rate(record?.succeeded ?? 0),
    failed: rate(record?.failed ?? 0),
  }
}

/** Undefined for less than two intervals: a point is no course. */
export function courseOf(moments: readonly Moment[], measured: Ms): Course | undefined {
  if (moments.length < 2) return undefined
  const time = (name: 'p50' | 'p95' | 'p99' | 'max') => moments.map(({ times }) => rounded(times?.[name]))
  const [at, p50, p95, p99, max, succeeded, failed] = thinnedOut(
    [
      moments.map(({ at }) => at / 1000),
      ...[time('p50'), time('p95'), time('p99'), time('max')],
      // What comes behind the window are the last answers, and no rate.
      moments.map((moment) => (moment.at < measured ? rounded(moment.succeeded) : null)),
      moments.map((moment) => rounded(moment.failed)),
    ],
    MOST_POINTS,
  )
  return { at: at as number[], p50: p50!, p95: p95!, p99: p99!, max: max!, succeeded: succeeded!, failed: failed! }
}

/** The load as planned and as it came about: of arrivals and of users where there are both. Empty where the plan is not known. */
export function loadCoursesOf(result: RunResult, moments: readonly Moment[]): readonly LoadCourse[] {
  const { arrivals, users } = plannedLoads(result)
  // Of which of the two a request was, and who is at work, is not told apart.
  const both = arrivals !== undefined && users !== undefined
  return [
    ...(arrivals ? [loadCourse('arrivals', arrivals, both ? [] : arrivalsIn(result, moments))] : []),
    ...(users ? [loadCourse('users', users, both ? [] : usersIn(result))] : []),
  ]
}

function loadCourse(of: LoadCourse['of'], curve: readonly Segment[], achieved: readonly Point[]): LoadCourse {
  const points = [
    ...cornersOf(curve).map(([t, level]) => ({ t, planned: level, achieved: null })),
    ...achieved.map(([t, level]) => ({ t, planned: levelAt(curve, t), achieved: rounded(level) })),
  ].sort((a, b) => a.t - b.t)
  const [at, planned, levels] = thinnedOut(
    [points.map(({ t }) => t / 1000), points.map((point) => rounded(point.planned)), points.map((p) => p.achieved)],
    MOST_POINTS,
  )
  return { of, at: at as number[], planned: planned!, achieved: achieved.length > 1 ? levels : undefined }
}

function arrivalsIn(result: RunResult, moments: readonly Moment[]): readonly Point[] {
  const perArrival = requestsPerArrival(result)
  if (perArrival === 0) return []
  return moments
    .filter(({ at }) => at < result.plan.measured)
    .map(({ at, length, succeeded, failed }) => [at + length / 2, (succeeded + failed) / perArrival])
}

function usersIn({ active, intervals: { length }, plan: { measured } }: RunResult): readonly Point[] {
  const within = Math.min(intervalsIn({ measured, length }), MOST_MOMENTS)
  if (active === undefined) return []
  return Array.from({ length: within }, (_, index) => {
    const span = spanOf(index, { length, measured })
    return [span.at + span.length / 2, active[index] ?? 0]
  })
}

type Point = readonly [t: Ms, level: number]

function cornersOf(curve: readonly Segment[]): readonly Point[] {
  let t = 0
  return curve.flatMap(({ from, to, over }) => {
    const start = t
    t += over
    return [
      [start, from],
      [t, to],
    ] satisfies Point[]
  })
}

/** On average: what an arrival sends depends on its scenario, and ends with its first failure. */
export function requestsPerArrival({ steps, iterations }: RunResult): number {
  const sent = steps.reduce((sum, step) => sum + step.sent, 0)
  return iterations.started > 0 ? sent / iterations.started : 0
}

/** Four digits: a thousandth of the height of a chart is less than a pixel. */
export function rounded(value: number): number
export function rounded(value: number | undefined): number | null
export function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Number(value.toPrecision(4))
}
