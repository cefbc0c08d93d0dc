import type { Baseline, BaselineRun } from '../baseline/baseline.ts'
import { baselineRun } from '../baseline/baseline-run.ts'
import { byReason, type Comparable, comparableRuns } from '../baseline/comparable.ts'
import type { Budget } from '../profile/profile.ts'
import type { RunResult } from '../result/result.ts'
import { budgetRows } from './budget-rows.ts'
import type { BaselineFacts, Comparison } from './comparison.ts'
import { defectsOf, type Problem } from './evidence.ts'
import { allParts, partNamed } from './scope.ts'
import { scopeRows, storedFigures } from './scope-rows.ts'

export interface CompareOptions {
  /** Why the store could not be read. */
  readonly baselineProblem?: Problem | undefined
}

/** The facts of a run against its budgets and the stored runs; `baseline` is undefined where none is used. */
export function compare(
  result: RunResult,
  baseline: Baseline | undefined,
  budgets: readonly Budget[],
  { baselineProblem }: CompareOptions = {},
): Comparison {
  const comparable = baseline === undefined ? NOTHING : comparableRuns(baseline, result)
  const gated = budgets.flatMap(({ of }) => partNamed(of, result.steps, result.background) ?? [])
  const defects = defectsOf(result, { comparable: comparable.runs, gated, baselineProblem })
  // From a result that does not add up nothing else may be read.
  const readable = !defects.some(({ code }) => code === 'counts-disagree')
  const run: BaselineRun = baselineRun(result)
  return {
    budgets: readable ? budgetRows(result, comparable, budgets) : [],
    scopes: readable ? scopeRows(allParts(run), run, (part) => storedFigures(part, comparable)) : [],
    baseline: factsOf(baseline, comparable),
    defects,
  }
}

const NOTHING: Comparable = { runs: [], corrected: false, refused: [] }

function factsOf(baseline: Baseline | undefined, { runs, corrected, refused }: Comparable): BaselineFacts {
  return {
    kind: 'stored',
    store: baseline?.store,
    comparable: runs.length,
    corrected,
    refused: byReason(refused),
    commits: [...new Set(runs.flatMap(({ commit }) => commit ?? []))],
    asOf: baseline?.asOf,
    notes: baseline?.notes,
  }
}
