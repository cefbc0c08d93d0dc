import { peakLevel } from '../plan/curve.ts'
import type { Segment } from '../plan/plan.ts'
import { formatMs, formatRate, formatShare } from '../units.ts'
import { plainNumber } from './clean-text.ts'
import { csvLine } from './csv.ts'
import { plannedLoads } from './planned-loads.ts'
import type { Report } from './report.ts'

/** Columns of the log that people keep of their runs; never reordered, and new ones come behind them. */
export const RUN_LOG_COLUMNS = [
  'date', // when the load began, ISO 8601 in UTC
  'commit', // with a + behind it where files were changed
  'change', // title of the pull request, or first line of the commit
  'focus', // name of the profile
  'users', // at the most, of a closed load
  'rate', // arrivals per second at the most, of an open load
  'result', // verdict and figures of the whole run
  'notes', // why
  'links', // to the run
] as const

export const RUN_LOG_HEADER = csvLine(RUN_LOG_COLUMNS)

/** The run as one line of that log. */
export function renderRunLogRow(report: Report): string {
  const { result, run, verdict } = report
  const { arrivals, users } = plannedLoads(result)
  const peak = (curve: readonly Segment[] | undefined) => (curve === undefined ? '' : plainNumber(peakLevel(curve), 3))
  return csvLine([
    dateOf(result.startedAt),
    run.commit ?? (run.changedFrom === undefined ? '' : `${run.changedFrom}+`),
    run.change ?? '',
    result.profile,
    peak(users),
    peak(arrivals),
    [verdict.outcome, ...figuresOf(report)].join(', '),
    verdict.reason,
    run.url ?? '',
  ])
}

function figuresOf({ comparison }: Report): readonly string[] {
  const [whole] = comparison.scopes
  if (whole === undefined || whole.requests === 0) return []
  const p95 = whole.p95 === undefined ? [] : [`p95 ${formatMs(whole.p95)}`]
  return [...p95, `errors ${formatShare(whole.errors)}`, formatRate(whole.throughput)]
}

/** Without the fraction of a second, which not every spreadsheet reads; empty where the load never began. */
function dateOf(at: number): string {
  const date = new Date(at)
  return at === 0 || Number.isNaN(date.getTime()) ? '' : date.toISOString().replace(/\.\d+Z$/, 'Z')
}
