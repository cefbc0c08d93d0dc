/** The decision over a Comparison. */
export interface Verdict {
  readonly outcome: Outcome
  /** The one sentence behind the outcome; names scope, value, limit and change. */
  readonly reason: string
  /** Further reasons, worst first. */
  readonly also: readonly string[]
}

export type Outcome = 'pass' | 'fail' | 'inconclusive' | 'invalid'
