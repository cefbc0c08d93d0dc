import type { Verdict } from '../../src/compare/verdict.ts'

/** What became of one pull request. */
export interface Outcome {
  readonly outcome: Verdict['outcome']
  /** Of counted load. */
  readonly seconds: number
}

/** What became of many. */
export interface Tally extends Readonly<Record<Verdict['outcome'], number>> {
  readonly pullRequests: number
  readonly seconds: number
}

export const NONE: Tally = { pullRequests: 0, pass: 0, fail: 0, inconclusive: 0, invalid: 0, seconds: 0 }

export function tallyOf(outcomes: readonly Outcome[]): Tally {
  return outcomes.reduce(
    (sum, { outcome, seconds }) => added(sum, { ...NONE, pullRequests: 1, [outcome]: 1, seconds }),
    NONE,
  )
}

export function added(a: Tally, b: Tally): Tally {
  return {
    pullRequests: a.pullRequests + b.pullRequests,
    pass: a.pass + b.pass,
    fail: a.fail + b.fail,
    inconclusive: a.inconclusive + b.inconclusive,
    invalid: a.invalid + b.invalid,
    seconds: a.seconds + b.seconds,
  }
}
