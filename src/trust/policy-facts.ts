import { type Acceptance, regressionOf } from './acceptance.ts'
import type { Acceptances } from './acceptances-in-force.ts'
import type { Difference } from './difference.ts'
import type { JudgedBudgets } from './judged-budgets.ts'
import type { Raised } from './raise-limits.ts'

/** What a reader must know of the rules by which a verdict came about. */
export interface PolicyFacts {
  readonly load: JudgedBudgets['load']
  /** One sentence; undefined where there is nothing to explain. */
  readonly why: string | undefined
  /** Why the base's profile could not be read, in a line; undefined where it could, or where the base has none. */
  readonly problem?: string | undefined
  readonly differences: readonly Difference[]
  readonly accepted: readonly AcceptedRegression[]
  /** Budgets and acceptances that did not count, and why. */
  readonly notes: readonly PolicyNote[]
}

export interface PolicyNote {
  /** What became of it. */
  readonly text: string
  /** The budget or the acceptance, as written. */
  readonly of: string
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
  { load, why, problem, unjudged }: Pick<JudgedBudgets, 'load' | 'why' | 'unjudged'> & Pick<PolicyFacts, 'problem'>,
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
    problem: safe(problem),
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
      ...unjudged.map(({ text }) => note('Not judged, since the load of the base has no such part', redact(text))),
      ...expired.map((one) => note(`Accepted until ${one.expires}, and no longer`, said(one))),
      ...waiting.map((one) => note('Not accepted yet, for want of the label', said(one))),
      ...raised.idle.map((one) => note('Accepted, but no relative budget is in its way', said(one))),
    ],
  }
}

function note(text: string, of: string): PolicyNote {
  return { text, of }
}

function said(acceptance: Acceptance): string {
  return `${regressionOf(acceptance)}, ${acceptance.limitText}`
}
