import { messageOf } from '../../errors.ts'
import type { Ms } from '../../units.ts'
import { type Control, keysOf, TERM } from '../protocol.ts'
import { insist } from './insist.ts'
import type { CoordinatorDoors } from './job.ts'

const WITHIN: Ms = 20_000

/**
 * For a run that this process has not started: one write that ends all its workers, those included that ECS does not list
 * yet. Never rejects.
 */
export async function revoke(runId: string, why: string, doors: CoordinatorDoors): Promise<void> {
  const control: Control = {
    kind: 'loadgate-control',
    runId,
    sequence: Number.MAX_SAFE_INTEGER,
    term: TERM,
    order: { kind: 'stop', why },
  }
  const put = () => doors.objects.put(keysOf(runId).control, JSON.stringify(control))
  await insist(doors, put, { within: WITHIN }).catch((error) => {
    doors.tell(`The workers of the run ${runId} could not be told to stop: ${messageOf(error)}.`)
  })
}
