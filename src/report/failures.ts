import type { ScopeRow } from '../compare/comparison.ts'
import type { StepResult } from '../result/result.ts'
import { formatCount, formatShare } from '../units.ts'
import type { Report } from './report.ts'
import type { Writing } from './writing.ts'

const MAX_CAUSES = 20
const MAX_STATUSES = 20
const MAX_STEPS_OF_CAUSE = 3

export const FAILURE_COLUMNS = ['failures', 'share', 'steps'] as const

/** Why requests failed, ready to be laid out. */
export interface Failures {
  readonly count: number
  /** The cause and then FAILURE_COLUMNS, the most frequent cause first. */
  readonly rows: readonly (readonly string[])[]
  /** The causes themselves, in the order of the rows. */
  readonly causes: readonly string[]
  /** The status codes of all answers, one sentence. */
  readonly answers: string
}

/** Undefined when nothing failed. Arrivals that were never sent stand among the causes, since the target failed them too. */
export function failuresOf({ comparison, result }: Report, { name }: Writing): Failures | undefined {
  const [all, ...steps] = comparison.scopes
  if (!all || all.causes.length === 0) return undefined
  const measured = steps.filter(({ background }) => !background)
  const count = all.causes.reduce((sum, [, failures]) => sum + failures, 0)
  const due = all.requests - all.failed + count
  const shown = mostFrequent(all.causes).slice(0, MAX_CAUSES)
  const rows = shown.map(([cause, failures]) => [
    name(cause),
    formatCount(failures),
    formatShare(due > 0 ? failures / due : 0),
    listed(stepsOf(cause, measured), MAX_STEPS_OF_CAUSE, name),
  ])
  return { count, rows, causes: shown.map(([cause]) => cause), answers: answersSentence(result.steps, name) }
}

function stepsOf(cause: string, steps: readonly ScopeRow[]): readonly Tally[] {
  return steps
    .map(({ scope, causes }): Tally => [scope, causes.find(([other]) => other === cause)?.[1] ?? 0])
    .filter(([, failures]) => failures > 0)
}

function answersSentence(steps: readonly Pick<StepResult, 'statuses'>[], name: Writing['name']): string {
  const answers = new Map<string, number>()
  for (const { statuses } of steps)
    for (const [status, count] of Object.entries(statuses)) answers.set(status, (answers.get(status) ?? 0) + count)
  if (answers.size === 0) return 'No request was answered.'
  return `Answers by status: ${listed([...answers], MAX_STATUSES, name)}.`
}

type Tally = readonly [of: string, count: number]

/** `shop › GET / × 12, shop › GET /cart × 3, … 4 more` */
function listed(tallies: readonly Tally[], most: number, name: Writing['name']): string {
  const shown = mostFrequent(tallies)
    .slice(0, most)
    .map(([of, count]) => `${name(of)} × ${formatCount(count)}`)
  const more = tallies.length - shown.length
  return [...shown, ...(more > 0 ? [`… ${formatCount(more)} more`] : [])].join(', ')
}

function mostFrequent(tallies: readonly Tally[]): readonly Tally[] {
  return tallies.toSorted(([, a], [, b]) => b - a)
}
