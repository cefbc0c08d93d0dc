import { show } from '../profile/show.ts'
import type { EpochMs, Ms } from '../units.ts'
import { CsvRecords, columnsIn } from './csv.ts'
import { amountIn, damaged, WHOLE_FILE } from './damaged.ts'
import { METRICS, Points } from './k6-points.ts'
import type { PassOver, Sample, SampleFormat } from './sample.ts'

// `k6 run --out csv=FILE`: three columns and one for each tag (grafana/k6, output/csv). Times of answers are milliseconds with
// six places, moments whole seconds unless K6_CSV_TIME_FORMAT says otherwise.
const NEEDED = ['metric_name', 'timestamp', 'metric_value'] as const

export const K6_CSV: SampleFormat = {
  kind: 'samples',
  tool: 'k6',
  form: 'CSV of samples',
  untold: ['intended-start'],
  grain: 0,
  remarks: ['without-connecting'],
  passOver,
}

export function isK6Header(line: string): boolean {
  return columnsIn(line.split(','), NEEDED) !== undefined
}

function passOver(file: string, take: (sample: Sample) => void): PassOver {
  const points = new Points(file, take)
  const looked = new Set<string>(METRICS)
  let clock: Ms = 1
  let header: readonly string[] | undefined
  const row = (fields: readonly string[], line: number) => {
    if (header === undefined) {
      header = fields
      return
    }
    const columns = header
    const at = columnsIn(columns, NEEDED)!
    if (fields.length !== columns.length)
      throw damaged(file, line, `the line has ${fields.length} of ${columns.length} columns`, WHOLE_FILE)
    const metric = fields[at.metric_name]!
    if (!looked.has(metric)) return
    const moment = fields[at.timestamp]!
    if (IN_SECONDS.test(moment)) clock = 1_000
    points.add({
      metric,
      at: momentIn(moment, file, line),
      value: amountIn(fields[at.metric_value], { file, line, column: 'metric_value' }),
      tag: (name) => fields[columns.indexOf(name)] ?? '',
    })
  }
  const records = new CsvRecords(file, row)
  return {
    line: (text, number) => records.line(text, number),
    end: () => {
      records.end()
      return points.end(clock)
    },
  }
}

/** A whole second, or a date without parts of one. */
const IN_SECONDS = /^\d{9,11}$|:\d\d(?:Z|[-+]\d\d:\d\d)$/

/** By its digits: seconds, or thousandths, millionths or thousand-millionths of them; or a date (RFC 3339). */
function momentIn(text: string, file: string, line: number): EpochMs {
  if (/^\d{9,19}$/.test(text)) return (Number(text) / 10 ** (Math.ceil((text.length - 10) / 3) * 3)) * 1_000
  const at = Date.parse(text)
  if (!Number.isNaN(at)) return at
  throw damaged(file, line, `timestamp is ${show(text)}, and no moment`, WHOLE_FILE)
}
