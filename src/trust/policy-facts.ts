import { type Acceptance, regressionOf } from './acceptance.ts'
import type { Acceptances } from './acceptances-in-force.ts'
import type { Difference } from './difference.ts'
import type { JudgedBudgets } from './judged-budgets.ts'
import type { Raised } from './raise-limits.ts'

/** What a reader must know of the rules by which a verdict came about. */
export interface PolicyFacts {
  readonly load: JudgedBudgets['load']
  readonly why: string
  readonly differences: readonly Difference[]
  readonly accepted: readonly AcceptedRegression[]
  /** Budgets and acceptances that did not count, and why; one sentence each, with names in quotes. */
  readonly notes: readonly string[]
}

export interface AcceptedRegression {
  /** As written, with the limit it would have had. */
  readonly budget: string
  readonly limit: string
  readonly until: string
  readonly reason: string
}

/** @param redact takes secrets out of a text: a profile may have put one anywhere */
export function policyFacts(
  { load, why, unjudged }: Pick<JudgedBudgets, 'load' | 'why' | 'unjudged'>,
  differences: readonly Difference[],
  {
    expired,
    waiting,
    raised,
  }: Pick<Acceptances, 'expired' | 'waiting'> & { readonly raised: Pick<Raised, 'accepted' | 'idle'> },
  redact: (text: string) => string,
): PolicyFacts {
  const safe = (text: string | undefined) => (text === undefined ? undefined : redact(text))
  return {
    load,
    why,
    differences: differences.map(({ what, before, after, effect }) => ({
      what: redact(what),
      before: safe(before),
      after: safe(after),
      effect,
    })),
    accepted: raised.accepted.map(({ budget, acceptance }) => ({
      budget: redact(budget.text),
      limit: acceptance.limitText,
      until: acceptance.expires,
      reason: acceptance.reason,
    })),
    notes: [
      ...unjudged.map(({ text }) => `Not judged, since the load of the base has no such part: "${redact(text)}".`),
      ...expired.map((one) => `Accepted until ${one.expires}, and no longer: ${said(one)}.`),
      ...waiting.map((one) => `Not accepted yet, since the pull request has no label that does: ${said(one)}.`),
      ...raised.idle.map((one) => `Accepted, but no relative budget is in its way: ${said(one)}.`),
    ],
  }
}

function said(acceptance: Acceptance): string {
  return `${regressionOf(acceptance)}, ${acceptance.limitText}`
}
