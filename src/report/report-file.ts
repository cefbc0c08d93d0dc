import { comparison, verdict } from '../compare/comparison-file.ts'
import { keptSharpness } from '../compare/sharpness-file.ts'
import { LoadgateError, messageOf } from '../errors.ts'
import { countIn } from '../histogram.ts'
import { historyReader } from '../history/history-file.ts'
import { amount, count, type JsonSchema, list, Misread, oneOf, optional, type Reader, record, text } from '../reader.ts'
import { histogram, RESULT_SCHEMA, resultOf } from '../result/result-file.ts'
import { policyReader } from '../trust/policy-file.ts'
import { REPORT_KIND, REPORT_SCHEMA } from './json.ts'
import type { FargateFacts, Report, RunContext, StepTimes } from './report.ts'

const fargate = record<FargateFacts>({
  runId: text,
  regions: list(text, 100),
  size: record({ cpu: count, memory: count }),
  skew: amount,
  stagger: amount,
  cost: record({ total: amount, compute: amount, addresses: amount, requests: amount, taskTime: amount }),
  left: list(text, 10_000),
})

const run = record<RunContext>({
  version: text,
  profilePath: text,
  commit: optional(text),
  changedFrom: optional(text),
  change: optional(text),
  url: optional(text),
  reproduce: text,
  baselineNote: optional(text),
  serviceEnd: optional(text),
  lastOutput: optional(text),
  fargate: optional(fargate),
})

const stepTimes = record<StepTimes>({ scenario: text, step: text, response: histogram })

const head = record({ kind: oneOf(REPORT_KIND), schema: oneOf(REPORT_SCHEMA) })

/** The result is a file of its own kind, with its own reader. */
const parts = record<Omit<Report, 'result'>>({
  verdict,
  comparison,
  run,
  policy: optional(policyReader),
  history: optional(historyReader),
  sharpness: optional(keptSharpness),
  beside: optional(list(stepTimes, 20_000)),
})

/**
 * The report that a file holds, as `renderJson` writes it. Anybody may have written the file: all that a renderer takes for
 * granted is checked. LoadgateError `usage` for a file of another kind or of a later version, `infrastructure` for a damaged
 * one; both quote nothing of the file but places in it.
 */
export function readReport(given: string): Report {
  const value = parsed(given)
  checkKind(value)
  try {
    head(value, '')
    const { result } = record<{ result: unknown }>({ result: anything })(value, '')
    const report = { ...parts(value, ''), result: resultOf(result) }
    for (const { response } of report.beside ?? []) countIn(response)
    return report
  } catch (error) {
    if (error instanceof Misread) throw damaged(messageOf(error))
    throw error
  }
}

const anything: Reader<unknown> = (value) => value

function parsed(given: string): unknown {
  try {
    return JSON.parse(given)
  } catch {
    // The engine's own words quote the file.
    throw damaged('it is not JSON')
  }
}

const OTHERS: Readonly<Record<string, string>> = {
  'loadgate-result': 'a result by itself: `loadgate compare` judges it',
  'loadgate-baseline': 'a baseline: `loadgate baseline show` shows it',
  'loadgate-history': 'a history',
  'loadgate-sharpness': 'what `loadgate aa` keeps',
}

function checkKind(value: unknown): void {
  const { kind, schema } = (value ?? {}) as { kind?: unknown; schema?: unknown }
  if (kind !== REPORT_KIND) {
    const other = typeof kind === 'string' && Object.hasOwn(OTHERS, kind) ? `, but ${OTHERS[kind]}` : ''
    throw new LoadgateError('usage', `It is no report of Loadgate${other}`, { hint: REMEDY })
  }
  if (typeof schema === 'number' && schema > REPORT_SCHEMA)
    throw new LoadgateError('usage', `The report has schema ${schema}; this version reads ${REPORT_SCHEMA}`, {
      hint: 'Use the version of Loadgate that wrote it, or a later one.',
    })
}

const REMEDY = 'Name the `report.json` of a report directory, or what `loadgate run --json` wrote.'

function damaged(why: string): LoadgateError {
  return new LoadgateError('infrastructure', `The report is damaged: ${why}`, {
    hint: 'It should be a `report.json` as Loadgate wrote it, unchanged.',
  })
}

/** The JSON Schema of the file: what the reader holds it to, but for the sums, and for keys of later versions. */
export function reportSchema(): JsonSchema {
  const { properties = {}, required = [] } = parts.schema as SchemaParts
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: `A report of Loadgate, schema ${REPORT_SCHEMA}`,
    type: 'object',
    properties: { ...(head.schema as SchemaParts).properties, ...properties, result: RESULT_SCHEMA },
    required: ['kind', 'schema', ...required, 'result'],
  }
}

interface SchemaParts {
  readonly properties?: JsonSchema
  readonly required?: readonly string[]
}
