import type { Budget } from '../profile/profile.ts'
import type { Round, SidesOptions } from './compare-sides.ts'
import { type Evidence, isCounted, type Judged, judgeNumber } from './judge-budget.ts'
import { isDecision, looksAt } from './looks.ts'
import { inARow, paceOfRounds } from './rounds-in-a-row.ts'
import { type Part, scopeOf } from './scope.ts'

/** What a budget reads of both sides; `part` is undefined where nothing has its name. */
export function sidesEvidence(rounds: readonly Round[], budget: Budget, part: Part | undefined): Evidence {
  const [head, base] = [rounds.map((round) => round.head), rounds.map((round) => round.base)]
  return {
    budget,
    now: part && scopeOf(inARow(head), part),
    before: part ? [scopeOf(inARow(base), part)] : [],
    there: 'on the base',
    pace: paceOfRounds(head, part),
    refused: undefined,
  }
}

/**
 * What the rounds show of an absolute budget, which the head is held to by itself. It is looked at when relative ones are, with
 * bounds of the same levels, and the first look that decides stands: one that may wait for a better look at 95 % is wrong more
 * often than in 5 of 100 cases. That there are no errors at all is counted, not estimated, and so of all rounds.
 */
export function judgeHead(
  rounds: readonly Round[],
  { budget, part }: { readonly budget: Budget; readonly part: Part | undefined },
  options: SidesOptions,
): Judged {
  const { after, levels } = looksAt(rounds.length, options)
  const lookAfter = (count: number) =>
    judgeNumber({ ...sidesEvidence(rounds.slice(0, count), budget, part), level: levels.bound })
  for (const count of isCounted(budget) ? [] : after.slice(0, -1)) {
    const seen = lookAfter(count)
    if (isDecision(seen.judgement)) return seen
  }
  return lookAfter(after.at(-1) ?? rounds.length)
}
