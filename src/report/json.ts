import type { KeptSharpness } from '../compare/sharpness.ts'
import type { History } from '../history/history.ts'
import type { WindowRow } from '../history/window-rows.ts'
import { visibleOnly } from '../visible-only.ts'
import type { Report } from './report.ts'

export const REPORT_KIND = 'loadgate-report'
/** Rises when a reader of the older form would misread the newer one. */
export const REPORT_SCHEMA = 1

/** The whole report for machines; `readReport` reads it. */
export function renderJson({ verdict, comparison, result, run, policy, history, sharpness, beside }: Report): string {
  const parts = { verdict, comparison, result, run, policy, history, sharpness, beside }
  return `${JSON.stringify({ kind: REPORT_KIND, schema: REPORT_SCHEMA, ...parts }, undefined, 2)}\n`
}

/**
 * The report as it is kept: what its file gives back, so that whatever is rendered from it can be rendered again later, to
 * the byte. Secrets are taken out of every text from outside, not of the whole: a secret that is a number must not break a
 * count, nor one that happens to stand in its base64 a histogram, nor one of four letters the name of a commit or of a verdict.
 */
export function keptReport(report: Report, redact: (text: string) => string): Report {
  const { result, run } = report
  const names = new Set([result.id, result.fingerprint.plan, result.commit, run.commit, run.changedFrom])
  const safe = (key: string, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return undefined
    if (typeof value !== 'string' || HISTOGRAM.test(value) || OUR_WORDS.has(key)) return value
    if (names.has(value) && NAME.test(value) && redact(value) !== '***') return value
    return withoutSecrets(value, redact)
  }
  return JSON.parse(JSON.stringify(report, safe))
}

/** Where one of a few words of ours stands, and never a text from outside: the reader takes no other. */
const OUR_WORDS = new Set(['kind', 'outcome', 'metric', 'model', 'design', 'code', 'effect', 'load', 'cause'])
const NAME = /^[\w-]{1,100}$/
const HISTOGRAM = /^h1:[A-Za-z0-9+/]*={0,2}$/

/** What a renderer leaves out of a text, invisible characters say, must not put a secret together. */
function withoutSecrets(text: string, redact: (text: string) => string): string {
  const safe = redact(text)
  const shown = visibleOnly(safe.replace(/[\s\u0085]+/g, ' '))
  const again = redact(shown)
  return again === shown ? safe : again
}

/** What `loadgate baseline show` tells, for machines. */
export function renderHistoryJson(
  history: History,
  window: readonly WindowRow[],
  redact: (text: string) => string = (text) => text,
): string {
  return redacted({ kind: 'loadgate-history', schema: 1, ...history, window }, redact)
}

/** What `loadgate aa` keeps. */
export function renderSharpnessJson(
  sharpness: KeptSharpness,
  redact: (text: string) => string = (text) => text,
): string {
  return redacted({ kind: 'loadgate-sharpness', schema: 1, ...sharpness }, redact)
}

function redacted(data: object, redact: (text: string) => string): string {
  const safe = (_: string, value: unknown) => (typeof value === 'string' ? redact(value) : value)
  return `${JSON.stringify(data, safe, 2)}\n`
}
