import { MIN_RUNS } from '../baseline/comparable.ts'
import type { Budget } from '../profile/profile.ts'
import { counted } from '../units.ts'
import { type Change, limitOf, pooledFailures, type RelativeLimit } from './change.ts'
import type { BudgetRow, Estimate, Judgement, NewLevel } from './comparison.ts'
import { oneBurst, SEVERAL } from './error-burst.ts'
import { heedFailures } from './heed-failures.ts'
import { untoldBySummary } from './known-percentiles.ts'
import { measure, ONE_LOOK, type Pace } from './measure.ts'
import { failures, metricOf } from './metrics.ts'
import type { Scope } from './scope.ts'
import { holm, median, newcombe } from './statistics.ts'
import { storedChange, usableRuns } from './stored-change.ts'
import { onlyLikely, undecidedChange, undecidedNumber } from './undecided.ts'

/** All that is known about one budget. */
export interface Evidence {
  readonly budget: Budget
  /** Undefined when nothing, or more than one thing, has the name behind `of`. */
  readonly now: Scope | undefined
  readonly pace: Pace
  /** The same part of every run that it is compared with. */
  readonly before: readonly Scope[]
  /** Runs of levels that have passed: they tell only how much runs differ. */
  readonly past?: readonly (readonly Scope[])[]
  /** Where the level changed last, if it did. */
  readonly since?: NewLevel | undefined
  /** Whether they are of several processors, so that their figures are corrected by the speed of each. */
  readonly corrected?: boolean
  /** Where that was measured, in words: "in the baseline". */
  readonly there: string
  /** Stored runs that may not be compared, in words; undefined when there is none. */
  readonly refused: string | undefined
  /** One-sided level of the bounds that an absolute limit is held against, where it is looked at more than once. */
  readonly level?: number
}

export type Judged = Omit<BudgetRow, 'budget' | 'scope' | 'metric'>

/** "Worse at all" must be rejected at this level over all relative budgets of a run together. */
const SLOWER_LEVEL = 0.01

/**
 * What each budget's evidence shows; the one place where noise is weighed. The rules:
 *
 * - Absolute: holds if the worse bound of this run's own number keeps the limit, exceeded if the better bound breaks it. A
 *   bound that equals the limit keeps it. The bounds are those of 95 %, unless it is one of several looks.
 * - Relative to stored runs, two keys: exceeded only if the better bound of the change is beyond the limit and "not worse at
 *   all" is rejected at 1 % over all relative budgets (Holm). Holds if the worse bound keeps the limit. The full rule
 *   distinguishes a window of three or four runs, whose failures it shows as likely only; here they count, since the prior
 *   already makes such a window demand a change of some 47 %.
 * - Anything else is undecided, with the reason and what would decide it. No comparison with NaN is ever true, so broken
 *   numbers end there, too.
 */
export function judgeBudgets(evidence: readonly Evidence[]): readonly Judged[] {
  const weighed = evidence.map(weigh)
  const compared = weighed.flatMap(({ change }) => change ?? [])
  const shown = shownBy(compared, SLOWER_LEVEL)
  return weighed.map((one) => {
    const judged = one.change
      ? judgeStored(one, one.change, shown[compared.indexOf(one.change)]!, SLOWER_LEVEL / compared.length)
      : judgeAlone(one)
    return { ...judged, judgement: one.untold ?? heedFailures(judged.judgement, one, evidence) }
  })
}

/** An absolute budget, or one on nothing: what this run's own number shows, whatever the other budgets are. */
export function judgeNumber(evidence: Evidence): Judged {
  return judgeAlone(weigh(evidence))
}

/** Whether it allows no errors at all, which cannot be shown of a rate by any number of requests, but can be counted. */
export function isCounted({ metric, limit }: Budget): boolean {
  return metric === 'errors' && limit.kind === 'absolute' && limit.value === 0
}

/** What is shown of a change over the whole family of changes. */
export interface Shown {
  readonly worse: boolean
  readonly better: boolean
}

/** Which changes are real at all, either way, so that at most `level` of such families hold a false one of its kind. */
export function shownBy(changes: readonly (Change | undefined)[], level: number): readonly Shown[] {
  const worse = holm(
    changes.map((change) => change?.chance ?? 1),
    level,
  )
  const better = holm(
    changes.map((change) => change?.luck ?? 1),
    level,
  )
  return changes.map((_, at) => ({ worse: worse[at]!, better: better[at]! }))
}

/** Evidence with what follows from it before any rule: the number, and the change where there is one. */
interface Weighed extends Evidence {
  readonly measured: Estimate | undefined
  /** Undefined where the budget is absolute, or where there is too little to compare. */
  readonly change: Change | undefined
  /** Why it cannot be judged by what another generator's summary tells; undefined where it can. */
  readonly untold: Judgement | undefined
}

function weigh(evidence: Evidence): Weighed {
  const { budget, now, pace, before, past = [], corrected = false } = evidence
  const { metric, limit } = budget
  const measured = now && measure(metric, now, pace)
  const runs = usableRuns(metric, before)
  const untold = now?.known && untoldBySummary(budget, now, now.known, runs)
  const change =
    limit.kind === 'baseline' && now && measured && runs.length >= MIN_RUNS && !untold
      ? storedChange(metric, limit, { now, measured, before: runs, past, corrected })
      : undefined
  return { ...evidence, measured, change, untold }
}

/** The speed of a processor is not that of a service on it: what is corrected by it may hold, but proves no regression. */
function judgeStored(one: Weighed, change: Change, shown: Shown, level: number): Judged {
  const judged = judgeChange(one, change, shown, level)
  const baseline = judged.baseline && { ...judged.baseline, since: one.since }
  const burst = judged.judgement.kind === 'exceeded' && one.now && burstOf(one, one.now, change)
  if (burst) return { ...judged, baseline, judgement: burst }
  if (!change.corrected) return { ...judged, baseline }
  const { judgement } = judged
  return {
    ...judged,
    baseline,
    improved: false,
    judgement: judgement.kind === 'exceeded' ? onlyLikely(one.budget.metric, change) : judgement,
  }
}

/**
 * A run too short for several blocks cannot tell. Failures that are in none, those that ended after the window and dropped
 * arrivals, are no burst where they would break the limit by themselves.
 */
function burstOf({ budget: { metric }, before }: Weighed, now: Scope, { allowed }: Change): Judgement | undefined {
  const { blocks } = now
  if (metric !== 'errors' || blocks === undefined || blocks.failed.length < SEVERAL) return undefined
  const theirs = pooledFailures(before)
  const unseen = failures(now).x - blocks.failed.reduce((sum, failed) => sum + failed, 0)
  // As if the blocks had seen none, so that further failures in them make nothing milder.
  if (newcombe(unseen, now.succeeded + unseen, theirs.x, theirs.n).low > allowed) return undefined
  const usual = theirs.x / theirs.n
  const seen = blocks.failed.filter((failed, at) => failed > usual * (failed + blocks.succeeded[at]!)).length
  return seen < SEVERAL ? oneBurst('this run', seen, 'Measure again: what comes again is no burst.') : undefined
}

/** The two keys. `level` is that of a single chance, for the resolution. */
export function judgeChange(
  { budget, now, measured }: Pick<Weighed, 'budget' | 'now' | 'measured'>,
  change: Change,
  { worse, better }: Shown,
  level: number,
): Judged {
  const { low, high, allowed, estimate, whole = estimate } = change
  const judged = {
    measured,
    limit: change.limit,
    baseline: { value: change.baseline, runs: change.runs },
    change: change.ratio,
    resolution: change.resolution(level),
    improved: better && whole < 0,
  }
  // What is shown is of the whole run, so a typical block decides nothing against it.
  if (low > allowed && worse && whole > allowed) return { ...judged, judgement: { kind: 'exceeded' } }
  if (high !== undefined && high <= allowed && whole <= allowed) return { ...judged, judgement: { kind: 'holds' } }
  return { ...judged, judgement: undecidedChange(budget.metric, change, now!) }
}

function judgeAlone(one: Weighed): Judged {
  const { budget, now, pace, measured, before, refused, level = ONE_LOOK } = one
  const judged = { measured, baseline: undefined, change: undefined, resolution: undefined, improved: false }
  const { limit } = budget
  if (limit.kind === 'absolute') {
    const bounded = level === ONE_LOOK ? measured : now && measure(budget.metric, now, pace, level)
    const judgement = bounded ? judgeAbsolute(budget, { limit: limit.value, level }, bounded, now!) : NO_SAMPLES
    return { ...judged, limit: limit.value, judgement }
  }
  const values = usableRuns(budget.metric, before).map((scope) => metricOf(budget.metric).read(scope)!)
  const judgement = measured === undefined ? NO_SAMPLES : tooFewRuns(values.length, before, refused)
  return { ...judged, ...provisional(values, limit, budget.metric), judgement }
}

/** What there is to see before there are runs enough to judge by. */
function provisional(values: readonly number[], limit: RelativeLimit, metric: Budget['metric']) {
  if (values.length === 0) return { limit: undefined }
  const base = median(values)
  return {
    limit: limitOf(limit, base, metricOf(metric).worse),
    baseline: { value: base, runs: values.length },
  }
}

const NO_SAMPLES: Judgement = { kind: 'no-samples' }

function judgeAbsolute(
  budget: Budget,
  { limit, level }: { readonly limit: number; readonly level: number },
  bounded: Estimate,
  now: Scope,
): Judgement {
  const { metric } = budget
  const { value, low, high } = bounded
  const { worse } = metricOf(metric)
  if (isCounted(budget) && (value > 0 || now.mayBeDropped === 0)) return { kind: value === 0 ? 'holds' : 'exceeded' }
  const exceeded = worse === 'higher' ? low > limit : high !== undefined && high < limit
  if (exceeded) return { kind: 'exceeded' }
  const holds = worse === 'higher' ? high !== undefined && high <= limit : low >= limit
  return holds ? { kind: 'holds' } : undecidedNumber(metric, bounded, { limit, level }, now)
}

function tooFewRuns(usable: number, before: readonly Scope[], refused: string | undefined): Judgement {
  // An empty store is no doubt about this run. Runs that are there but may not be compared are.
  if (before.length === 0 && refused === undefined) return { kind: 'no-baseline' }
  const others = refused === undefined ? '' : ` (not comparable: ${refused})`
  const missing = MIN_RUNS - usable
  return {
    kind: 'undecided',
    reason: `the baseline has ${usable} of ${MIN_RUNS} runs${others}`,
    remedy: `Store ${counted(missing, 'more run')} of this profile, made on this kind of machine.`,
  }
}
