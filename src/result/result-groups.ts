import { addedIterations } from '../engine/iteration-counts.ts'
import type { IterationCounts } from '../engine/shard-result.ts'
import type { Segment } from '../plan/plan.ts'
import { amount, count, list, Misread, oneOf, record, text, truth, where } from '../reader.ts'
import type { GroupResult, RunResult } from './result.ts'

/** Of one load at most 10,000 pieces; of several on top of each other, and of rounds in a row, more. */
const MOST_SEGMENTS = 100_000
/** A profile has no more scenarios. */
const MOST_GROUPS = 1_000

export const curve = list(record<Segment>({ from: amount, to: amount, over: amount }), MOST_SEGMENTS)

/** Whether they add up is not looked at. */
export const iterationCounts = record<IterationCounts>({
  planned: count,
  started: count,
  dropped: count,
  finished: count,
  failed: count,
  cut: count,
})

export const iterations = where(
  iterationCounts,
  ({ planned, started, dropped, finished, failed, cut }) =>
    planned === started + dropped && started === finished + failed + cut,
  'a sum of its parts',
)

export const groups = list(
  record<GroupResult>({
    scenarios: list(text, MOST_GROUPS),
    model: oneOf('open', 'closed'),
    background: truth,
    curve,
    iterations,
  }),
  MOST_GROUPS,
)

/** Those that are measured for the figures of the run are all of its iterations. */
export function checkGroups({ groups, iterations }: Pick<RunResult, 'groups' | 'iterations'>): void {
  if (groups === undefined) return
  const sum = addedIterations(groups.filter(({ background }) => !background).map((group) => group.iterations))
  for (const key of Object.keys(sum) as (keyof IterationCounts)[])
    if (sum[key] !== iterations[key]) throw new Misread(`iterations.${key}`, 'the sum of the groups')
}
