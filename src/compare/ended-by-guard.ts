import type { EpochMs } from '../units.ts'
import { counted, formatDuration } from '../units.ts'
import type { Comparison, DefectCode } from './comparison.ts'
import { unjudged } from './ended-early.ts'

/** A guard that has failed so often that the load was ended. */
export interface GuardTrip {
  readonly name: string
  readonly url: string
  readonly at: EpochMs
  /** Of its last answers, the latest last: what was wrong, one sentence part each. At least one. */
  readonly failures: readonly string[]
}

/** What follows from the end of the load, and is no flaw by itself. */
const CONSEQUENCES: ReadonlySet<DefectCode> = new Set<DefectCode>([
  'cancelled',
  'step-missing',
  'no-samples',
  'unequal-load',
])

/** The facts of a run that a guard has ended: nothing of it is judged, whatever it had shown until then. */
export function endedByGuard(comparison: Comparison, trip: GuardTrip, startedAt: EpochMs): Comparison {
  const into = trip.at - startedAt
  const when = into >= 0 ? `${formatDuration(into)} after the load began` : 'before the load began'
  return {
    ...comparison,
    budgets: comparison.budgets.map((row) => unjudged(row, 1)),
    defects: [
      {
        code: 'guard-failed',
        message: `The guard "${trip.name}" ended the run ${when}: ${counted(trip.failures.length, 'failure')} in a row (${trip.failures.join('; ')})`,
        remedy: 'See to what it watches. If this load was too much for it, send less, or send it elsewhere.',
      },
      ...comparison.defects.filter(({ code }) => !CONSEQUENCES.has(code)),
    ],
  }
}
