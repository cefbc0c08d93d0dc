import { existsSync } from 'node:fs'
import type { Intervals } from '../engine/shard-result.ts'
import type { PartPercentiles, RunResult, StepResult } from '../result/result.ts'
import { CsvRecords } from './csv.ts'
import { damaged, WHOLE_FILE } from './damaged.ts'
import { foreignResult } from './foreign-result.ts'
import { namesAt, OTHERS } from './label.ts'
import { eachLine, wholeText } from './lines.ts'
import type { Neighbours, Row, Summary, SummaryFormat, SummaryPart } from './summary.ts'

/** Parts that are shown and kept each by itself. */
const MOST_PARTS = 200
const MOST_ROWS = 1_000_000

/** A run of a file that holds percentiles and counts. */
export async function fromSummary(file: string, format: SummaryFormat, name: string | undefined): Promise<RunResult> {
  const { text, sha256, modifiedAt } = await wholeText(file)
  const summary = await format.read(file, text, neighboursOf(file))
  const { parts, others } = mostFrequent(summary.parts)
  const steps = parts.map(stepOf)
  if (!(summary.measured > 0) || steps.every(({ sent }) => sent === 0))
    throw damaged(file, undefined, 'there is no request in it', WHOLE_FILE)
  const { tool, form, untold, remarks, users, measured, startedAt, target, dropped, iterations } = summary
  return foreignResult({
    ...{ sha256, name, target, measured, dropped, iterations, steps },
    source: {
      ...{ tool, form, remarks, users, grain: 0, together: others, sums: 0 },
      untold: startedAt === undefined ? [...untold, 'begin'] : untold,
    },
    startedAt: startedAt ?? modifiedAt - measured,
    intervals: intervalsOf(summary, steps),
    percentiles: percentilesOf(summary, parts),
  })
}

function mostFrequent(all: readonly SummaryPart[]): {
  readonly parts: readonly SummaryPart[]
  readonly others: number
} {
  if (all.length <= MOST_PARTS) return { parts: all, others: 0 }
  const kept = new Set([...all].sort((a, b) => b.sent - a.sent).slice(0, MOST_PARTS))
  const rest = all.filter((part) => !kept.has(part))
  return { parts: [...all.filter((part) => kept.has(part)), together(rest)], others: rest.length }
}

/** Of several parts together no percentile is known. */
function together(parts: readonly SummaryPart[]): SummaryPart {
  const sum = (of: (part: SummaryPart) => number) => parts.reduce((total, part) => total + of(part), 0)
  const counts = (of: (part: SummaryPart) => Readonly<Record<string, number>>) => {
    const all = new Map<string, number>()
    for (const part of parts)
      for (const [key, count] of Object.entries(of(part))) all.set(key, (all.get(key) ?? 0) + count)
    return Object.fromEntries(all)
  }
  return {
    ...namesAt(OTHERS),
    sent: sum(({ sent }) => sent),
    causes: counts(({ causes }) => causes),
    statuses: counts(({ statuses }) => statuses),
    received: sum(({ received }) => received),
    bytesSent: sum(({ bytesSent }) => bytesSent),
    count: 0,
    points: [],
  }
}

function stepOf({ scenario, step, sent, causes, statuses, received, bytesSent }: SummaryPart, id: number): StepResult {
  const failed = Object.values(causes).reduce((sum, count) => sum + count, 0)
  const succeeded = sent - failed
  return {
    ...{ id, scenario, step, sent, succeeded, failed, causes, statuses, bytesSent },
    succeededInWindow: succeeded,
    bytesReceived: received,
    response: 'h1:',
    service: 'h1:',
    firstByte: undefined,
    failures: 'h1:',
    blocks: undefined,
  }
}

/** Where it is not told how the run went, all of it is one interval. */
function intervalsOf({ course, measured }: Summary, steps: readonly StepResult[]): Intervals {
  const sum = (of: (step: StepResult) => number) => steps.reduce((total, step) => total + of(step), 0)
  const whole = { index: 0, succeeded: sum((step) => step.succeeded), failed: sum((step) => step.failed) }
  const { length, records } = course ?? { length: measured, records: [whole] }
  return { length, records: records.map((record) => ({ ...record, response: 'h1:' })) }
}

function percentilesOf({ whole }: Summary, parts: readonly SummaryPart[]): readonly PartPercentiles[] {
  const own = parts.map(({ count, points }, id) => ({ steps: [id], count, points }))
  if (parts.length === 1 || whole === undefined) return own
  return [{ steps: parts.map((_, id) => id), count: whole.count, points: whole.points }, ...own]
}

function neighboursOf(file: string): Neighbours {
  return {
    rowsOf: async (from, to) => {
      if (!file.endsWith(from)) return undefined
      const other = file.slice(0, -from.length) + to
      return existsSync(other) ? rowsOf(other) : undefined
    },
  }
}

async function rowsOf(file: string): Promise<readonly Row[]> {
  const rows: Row[] = []
  const records = new CsvRecords(file, (fields, line) => {
    if (rows.push({ fields, line }) > MOST_ROWS)
      throw damaged(file, line, `it has more than ${MOST_ROWS} lines`, 'Take it away from beside the summary.')
  })
  await eachLine(file, (text, number) => records.line(text, number))
  records.end()
  return rows
}
