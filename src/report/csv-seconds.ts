import { intervalsIn, isWithinWindow } from '../engine/interval.ts'
import type { IntervalRecord } from '../engine/shard-result.ts'
import { quantileOf } from '../histogram.ts'
import { levelAt } from '../plan/curve.ts'
import type { Segment } from '../plan/plan.ts'
import type { RunResult } from '../result/result.ts'
import type { EpochMs, Ms } from '../units.ts'
import { plainNumber } from './clean-text.ts'
import { csvLine } from './csv.ts'
import { type PlannedLoads, plannedLoads } from './planned-loads.ts'
import type { Report } from './report.ts'

/** Columns of `seconds.csv`; new ones come behind them. */
const COLUMNS = [
  'second', // of the beginning, from the beginning of the measured window
  'length_s',
  'time', // of the beginning, ISO 8601 in UTC; empty for rounds side by side, between which there is time
  'in_window', // whether it lies within the measured window: what ends behind it is no part of the throughput
  'succeeded',
  'failed',
  'per_second', // successes
  'p50_ms',
  'p95_ms',
  'p99_ms',
  'planned', // arrivals per second or users, by the load curve at the middle; empty in runs that did not keep it, and of arrivals and users at once
  'active', // iterations under way on average, of a closed load users; empty in runs that did not keep it, and behind the window
  'planned_arrivals', // per second, as `planned`; empty without arrivals
  'planned_users', // as `planned`; empty without users
] as const

/**
 * The run over time, all steps together: by the second up to ten minutes, by the minute up to ten hours, by the hour beyond,
 * as the run kept it. A second of the window in which nothing ended is a row of zeros.
 */
export function renderSecondsCsv({ result, comparison }: Report): string {
  const begins = comparison.baseline.kind === 'side-by-side' ? undefined : result.startedAt + result.plan.warmUp
  return [csvLine(COLUMNS), ...rowsOf(result, begins).map((row) => csvLine(row))].join('')
}

function rowsOf(result: RunResult, begins: EpochMs | undefined): readonly (readonly string[])[] {
  const { length, records } = result.intervals
  const { measured } = result.plan
  const found = new Map(records.map((record) => [record.index, record]))
  const within = Array.from(
    { length: intervalsIn({ measured, length }) },
    (_, index) => found.get(index) ?? nothing(index),
  )
  const beyond = records.filter(({ index }) => !isWithinWindow(index, { measured, length }))
  const loads = plannedLoads(result)
  return [...within, ...beyond].map((record) => rowOf(record, result, { begins, loads }))
}

const nothing = (index: number): IntervalRecord => ({ index, succeeded: 0, failed: 0, response: 'h1:' })

function rowOf(
  { index, succeeded, failed, response }: IntervalRecord,
  result: RunResult,
  { begins, loads }: { readonly begins: EpochMs | undefined; readonly loads: PlannedLoads },
): readonly string[] {
  const { plan, intervals } = result
  const { from, to } = timesOf(index, plan.measured, intervals.length)
  const quantile = (q: number) => {
    const us = quantileOf([response], q)
    return plainNumber(us === undefined ? undefined : us / 1_000, 3)
  }
  const planned = (curve: readonly Segment[] | undefined) =>
    curve === undefined ? '' : plainNumber(levelAt(curve, (from + to) / 2), 3)
  return [
    plainNumber(from / 1_000, 3),
    plainNumber((to - from) / 1_000, 3),
    begins === undefined ? '' : momentOf(begins + from),
    to <= plan.measured ? 'true' : 'false',
    String(succeeded),
    String(failed),
    plainNumber(succeeded / ((to - from) / 1_000), 3),
    quantile(0.5),
    quantile(0.95),
    quantile(0.99),
    planned(plan.curve),
    result.active === undefined || from >= plan.measured ? '' : plainNumber(result.active[index] ?? 0, 3),
    planned(loads.arrivals),
    planned(loads.users),
  ]
}

/** Beginning and end of an interval: one that the window does not fill is cut short, and the next one begins there. */
function timesOf(index: number, measured: Ms, length: Ms): { readonly from: Ms; readonly to: Ms } {
  const whole = intervalsIn({ measured, length })
  if (index < whole) return { from: index * length, to: Math.min(measured, (index + 1) * length) }
  const from = measured + (index - whole) * length
  return { from, to: from + length }
}

/** Empty for what no date can be. */
function momentOf(at: EpochMs): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString()
}
