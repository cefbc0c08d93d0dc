import { blockLength } from '../engine/interval.ts'
import { addedIterations } from '../engine/iteration-counts.ts'
import type { IterationCounts, ShardResult, StepCounts } from '../engine/shard-result.ts'
import { curveFrom, sumOfCurves } from '../plan/curve.ts'
import { backgroundScenarios, groupsOf } from '../plan/groups.ts'
import type { LoadPlan } from '../plan/plan.ts'
import { addedCounts, addedWarmUps, namesOf } from './added-counts.ts'
import type { PlanSummary, RunResult, StepResult } from './result.ts'

/** What one shard, or several, say of the groups of a plan, and of its background. */
export interface GroupsPart {
  /** In their order; empty where there is one load only. */
  readonly iterations: readonly IterationCounts[]
  readonly warmUp: ShardResult['warmUp']
  /** In the background. */
  readonly steps: readonly (StepCounts & Pick<StepResult, 'scenario' | 'step'>)[]
}

export function groupsPart({ groups, background }: ShardResult, plan: LoadPlan): GroupsPart {
  return {
    iterations: groups ?? [],
    warmUp: background?.warmUp ?? addedWarmUps([]),
    steps: namesOf(backgroundScenarios(plan)).map((names) => ({
      ...background!.steps.find(({ id }) => id === names.id)!,
      ...names,
    })),
  }
}

export function addedGroups(parts: readonly GroupsPart[], plan: LoadPlan): GroupsPart {
  const length = blockLength(plan.duration - plan.measureFrom)
  return {
    iterations: plan.groups
      ? groupsOf(plan).map((_, at) => addedIterations(parts.map(({ iterations }) => iterations[at]!)))
      : [],
    warmUp: addedWarmUps(parts.map(({ warmUp }) => warmUp)),
    steps: namesOf(backgroundScenarios(plan)).map((names, at) => ({
      ...names,
      ...addedCounts(
        parts.map(({ steps }) => steps[at]!),
        length,
      ),
    })),
  }
}

/** As a result has it. */
export function groupResults(plan: LoadPlan, part: GroupsPart): Pick<RunResult, 'groups' | 'background'> {
  if (!plan.groups) return {}
  const groups = groupsOf(plan).map(({ plan: own, background }, at) => ({
    scenarios: own.scenarios.map(({ name }) => name),
    model: own.model,
    background,
    curve: curveFrom(own.curve, plan.measureFrom),
    iterations: part.iterations[at]!,
  }))
  const { warmUp, steps } = part
  return { groups, ...(steps.length > 0 && { background: { warmUp, steps } }) }
}

/** The load as far as it is measured for the figures of the run. */
export function loadSummary(plan: LoadPlan): Pick<PlanSummary, 'model' | 'curve'> {
  if (!plan.groups) return { model: plan.model, curve: curveFrom(plan.curve, plan.measureFrom) }
  const measured = groupsOf(plan).flatMap(({ plan: own, background }) => (background ? [] : [own]))
  if (new Set(measured.map(({ model }) => model)).size > 1) return { model: 'mixed' }
  const curve = sumOfCurves(measured.map(({ curve }) => ({ curve, times: 1 })))
  return { model: measured[0]!.model, curve: curveFrom(curve, plan.measureFrom) }
}
