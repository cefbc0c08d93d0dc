import type { SidesOptions } from './compare-sides.ts'
import type { Judgement } from './comparison.ts'
import { type LookLevels, lookLevels } from './look-levels.ts'

export interface Looks {
  /** After so many rounds each, of those that there are. */
  readonly after: readonly number[]
  /** That keep the error of all looks together, of those still to come, too. */
  readonly levels: LookLevels
}

/** Rounds without which nothing is told of two versions. */
export function fewestRounds({ freshProcesses }: Pick<SidesOptions, 'freshProcesses'>): number {
  // One process of each version differs from another by more than a budget may allow, so a single round decides nothing; where
  // all rounds share their processes that is so anyway, and allowed for.
  return freshProcesses ? 2 : 1
}

/** The looks to take at so many rounds. */
export function looksAt(rounds: number, { mostRounds, freshProcesses }: SidesOptions): Looks {
  if (mostRounds <= fewestRounds({ freshProcesses })) return { after: [rounds], levels: lookLevels(1) }
  const after = Array.from({ length: Math.min(rounds, mostRounds) }, (_, at) => at + 1)
  return { after: after.slice(1), levels: lookLevels(mostRounds - 1) }
}

/** The first look that decides stands, with the figures it saw. */
export function isDecision({ kind }: Judgement): boolean {
  return kind === 'holds' || kind === 'exceeded'
}
