import type { Baseline, BaselineStore, ReadOptions } from './baseline/baseline.ts'
import { baselineRun } from './baseline/baseline-run.ts'
import { byReason, comparableRuns, runToCome } from './baseline/comparable.ts'
import type { Problem } from './compare/evidence.ts'
import type { Outcome } from './compare/verdict.ts'
import { LoadgateError, messageOf } from './errors.ts'
import type { Output } from './output/output.ts'
import type { Budget } from './profile/profile.ts'
import { beforeRun } from './report/stored-window.ts'
import type { Fingerprint, RunResult } from './result/result.ts'
import type { EpochMs } from './units.ts'

/** What a store had to say before the run. */
export interface Earlier {
  /** Undefined when nothing is compared, or when it could not be read. */
  readonly baseline: Baseline | undefined
  /** Why it could not be read: a flaw in the evidence that the verdict names. */
  readonly problem: Problem | undefined
}

/** Where nothing stored is compared with. */
export const NOTHING_EARLIER: Earlier = { baseline: undefined, problem: undefined }

/** Of the history that `asOf` names, where it does; the run next to it is told, and what the store has to say. */
export async function readEarlier(
  store: BaselineStore | undefined,
  output: Output,
  options: ReadOptions = {},
): Promise<Earlier> {
  try {
    const baseline = await store?.read(options)
    if (baseline) for (const sentence of beforeRun(baseline, Date.now())) output.info(sentence)
    return { baseline, problem: undefined }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(error instanceof LoadgateError) || error.kind === 'usage') throw error
    output.warning(`${messageOf(error)}. This run will be invalid.`)
    return {
      baseline: undefined,
      problem: { message: messageOf(error), remedy: error.hint ?? 'Name another store.' },
    }
  }
}

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
 * told as a warning.
 */
export async function keepRun(
  result: RunResult,
  outcome: Outcome,
  store: BaselineStore,
  { output, signal }: { readonly output: Pick<Output, 'warning'>; readonly signal: AbortSignal },
): Promise<string> {
  if (!KEPT.includes(outcome)) return `Not added to the baseline in ${store.name}: the verdict is ${outcome}.`
  try {
    await store.append(baselineRun(result), { signal })
    return `Added to the baseline in ${store.name}.`
  } catch (error) {
    const note = `Could not be added to the baseline in ${store.name}: ${messageOf(error)}.`
    output.warning(note)
    return note
  }
}
