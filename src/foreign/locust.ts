import { show } from '../profile/show.ts'
import type { Ms } from '../units.ts'
import { CsvRecords } from './csv.ts'
import { amountIn, damaged, WHOLE_FILE } from './damaged.ts'
import { labelled } from './label.ts'
import { causesOf, type Failure, failuresIn } from './locust-failures.ts'
import { courseOf } from './locust-history.ts'
import { type KnownTimes, pointsOf, type Row, type Summary, type SummaryFormat, type SummaryPart } from './summary.ts'

// `locust --csv PREFIX` (locustio/locust, locust/stats.py): PREFIX_stats.csv has a row for each name and method, and one of all
// together, called "Aggregated"; beside it lie PREFIX_stats_history.csv and PREFIX_failures.csv.
export const LOCUST: SummaryFormat = { kind: 'summary', read }

const STATS = '_stats.csv'
const NEEDED = ['Type', 'Name', 'Request Count', 'Failure Count', 'Requests/s'] as const

export function isLocustHeader(line: string): boolean {
  return line.startsWith('Type,Name,Request Count,Failure Count,')
}

async function read(file: string, text: string, { rowsOf }: Parameters<SummaryFormat['read']>[2]): Promise<Summary> {
  const rows = rowsIn(file, text)
  const whole = rows.at(-1)
  if (whole?.name !== 'Aggregated')
    throw damaged(file, whole?.line, 'the last row is not that of all requests, "Aggregated"', WHOLE_FILE)
  const named = rows.slice(0, -1)
  for (const column of ['requests', 'failures'] as const) {
    const sum = named.reduce((total, row) => total + row[column], 0)
    if (sum !== whole[column])
      throw damaged(file, whole.line, `"Aggregated" has ${whole[column]} ${column}, and its rows ${sum}`, WHOLE_FILE)
  }
  const failures = failuresIn(await rowsOf(STATS, '_failures.csv'), file.replace(/_stats\.csv$/, '_failures.csv'))
  const historyFile = file.replace(/_stats\.csv$/, '_stats_history.csv')
  const history = courseOf(await rowsOf(STATS, '_stats_history.csv'), whole, historyFile)
  const measured = history?.measured ?? (whole.rate > 0 ? Math.round((whole.requests / whole.rate) * 1_000) : 0)
  return {
    tool: 'Locust',
    form: 'statistics as CSV',
    untold: ['intended-start', 'distribution', 'times-of-failures', ...(history?.course ? [] : (['course'] as const))],
    remarks: ['rounded'],
    users: history?.users,
    startedAt: history?.startedAt,
    target: '',
    measured,
    dropped: 0,
    iterations: undefined,
    parts: named.map((row) => partOf(row, failures)),
    whole: timesOf(whole),
    course: history?.course,
  }
}

interface Stats extends KnownTimes {
  readonly line: number
  readonly type: string
  readonly name: string
  readonly requests: number
  readonly failures: number
  readonly rate: number
  readonly size: number
}

function rowsIn(file: string, text: string): readonly Stats[] {
  const rows: Row[] = []
  const records = new CsvRecords(file, (fields, line) => rows.push({ fields, line }))
  for (const [at, line] of text.split(/\r?\n/).entries()) if (line !== '') records.line(line, at + 1)
  records.end()
  const [header, ...others] = rows
  const columns = header?.fields ?? []
  for (const name of NEEDED)
    if (!columns.includes(name)) throw damaged(file, 1, `there is no column ${show(name)}`, WHOLE_FILE)
  return others.map((row) => statsOf(row, columns, file))
}

function statsOf({ fields, line }: Row, columns: readonly string[], file: string): Stats {
  const field = (name: string) => fields[columns.indexOf(name)]
  const amount = (column: string) => amountIn(field(column), { file, line, column })
  const [requests, failures] = [amount('Request Count'), amount('Failure Count')]
  if (failures > requests) throw damaged(file, line, 'there are more failures than requests', WHOLE_FILE)
  const percentiles = columns.flatMap((column): (readonly [number, number | undefined])[] => {
    const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(column) ?? []
    return percent === undefined ? [] : [[Number(percent), field(column) === 'N/A' ? undefined : amount(column)]]
  })
  return {
    line,
    type: field('Type') ?? '',
    name: field('Name') ?? '',
    ...{ requests, failures },
    rate: amount('Requests/s'),
    size: columns.includes('Average Content Size') ? amount('Average Content Size') : 0,
    count: requests,
    points: requests === 0 ? [] : pointsOf(percentiles, roundedBy),
  }
}

/** Half of the step to which Locust rounds (`StatsEntry._log_response_time`), and that its percentiles are cut to whole ms. */
function roundedBy(ms: Ms): Ms {
  return ms < 100 ? 1 : ms < 1_000 ? 5 : ms < 10_000 ? 50 : 500
}

function timesOf({ count, points }: Stats): KnownTimes {
  return { count, points }
}

function partOf(row: Stats, failures: readonly Failure[]): SummaryPart {
  const { type, name, requests, size } = row
  return {
    scenario: 'Locust',
    step: labelled(`${type} ${name}`, 'without a name'),
    sent: requests,
    ...causesOf(row, failures),
    received: Math.round(size * requests),
    bytesSent: 0,
    ...timesOf(row),
  }
}
