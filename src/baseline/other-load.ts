import type { RunResult, Source } from '../result/result.ts'
import { counted, formatCount } from '../units.ts'

/**
 * Those that tell how many users they were asked for. With the others it is how many there were: a slow service makes more of
 * arrivals that pile up, and must not be left uncompared for that. For the same reason neither the number of requests nor the
 * length of a run says that the load was another one.
 */
const ASKED_FOR: ReadonlySet<Source['tool']> = new Set(['Locust', 'wrk', 'wrk2'])

type Sent = Partial<Pick<RunResult, 'source'>>

/** How the loads of two runs of another generator differ, in words; their files hold no plan to be compared. */
export function otherLoad({ source: then }: Sent, { source: now }: Sent): string | undefined {
  if (!then || !now || !ASKED_FOR.has(now.tool)) return undefined
  if (then.users === undefined || now.users === undefined || then.users === now.users) return undefined
  return `another load: ${counted(then.users, 'user')}, now ${formatCount(now.users)}`
}
