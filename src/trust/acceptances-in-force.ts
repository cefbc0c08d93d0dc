import type { EpochMs } from '../units.ts'
import { type Acceptance, regressionOf } from './acceptance.ts'
import { dayOf } from './read-acceptances.ts'

/** Accepted regressions, by whether they count. */
export interface Acceptances {
  readonly inForce: readonly Acceptance[]
  /** Their day has gone by. */
  readonly expired: readonly Acceptance[]
  /** New or changed in the head, and not accepted yet. */
  readonly waiting: readonly Acceptance[]
}

export interface AcceptanceFiles {
  /** Of the base's tree, hence reviewed; empty where there is no file. Outside a pull request the same as `head`. */
  readonly base: readonly Acceptance[]
  readonly head: readonly Acceptance[]
}

export interface InForceOptions {
  /** Whether the pull request carries the label that accepts its changes. */
  readonly accepted: boolean
  readonly now: EpochMs
  /** Whether head and base are measured side by side: what the base's tree accepts is in the base's own figures, then. */
  readonly sideBySide: boolean
}

/**
 * What the head's tree accepts counts where the pull request is accepted. What the base's tree accepts counts as it stands
 * there, unless the head has taken it away: who asks for more than is demanded may have it.
 */
export function acceptancesInForce(
  { base, head }: AcceptanceFiles,
  { accepted, now, sideBySide }: InForceOptions,
): Acceptances {
  const reviewed = new Map(base.map((acceptance) => [regressionOf(acceptance), acceptance]))
  const today = dayOf(now)
  const inForce: Acceptance[] = []
  const expired: Acceptance[] = []
  const waiting: Acceptance[] = []
  for (const own of head) {
    const before = reviewed.get(regressionOf(own))
    const isNew = !same(before, own)
    if (isNew && !accepted) waiting.push(own)
    const counts = accepted && isNew ? own : before
    if (counts === undefined) continue
    if (counts.expires < today) expired.push(counts)
    else if (counts !== before || !sideBySide) inForce.push(counts)
  }
  return { inForce, expired, waiting }
}

function same(before: Acceptance | undefined, now: Acceptance): boolean {
  return (
    before !== undefined && before.expires === now.expires && JSON.stringify(before.limit) === JSON.stringify(now.limit)
  )
}
