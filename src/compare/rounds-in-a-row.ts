import { endedInWindow } from '../result/ended-in-window.ts'
import type { RunResult } from '../result/result.ts'
import { type Pace, paceOf, paceOfSteps } from './measure.ts'
import type { Part, Summable } from './scope.ts'

/** The rounds of one side as one run to be summed up: each step stands there once for each round. */
export function inARow(results: readonly RunResult[]): Summable {
  const [first, ...more] = results.map(summable)
  if (first === undefined) throw new RangeError('no round to sum up')
  return more.reduce(
    (sum, { steps, background, groups, plan, iterations, inWindow }) => ({
      blocks: undefined,
      fingerprint: sum.fingerprint,
      steps: [...sum.steps, ...steps],
      ...(sum.background &&
        background && { background: { ...background, steps: [...sum.background.steps, ...background.steps] } }),
      ...(sum.groups && groups && { groups: [...sum.groups, ...groups] }),
      plan: { ...sum.plan, measured: sum.plan.measured + plan.measured },
      iterations: { ...sum.iterations, dropped: sum.iterations.dropped + iterations.dropped },
      inWindow: {
        succeeded: sum.inWindow.succeeded + inWindow.succeeded,
        failed: sum.inWindow.failed + inWindow.failed,
      },
    }),
    first,
  )
}

/** Without the figures by block, which are for stores. */
export function summable(result: RunResult): Summable {
  const { steps, background, groups, plan, iterations, fingerprint } = result
  return {
    steps,
    background,
    groups,
    plan,
    iterations,
    fingerprint,
    inWindow: endedInWindow(result),
    blocks: undefined,
  }
}

/** How steady all rounds were. */
export function paceOfRounds(results: readonly RunResult[], part: Part | undefined): Pace {
  const paces = results.map((result) => (part?.background ? paceOfSteps(result, part) : paceOf(result)))
  return { length: paces[0]?.length ?? 0, successes: paces.flatMap(({ successes }) => successes) }
}
