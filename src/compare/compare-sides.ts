import type { Budget } from '../profile/profile.ts'
import type { RunResult } from '../result/result.ts'
import { compare } from './compare.ts'
import type { Comparison } from './comparison.ts'

/** The same plan on both versions, measured at the same time. */
export interface Round {
  readonly base: RunResult
  readonly head: RunResult
}

export interface SidesOptions {
  /** Paired arrivals, or alternating blocks (ABBA). */
  readonly design: 'paired' | 'alternating'
  /** Whether every round had freshly started processes; where not, all rounds count as one for the noise between processes. */
  readonly freshProcesses: boolean
  /**
   * Looks are taken after rounds 2, 3, … up to this many, at group-sequential levels; 0 where one look only is taken, after
   * all rounds that are given (fixed length).
   */
  readonly mostRounds: number
}

/** The facts of the head against its budgets and the base. At least one round. */
export function compareSides(rounds: readonly Round[], budgets: readonly Budget[], _: SidesOptions): Comparison {
  return compare(rounds.at(-1)!.head, undefined, budgets)
}

/** Whether more rounds would change nothing: some budget is exceeded, or none is undecided. */
export function isDecided({ budgets, defects }: Comparison): boolean {
  const kinds = budgets.map(({ judgement }) => judgement.kind)
  return defects.length > 0 || kinds.includes('exceeded') || !kinds.includes('undecided')
}
