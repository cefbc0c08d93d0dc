import type { KeptSharpness } from '../compare/sharpness.ts'
import type { History } from '../history/history.ts'
import type { WindowRow } from '../history/window-rows.ts'
import type { Report } from './report.ts'

/**
 * The whole report for machines. `schema` rises when a reader of the older form would misread the newer one.
 * @param redact applied to every text from outside, not to the whole: a secret that is a number must not break a count,
 * nor one that happens to stand in its base64 a histogram
 */
export function renderJson(
  { verdict, comparison, result, run, policy, sharpness }: Report,
  redact: (text: string) => string = (text) => text,
): string {
  const report = { kind: 'loadgate-report', schema: 1, verdict, comparison, result, run, policy, sharpness }
  const safe = (_: string, value: unknown) =>
    typeof value === 'string' && !value.startsWith('h1:') ? redact(value) : value
  return `${JSON.stringify(report, safe, 2)}\n`
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
