import type { AsOf, Baseline } from '../baseline/baseline.ts'
import { storeNotes } from '../baseline/store-notes.ts'
import { counted, type EpochMs, formatDuration, type Ms } from '../units.ts'
import type { Report } from './report.ts'
import { short } from './sentences.ts'
import { PLAIN, type Writing } from './writing.ts'

const MINUTE: Ms = 60_000
const DAY = 24 * 60 * MINUTE

/** What is told of a store before the load is sent. */
export function beforeRun(baseline: Baseline, now: EpochMs): readonly string[] {
  return [...storeNotes(baseline), ...nearestSentences(baseline.asOf, now, PLAIN)]
}

/** What was read of a store: the run next to the base, how many are of other histories, and what was left out. */
export function storedWindowSentences({ comparison, result }: Report, writing: Writing): readonly string[] {
  const { baseline } = comparison
  if (baseline.kind !== 'stored') return []
  const { asOf, notes = [] } = baseline
  return [
    ...nearestSentences(asOf, result.startedAt, writing),
    ...notes.map((note) => writing.sentence(withStop(note))),
  ]
}

/** How far the stored runs are from what this one is compared with; nothing where there are none. */
export function nearestSentences(asOf: AsOf | undefined, now: EpochMs, { name }: Writing): readonly string[] {
  if (asOf === undefined) return []
  const { commit, nearest, leftOut } = asOf
  if (nearest === undefined && leftOut === 0) return []
  const others = leftOut === 0 ? '' : ` ${counted(leftOut, 'run')} of other commits left out.`
  const place = placeOf(commit, name)
  if (nearest === undefined) return [`No run of ${place} or of a commit before it is stored.${others}`]
  const { distance, startedAt } = nearest
  const where =
    distance === 0 ? place : `commit ${name(short(nearest.commit))}, ${counted(distance, 'commit')} before ${place}`
  return [`The nearest stored run is of ${where}, ${ageOf(now - startedAt)} old.${others}`]
}

/** Asked for by its commit, or by a branch for its last one. */
function placeOf(commit: string, name: Writing['name']): string {
  return /^[0-9a-f]{40,64}$/.test(commit) ? `commit ${name(short(commit))}` : `the branch ${name(commit)}`
}

function ageOf(time: Ms): string {
  return time < 2 * DAY
    ? formatDuration(Math.max(1, Math.ceil(time / MINUTE)) * MINUTE)
    : counted(Math.floor(time / DAY), 'day')
}

function withStop(note: string): string {
  return /[.!?]$/.test(note) ? note : `${note}.`
}
