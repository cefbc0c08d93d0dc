import type { Ms } from '../../units.ts'
import type { TaskState } from '../doors.ts'
import { insist } from './insist.ts'
import type { CoordinatorDoors } from './job.ts'

/** DescribeTasks takes no more. */
const AT_ONCE = 100
const WITHIN: Ms = 15_000

/** What ECS says of tasks; of some it may say nothing, which means nothing. */
export async function describeAll(
  arns: readonly string[],
  doors: CoordinatorDoors,
  { signal, within = WITHIN }: { readonly signal?: AbortSignal | undefined; readonly within?: Ms } = {},
): Promise<readonly TaskState[]> {
  const states: TaskState[] = []
  for (let at = 0; at < arns.length; at += AT_ONCE) {
    const some = arns.slice(at, at + AT_ONCE)
    states.push(...(await insist(doors, () => doors.tasks.describe(some), { within, signal })))
  }
  return states
}
