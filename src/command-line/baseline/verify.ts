import type { Baseline } from '../../baseline/baseline.ts'
import { byReason, comparableRuns, type Refused } from '../../baseline/comparable.ts'
import { EXIT } from '../../errors.ts'
import { counted, type EpochMs } from '../../units.ts'
import type { BaselineDoors } from './baseline.ts'
import { openStored, readRuns } from './stored.ts'

/**
 * `verify`: reads the store as a run would, which checks every byte and every sum, and then what no sum shows. What is
 * damaged is told by the store itself, with its place.
 */
export async function verifyBaseline(argv: readonly string[], { output }: BaselineDoors): Promise<number> {
  const { plan, store, current } = await openStored(argv, { flags: [], mask: output.mask })
  const baseline = await readRuns(store, output.info)
  const problems = baseline.runs.flatMap((run) => problemsOf(run, { profile: plan.name, now: current.startedAt }))
  for (const problem of problems) output.error(`${store.name}: ${problem}`)
  if (problems.length > 0) return EXIT.invalid
  const { runs, refused } = comparableRuns(baseline, current)
  output.info(
    [
      `${store.name} is sound: ${counted(baseline.runs.length, 'run')}, whose checksum and sums agree.`,
      `A run of this profile on this machine would be compared with ${counted(runs.length, 'run')}${listed(refused)}.`,
    ].join('\n'),
  )
  return EXIT.pass
}

function listed(refused: readonly Refused[]): string {
  if (refused.length === 0) return ''
  return `, not with ${byReason(refused)
    .map(({ runs, reason }) => `${counted(runs, 'run')} (${reason})`)
    .join(' or ')}`
}

/** Clocks of machines differ by seconds, not by hours. */
const AHEAD = 3_600_000

function problemsOf(
  run: Baseline['runs'][number],
  now: { readonly profile: string; readonly now: EpochMs },
): readonly string[] {
  const where = `the run ${run.id} of ${new Date(run.startedAt).toISOString()}`
  return [
    ...(run.startedAt > now.now + AHEAD ? [`${where} is of the future, so that it would never be too old`] : []),
    ...(run.profile === now.profile
      ? []
      : [`${where} is of the profile "${run.profile}", and this one is "${now.profile}"`]),
    ...(run.complete ? [] : [`${where} was stopped before its plan was spent, and should not have been kept`]),
    ...(run.steps.some(({ sent }) => sent > 0) ? [] : [`${where} has no requests, and should not have been kept`]),
  ]
}
