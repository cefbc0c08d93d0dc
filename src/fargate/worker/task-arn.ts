import { matching, record } from '../../reader.ts'
import type { Ms } from '../../units.ts'
import { persist } from '../persist.ts'
import { readJson } from '../read-json.ts'
import type { WorkerDoors } from './worker-doors.ts'

const MOST = 1_000_000
// A worker whose task is not known is not missed when that stops, but only when its result does not come: some tries are
// worth a wait.
const TRIES = 4
const ONE_TRY: Ms = 2_000
const WITHIN: Ms = 10_000

const metadata = record({ TaskARN: matching(/^arn:[\w:/-]{1,200}$/, 'an ARN') })

/**
 * Of the task that this process runs in, from the metadata endpoint that ECS names in the environment
 * (ECS_CONTAINER_METADATA_URI_V4); undefined elsewhere, and where it does not answer.
 */
export async function taskArn(
  endpoint: string | undefined,
  { time, mail, random }: Pick<WorkerDoors, 'time' | 'mail' | 'random'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!endpoint || !URL.canParse(endpoint)) return undefined
  const ask = (left: Ms) => mail.get(`${endpoint}/task`, MOST, Math.min(ONE_TRY, left))
  try {
    const { status, body } = await persist(ask, { time, random, tries: TRIES, within: WITHIN, signal })
    return status === 'ok' ? readJson(body, metadata).TaskARN : undefined
  } catch {
    return undefined
  }
}
