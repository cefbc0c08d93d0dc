import type { Budget } from '../profile/profile.ts'
import type { RunResult } from '../result/result.ts'
import { rowsOf } from './budget-rows.ts'
import type { BudgetRow, Comparison, SideFacts } from './comparison.ts'
import { heedFailures } from './heed-failures.ts'
import type { Judged } from './judge-budget.ts'
import { judgeHead, sidesEvidence } from './judge-head.ts'
import { type Gated, isRelative, judgeSides } from './judge-sides.ts'
import { doubtOfLeftOut } from './left-out.ts'
import { inARow } from './rounds-in-a-row.ts'
import { allParts, partNamed } from './scope.ts'
import { baseFigures, scopeRows } from './scope-rows.ts'
import { sidesDefects } from './sides-evidence.ts'

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
  /** Rounds that were measured and are not among those that are compared, since the generator was not fit. */
  readonly leftOut?: number
  /** What became of a service that ended in the last of the rounds, one sentence. */
  readonly death?: string | undefined
}

/** The facts of the head against its budgets and the base. At least one round, of the same plan on both sides. */
export function compareSides(rounds: readonly Round[], budgets: readonly Budget[], options: SidesOptions): Comparison {
  const { head: first } = rounds[0]!
  const defects = sidesDefects(
    rounds,
    budgets.flatMap(({ of }) => partNamed(of, first.steps, first.background) ?? []),
    options.death,
  )
  // From results that do not add up nothing else may be read.
  const readable = !defects.some(({ code }) => code === 'counts-disagree')
  const [head, base] = [rounds.map((round) => round.head), rounds.map((round) => round.base)]
  return {
    budgets: readable ? budgetRows(rounds, budgets, options) : [],
    scopes: readable ? scopeRows(allParts(first), inARow(head), (part) => baseFigures(part, inARow(base))) : [],
    baseline: factsOf(rounds, options),
    defects,
  }
}

/**
 * Whether more rounds would change nothing: some budget is exceeded, or none is undecided, or the evidence is flawed. Only a
 * step that is missing may still come, and rounds that outnumber those left out.
 */
export function isDecided(comparison: Comparison): boolean {
  const { budgets, defects } = comparison
  const is = (kind: BudgetRow['judgement']['kind']) => budgets.some(({ judgement }) => judgement.kind === kind)
  if (defects.some(({ code }) => code !== 'step-missing') || is('exceeded')) return true
  return defects.length === 0 && !is('undecided') && doubtOfLeftOut(comparison) === undefined
}

/** Whether all that is wrong with a round is that the generator got too little of the machine: it says nothing of a version. */
export function generatorWasUnfit(round: Round): boolean {
  const defects = sidesDefects([round], [])
  return defects.length > 0 && defects.every(({ code }) => code === 'generator-late' || code === 'generator-busy')
}

/** Absolute budgets are judged on the head alone, relative ones on both sides. */
function budgetRows(rounds: readonly Round[], budgets: readonly Budget[], options: SidesOptions): readonly BudgetRow[] {
  const { steps, background } = rounds[0]!.head
  const parts = budgets.map(({ of }) => partNamed(of, steps, background))
  const evidence = budgets.map((budget, at) => sidesEvidence(rounds, budget, parts[at]))
  const gated = budgets.flatMap((budget, at): readonly Gated[] => {
    const part = parts[at]
    return part && isRelative(budget) ? [{ budget, part }] : []
  })
  const compared = judgeSides(rounds, gated, options)
  const judged = budgets.map((budget, at): Judged => {
    const found = gated.findIndex((one) => one.budget === budget)
    const one = found < 0 ? judgeHead(rounds, { budget, part: parts[at] }, options) : compared[found]!
    return { ...one, judgement: heedFailures(one.judgement, evidence[at]!, evidence) }
  })
  return rowsOf(budgets, parts, judged)
}

function factsOf(rounds: readonly Round[], { design, freshProcesses, leftOut = 0 }: SidesOptions): SideFacts {
  return {
    kind: 'side-by-side',
    rounds: rounds.length,
    measured: rounds.reduce((sum, { head }) => sum + head.plan.measured, 0),
    design,
    freshProcesses,
    leftOut,
    commit: rounds[0]?.base.commit,
  }
}
