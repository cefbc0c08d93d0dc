import type { ScopeRow } from '../compare/comparison.ts'
import { plainNumber } from './clean-text.ts'
import { csvLine } from './csv.ts'
import type { Report } from './report.ts'

/** Columns of `steps.csv`; new ones come behind them. */
const COLUMNS = [
  'scope', // `all` is the whole run
  'requests',
  'failed',
  'error_rate', // 0 to 1
  'per_second', // successes
  'p50_ms',
  'p95_ms',
  'p99_ms',
  'service_p95_ms', // from the actual send
  'baseline_error_rate',
  'baseline_per_second',
  'baseline_p50_ms',
  'baseline_p95_ms',
  'baseline_p99_ms',
  'background', // whether it only kept the service busy, and is no part of the whole run
  'events', // of streams that came as they were to; the times above are those to their first
  'between_p50_ms', // from each event to the next
  'between_p95_ms',
  'between_p99_ms',
  'last_p50_ms', // to the last event
  'last_p95_ms',
  'last_p99_ms',
] as const

/** The whole run first, then every step, as the report has them. */
export function renderStepsCsv({ comparison }: Report): string {
  return [csvLine(COLUMNS), ...comparison.scopes.map((row) => csvLine(rowOf(row)))].join('')
}

function rowOf(row: ScopeRow): readonly string[] {
  const { baseline } = row
  return [
    row.scope,
    String(row.requests),
    String(row.failed),
    plainNumber(row.errors, 6),
    plainNumber(row.throughput, 3),
    ...[row.p50, row.p95, row.p99, row.serviceP95].map((ms) => plainNumber(ms, 3)),
    plainNumber(baseline?.errors, 6),
    plainNumber(baseline?.throughput, 3),
    ...[baseline?.p50, baseline?.p95, baseline?.p99].map((ms) => plainNumber(ms, 3)),
    String(row.background === true),
    plainNumber(row.events?.received, 0),
    ...[row.events?.between, row.events?.last].flatMap((times) =>
      [times?.p50, times?.p95, times?.p99].map((ms) => plainNumber(ms, 3)),
    ),
  ]
}
