import { stepLabel } from '../profile/step-label.ts'
import type { StepResult } from '../result/result.ts'
import { formatShare } from '../units.ts'
import type { Defect } from './comparison.ts'

// A page that now redirects, or answers 204 where it answered 200, is measured well and compared with something else.
const OTHER_ANSWERS = 0.05
/** Standard errors that chance is given on top. */
const CHANCE = 3

export type Answers = Pick<StepResult, 'scenario' | 'step' | 'statuses' | 'causes'>

/** Where the other answers were measured, in words: "in the baseline", and what to do if the difference is meant. */
export interface Elsewhere {
  readonly there: string
  readonly remedy: string
}

/** The flaw of a step that is answered in another way than the same step was elsewhere, if it is. */
export function mixDefects(now: Answers, before: readonly Answers[], { there, remedy }: Elsewhere): readonly Defect[] {
  const message = otherAnswers(now, before, there)
  return message === undefined ? [] : [{ code: 'different-answers', message, remedy }]
}

/** In words, how the status codes of a step's successes differ. */
function otherAnswers(now: Answers, before: readonly Answers[], there: string): string | undefined {
  const ours = successes(now)
  const theirs = new Map<string, number>()
  for (const step of before)
    for (const [status, count] of successes(step)) theirs.set(status, (theirs.get(status) ?? 0) + count)
  const [n, m] = [size(ours), size(theirs)]
  if (n === 0 || m === 0) return undefined
  let distance = 0
  let noise = 0
  for (const status of new Set([...ours.keys(), ...theirs.keys()])) {
    const [p, r] = [(ours.get(status) ?? 0) / n, (theirs.get(status) ?? 0) / m]
    const pooled = (p * n + r * m) / (n + m)
    distance += Math.abs(p - r) / 2
    noise += Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m)) / 2
  }
  if (!(distance > OTHER_ANSWERS + CHANCE * noise)) return undefined
  return `"${stepLabel(now.scenario, now.step)}" was answered with ${mix(ours, n)}, ${there} with ${mix(theirs, m)}`
}

/**
 * The result does not say which codes the profile expects. Without an unexpected status all of them; with some, those that
 * are errors by nature are taken for the unexpected ones, which the error rate already counts.
 */
function successes({ statuses, causes }: Answers): ReadonlyMap<string, number> {
  const expected = (causes['unexpected-status'] ?? 0) === 0
  return new Map(Object.entries(statuses).filter(([status]) => expected || Number(status) < 400))
}

function size(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}

function mix(counts: ReadonlyMap<string, number>, of: number): string {
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 4)
    .map(([status, count]) => `${status} (${formatShare(count / of)})`)
    .join(', ')
}
