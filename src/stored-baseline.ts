import type { AsOf, Baseline, BaselineStore } from './baseline/baseline.ts'
import { baselineRun } from './baseline/baseline-run.ts'
import { byReason, comparableRuns, runToCome } from './baseline/comparable.ts'
import type { Problem } from './compare/evidence.ts'
import type { Outcome } from './compare/verdict.ts'
import { LoadgateError, messageOf } from './errors.ts'
import type { Output } from './output/output.ts'
import type { Budget } from './profile/profile.ts'
import type { Fingerprint, RunResult } from './result/result.ts'
import { counted, type EpochMs, formatDuration, type Ms } from './units.ts'

/** What a store had to say before the run. */
export interface Earlier {
  /** Undefined when nothing is compared, or when it could not be read. */
  readonly baseline: Baseline | undefined
  /** Why it could not be read: a flaw in the evidence that the verdict names. */
  readonly problem: Problem | undefined
}

/** Where nothing stored is compared with. */
export const NOTHING_EARLIER: Earlier = { baseline: undefined, problem: undefined }

/** @param asOf a commit: only runs of its history are compared with, and the nearest is named */
export async function readEarlier(
  store: BaselineStore | undefined,
  output: Output,
  asOf?: string | undefined,
): Promise<Earlier> {
  try {
    const baseline = await store?.read({ asOf })
    baseline?.notes?.forEach(output.info)
    if (baseline?.asOf) output.info(nearestSentence(baseline.asOf, Date.now()))
    return { baseline, problem: undefined }
  } catch (error) {
    if (!(error instanceof LoadgateError) || error.kind === 'usage') throw error
    output.warning(`${messageOf(error)}. This run will be invalid.`)
    return {
      baseline: undefined,
      problem: { message: messageOf(error), remedy: error.hint ?? 'Name another store.' },
    }
  }
}

function nearestSentence({ commit, nearest, leftOut }: AsOf, now: EpochMs): string {
  const others = leftOut === 0 ? '' : ` ${counted(leftOut, 'run')} of other commits left out.`
  if (!nearest) return `No run of commit ${commit.slice(0, 7)} or of one before it is stored.${others}`
  const { distance, startedAt } = nearest
  const where = distance === 0 ? 'the base itself' : `${counted(distance, 'commit')} before the base`
  return `The nearest stored run is of commit ${nearest.commit.slice(0, 7)}, ${where}, ${ageOf(now - startedAt)} old.${others}`
}

function ageOf(time: Ms): string {
  return time < 2 * DAY ? formatDuration(Math.ceil(time / MINUTE) * MINUTE) : counted(Math.floor(time / DAY), 'day')
}

const MINUTE: Ms = 60_000
const DAY = 24 * 60 * MINUTE

/** For `require-baseline`: before the load is sent, not after. */
export function requireComparable(
  budgets: readonly Budget[],
  { baseline, problem }: Earlier,
  { fingerprint, now, timed }: { readonly fingerprint: Fingerprint; readonly now: EpochMs; readonly timed: boolean },
): void {
  const relative = budgets.filter(({ limit }) => limit.kind === 'baseline')
  if (relative.length === 0) return
  if (problem !== undefined) throw new LoadgateError('infrastructure', problem.message, { hint: problem.remedy })
  if (!baseline)
    throw new LoadgateError('usage', 'require-baseline is set, but nothing is to be compared', {
      hint: 'Name a store with `baseline`, and leave `compare` at auto.',
    })
  const { runs, refused } = comparableRuns(baseline, runToCome(fingerprint, now, timed))
  if (runs.length > 0) return
  const why =
    byReason(refused)
      .map(({ runs, reason }) => `${runs} refused: ${reason}`)
      .join('; ') || 'the store is empty'
  throw new LoadgateError(
    'usage',
    `There is no baseline for "${relative[0]?.text}" (${why}), and require-baseline is set`,
    { hint: 'Run the base version with `--save-baseline` first, or leave `require-baseline` out.' },
  )
}

/** Only sound runs enter the window: a slow one that failed would make the next slow one look normal. */
const KEPT: readonly Outcome[] = ['pass', 'inconclusive']

/**
 * Appends the run and says in one sentence what became of it; a store that cannot be written changes no verdict, and is
 * told to `warn`.
 */
export async function keepRun(
  result: RunResult,
  outcome: Outcome,
  store: BaselineStore,
  warn: (sentence: string) => void,
): Promise<string> {
  if (!KEPT.includes(outcome)) return `Not added to the baseline in ${store.name}: the verdict is ${outcome}.`
  try {
    await store.append(baselineRun(result))
    return `Added to the baseline in ${store.name}.`
  } catch (error) {
    const note = `Could not be added to the baseline in ${store.name}: ${messageOf(error)}.`
    warn(note)
    return note
  }
}
