import type { Baseline } from '../baseline/baseline.ts'
import { type Current, comparableRuns } from '../baseline/comparable.ts'
import { WHOLE } from '../compare/scope.ts'
import type { Share } from '../units.ts'
import type { History, HistoryRun } from './history.ts'

/** A stored run, and whether a run here and now would be compared with it. */
export interface WindowRow extends HistoryRun {
  /** Of the whole run; undefined where it measured none. */
  readonly p95: number | undefined
  readonly errors: Share | undefined
  readonly throughput: number | undefined
  /** Why it would not be compared with, in words; undefined where it would. */
  readonly refusal: string | undefined
}

/** @param current the run that might be compared, of which nothing but this needs to be known */
export function windowRows(baseline: Baseline, { runs, series }: History, current: Current): readonly WindowRow[] {
  const values = (metric: 'p95' | 'errors' | 'throughput') => {
    const points = series.find((one) => one.scope === WHOLE.name && one.metric === metric)?.points ?? []
    return new Map(points.map(({ run, value }) => [run, value]))
  }
  const { refused } = comparableRuns(baseline, current)
  const [p95, errors, throughput] = [values('p95'), values('errors'), values('throughput')]
  return runs.map((run, at) => ({
    ...run,
    p95: p95.get(at),
    errors: errors.get(at),
    throughput: throughput.get(at),
    refusal: refused.find((one) => one.run === baseline.runs[at])?.reason,
  }))
}
