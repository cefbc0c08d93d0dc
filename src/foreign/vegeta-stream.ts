import type { Cause } from '../engine/shard-result.ts'
import type { Ms } from '../units.ts'
import { CsvRecords, fieldsOf } from './csv.ts'
import { amountIn, damaged, WHOLE_FILE } from './damaged.ts'
import { jsonLine } from './json-line.ts'
import { labelled } from './label.ts'
import { NOTHING_BESIDE, type PassOver, type Sample, type SampleFormat } from './sample.ts'

// `vegeta encode -to json` and `-to csv` (tsenart/vegeta, lib/results.go): one attempt in a line. Times are nanoseconds. The
// columns of the CSV have no header: timestamp, code, latency, bytes out, bytes in, error, body, attack, seq, and in later
// versions method, URL and headers.
const NS = 1e-6
const COLUMNS = ['timestamp', 'code', 'latency', 'bytes out', 'bytes in'] as const

const COMMON = {
  kind: 'samples',
  tool: 'vegeta',
  // It aims at moments but writes down when it began.
  untold: ['intended-start'],
  grain: 0,
  remarks: [],
} as const

export const VEGETA_JSON: SampleFormat = { ...COMMON, form: 'JSON of samples', passOver: jsonPass }
export const VEGETA_CSV: SampleFormat = { ...COMMON, form: 'CSV of samples', passOver: csvPass }

interface Attempt {
  readonly attack?: unknown
  readonly code?: unknown
  readonly timestamp?: unknown
  readonly latency?: unknown
  readonly bytes_out?: unknown
  readonly bytes_in?: unknown
  readonly error?: unknown
  readonly method?: unknown
  readonly url?: unknown
}

export function isVegetaLine(value: unknown): boolean {
  const { code, timestamp, latency } = (value ?? {}) as Attempt
  return typeof code === 'number' && typeof timestamp === 'string' && typeof latency === 'number'
}

export function isVegetaRow(line: string): boolean {
  const fields = fieldsOf(line) ?? []
  return fields.length >= 9 && /^\d{19},\d{1,3},\d+,\d+,\d+$/.test(fields.slice(0, 5).join())
}

function jsonPass(file: string, take: (sample: Sample) => void): PassOver {
  return {
    line: (text, line) => {
      const attempt = jsonLine<Attempt>(text, file, line)
      const start = typeof attempt.timestamp === 'string' ? Date.parse(attempt.timestamp) : Number.NaN
      if (Number.isNaN(start)) throw damaged(file, line, 'the attempt has no timestamp', WHOLE_FILE)
      const amount = (value: unknown, column: string) =>
        amountIn(typeof value === 'number' ? String(value) : undefined, { file, line, column })
      take(
        sampleOf({
          start,
          latency: amount(attempt.latency, 'latency') * NS,
          code: amount(attempt.code, 'code'),
          sent: amount(attempt.bytes_out ?? 0, 'bytes_out'),
          received: amount(attempt.bytes_in ?? 0, 'bytes_in'),
          error: textOf(attempt.error),
          attack: textOf(attempt.attack),
          target: `${textOf(attempt.method)} ${textOf(attempt.url)}`,
        }),
      )
    },
    end: () => NOTHING_BESIDE,
  }
}

function csvPass(file: string, take: (sample: Sample) => void): PassOver {
  const records = new CsvRecords(file, (fields, line) => {
    const amounts = COLUMNS.map((column, at) => amountIn(fields[at], { file, line, column }))
    const [at, code, latency, sent, received] = amounts as [number, number, number, number, number]
    if (fields.length < 9) throw damaged(file, line, `the line has ${fields.length} of 9 columns`, WHOLE_FILE)
    take(
      sampleOf({
        start: at * NS,
        latency: latency * NS,
        ...{ code, sent, received },
        error: fields[5]!,
        attack: fields[7]!,
        target: `${fields[9] ?? ''} ${fields[10] ?? ''}`,
      }),
    )
  })
  return {
    line: (text, number) => records.line(text, number),
    end: () => {
      records.end()
      return NOTHING_BESIDE
    },
  }
}

interface Told {
  readonly start: Ms
  readonly latency: Ms
  readonly code: number
  readonly sent: number
  readonly received: number
  readonly error: string
  readonly attack: string
  readonly target: string
}

function sampleOf({ start, latency, code, sent, received, error, attack, target }: Told): Sample {
  const status = code >= 100 && code <= 999 ? code : undefined
  // As its own report counts: a success is answered with 200 to 399.
  const succeeded = code >= 200 && code < 400 && error === ''
  return {
    scenario: labelled(attack, 'vegeta'),
    step: labelled(target, 'requests'),
    end: start + latency,
    elapsed: latency,
    cause: succeeded ? undefined : causeOf(status, error),
    status,
    received,
    sent,
    users: 0,
  }
}

// The words of Go's net package.
const ERRORS: readonly (readonly [RegExp, Cause])[] = [
  [/connection refused/, 'connection-refused'],
  [/connection reset/, 'connection-reset'],
  [/no such host/, 'unresolved-host'],
  [/dial tcp.*timeout/, 'connect-timeout'],
  [/timeout|deadline exceeded/i, 'timeout'],
  [/no route to host|network is unreachable/, 'unreachable'],
  [/tls|x509|certificate/, 'tls'],
  [/EOF/, 'connection-closed'],
  [/malformed/, 'malformed-answer'],
]

function causeOf(status: number | undefined, error: string): Cause {
  if (status !== undefined && (status < 200 || status >= 400)) return 'unexpected-status'
  return ERRORS.find(([pattern]) => pattern.test(error))?.[1] ?? 'unknown'
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
