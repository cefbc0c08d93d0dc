import { intervalLength } from '../engine/interval.ts'
import type { EpochMs, Ms } from '../units.ts'
import { amountIn, damaged, WHOLE_FILE } from './damaged.ts'
import type { Course, Row } from './summary.ts'

export interface LocustHistory {
  readonly startedAt: EpochMs
  readonly measured: Ms
  readonly users: number
  /** Undefined where the counts were reset under way. */
  readonly course: Course | undefined
}

const COLUMNS = ['Timestamp', 'User Count', 'Name', 'Total Request Count', 'Total Failure Count'] as const

interface Total {
  readonly line: number
  readonly at: EpochMs
  readonly users: number
  readonly requests: number
  readonly failures: number
}

/**
 * How the run went, from PREFIX_stats_history.csv: a row for each second with the totals until then. What came after the
 * last one belongs to the last interval, since the statistics are written a moment later.
 */
export function courseOf(
  rows: readonly Row[] | undefined,
  whole: { readonly requests: number; readonly failures: number },
  file: string,
): LocustHistory | undefined {
  const totals = totalsIn(rows ?? [], file)
  const [first, last] = [totals[0], totals.at(-1)]
  if (first === undefined || last === undefined || last.at <= first.at) return undefined
  const back = totals.find(({ at }, n) => n > 0 && at < totals[n - 1]!.at)
  if (back !== undefined) throw damaged(file, back.line, 'Timestamp goes back', WHOLE_FILE)
  if (last.requests > whole.requests || last.failures > whole.failures)
    throw damaged(
      file,
      undefined,
      `it counts ${last.requests} requests, and the statistics beside it ${whole.requests}`,
      'Both must be of the same run: take the history away where it is of another one.',
    )
  const measured = last.at - first.at
  const users = Math.max(...totals.map((total) => total.users))
  return { startedAt: first.at, measured, users, course: courseIn(totals, whole, measured) }
}

function totalsIn(rows: readonly Row[], file: string): readonly Total[] {
  const [header, ...others] = rows
  const columns = header?.fields ?? []
  if (!COLUMNS.every((name) => columns.includes(name))) return []
  const at = Object.fromEntries(COLUMNS.map((name) => [name, columns.indexOf(name)]))
  return others.flatMap(({ fields, line }): Total[] => {
    if (fields[at.Name!] !== 'Aggregated') return []
    const amount = (column: (typeof COLUMNS)[number]) => amountIn(fields[at[column]!], { file, line, column })
    return [
      {
        line,
        at: amount('Timestamp') * 1_000,
        users: amount('User Count'),
        requests: amount('Total Request Count'),
        failures: amount('Total Failure Count'),
      },
    ]
  })
}

function courseIn(
  totals: readonly Total[],
  whole: { readonly requests: number; readonly failures: number },
  measured: Ms,
): Course | undefined {
  const length = intervalLength(measured)
  const counts = new Map<number, { succeeded: number; failed: number }>()
  const [first, last] = [totals[0]!, totals.at(-1)!]
  let [requests, failures, index] = [0, 0, 0]
  for (const [n, total] of [...totals, { ...last, ...whole }].entries()) {
    const [more, failed] = [total.requests - requests, total.failures - failures]
    // `--reset-stats` begins to count anew once all users are there.
    if (more < failed || failed < 0) return undefined
    if (n > 0 && n < totals.length) index = Math.floor((totals[n - 1]!.at - first.at) / length)
    const so = counts.get(index) ?? { succeeded: 0, failed: 0 }
    counts.set(index, { succeeded: so.succeeded + more - failed, failed: so.failed + failed })
    requests = total.requests
    failures = total.failures
  }
  const records = [...counts].sort(([a], [b]) => a - b).map(([at, count]) => ({ index: at, ...count }))
  return { length, records: records.filter(({ succeeded, failed }) => succeeded + failed > 0) }
}
