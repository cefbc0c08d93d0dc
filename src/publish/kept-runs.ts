import type { Outcome } from '../compare/verdict.ts'
import { FIGURE, type RecentRun, SHORT_COMMIT } from '../report/recent-runs.ts'

/** More is for the history of the store to tell. */
const KEPT = 5

const OUTCOMES: readonly string[] = ['pass', 'fail', 'inconclusive', 'invalid'] satisfies readonly Outcome[]
const LINE = /^<!-- loadgate-runs:([\w.+±%/ ;-]{0,600}) -->$/
const ENTRY = /^(\d{1,15})\.(\d{1,6});([0-9a-f]{7}|);([a-z]{4,12});(.{0,60})$/

/** A hidden line of a comment. It has no two hyphens in a row, which would end what hides it. */
export function writeRuns(runs: readonly RecentRun[]): string {
  const entries = runs.map(
    ({ runId, attempt, commit = '', outcome, figure = '' }) => `${runId}.${attempt};${commit};${outcome};${figure}`,
  )
  return `<!-- loadgate-runs:${entries.join(' / ')} -->`
}

/**
 * The runs in such a line. Whoever may write to the repository may have edited the comment, so that whatever is not in its form
 * to the letter is left out, and nothing is ever shown as it stands.
 */
export function readRuns(line: string): readonly RecentRun[] {
  const [, entries = ''] = LINE.exec(line) ?? []
  return entries
    .split(' / ')
    .flatMap(readRun)
    .reduce<readonly RecentRun[]>((runs, run) => withRun(runs, run), [])
}

/** In the order of the run ids, which rise; a later attempt stands in the place of an earlier one. */
export function withRun(runs: readonly RecentRun[], run: RecentRun): readonly RecentRun[] {
  const same = runs.find(({ runId }) => runId === run.runId)
  if (same && same.attempt > run.attempt) return runs
  return [...runs.filter((one) => one !== same), run].toSorted((a, b) => a.runId - b.runId).slice(-KEPT)
}

function readRun(entry: string): readonly RecentRun[] {
  const [, runId, attempt, commit, outcome = '', figure = ''] = ENTRY.exec(entry) ?? []
  if (!isOutcome(outcome) || (figure !== '' && !FIGURE.test(figure))) return []
  return [
    {
      runId: Number(runId),
      attempt: Number(attempt),
      commit: commit !== undefined && SHORT_COMMIT.test(commit) ? commit : undefined,
      outcome,
      figure: figure === '' ? undefined : figure,
    },
  ]
}

function isOutcome(text: string): text is Outcome {
  return OUTCOMES.includes(text)
}
