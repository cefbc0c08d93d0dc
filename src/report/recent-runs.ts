import type { Outcome } from '../compare/verdict.ts'
import { codeSpan } from './code-span.ts'
import { ICON } from './headline.ts'
import { keyBudget, keyFigure } from './key-budget.ts'
import type { Report } from './report.ts'
import { short } from './sentences.ts'

/** What a comment keeps of one run of its pull request. */
export interface RecentRun {
  readonly runId: number
  readonly attempt: number
  /** Seven hexadecimal digits; undefined outside a commit. */
  readonly commit: string | undefined
  readonly outcome: Outcome
  /** The number that the verdict turned on: "p95 +31 %"; undefined where there was none. */
  readonly figure: string | undefined
}

/** A metric and a number with its unit, too short for a commit: nothing that Markdown or GitHub takes for more than words. */
export const FIGURE =
  /^(?:p\d{1,3}(?:\.\d{1,4})?(?: between events| to last event)?|errors|throughput) [+±-]?\d{1,6}(?:\.\d{1,6})?(?: (?:%|pp|ms|s)|\/s)$/
export const SHORT_COMMIT = /^[0-9a-f]{7}$/

/** What is kept of a run that is reported now. */
export function recentRunOf(report: Report, { runId, attempt }: Pick<RecentRun, 'runId' | 'attempt'>): RecentRun {
  const row = keyBudget(report)
  const figure = row && `${row.metric} ${keyFigure(row)}`
  const commit = short(report.run.commit ?? '')
  return {
    runId,
    attempt,
    commit: SHORT_COMMIT.test(commit) ? commit : undefined,
    outcome: report.verdict.outcome,
    figure: figure !== undefined && FIGURE.test(figure) ? figure : undefined,
  }
}

/**
 * One line on the runs of a pull request, the newest last: `a1b2c3d` ✅ pass p95 +1 % · `d4e5f6a` ❌ fail p95 +31 %. Undefined
 * where there is only one, of which the rest of the comment tells.
 */
export function recentRunsLine(runs: readonly RecentRun[]): string | undefined {
  if (runs.length < 2) return undefined
  const each = runs.map(({ commit, outcome, figure, attempt }) =>
    [
      ...(commit === undefined ? [] : [codeSpan(commit)]),
      ...(attempt > 1 ? [`(attempt ${attempt})`] : []),
      ICON[outcome],
      outcome,
      ...(figure === undefined ? [] : [figure]),
    ].join(' '),
  )
  return `Runs here, the newest last: ${each.join(' · ')}`
}
