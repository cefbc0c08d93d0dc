// Whether a run under way breaks a limit so clearly that its end changes nothing.
import type { ShardProgress } from '../engine/shard-result.ts'
import { Histogram, type HistogramText } from '../histogram.ts'
import type { LoadPlan } from '../plan/plan.ts'
import type { Budget } from '../profile/profile.ts'
import type { Ms } from '../units.ts'
import type { Early, Estimate } from './comparison.ts'
import { percentileOf } from './metrics.ts'
import { wilson } from './statistics.ts'

/** What is judged is of the last so many: an hour that was good does not hide a target that is down now. */
const WINDOW: Ms = 10_000
/** Of the guard, which no profile has asked for. */
const GUARD_WINDOW: Ms = 30_000
/** A run that stands at its limit has some 9,000 windows a day with nothing in common; with z = 4.5 it ends one day in thirty. */
const Z = 4.5
/** So few may all have met the same moment. */
const FEWEST = 20

/** Where all fail, a target is gone. A profile that limits errors "or abort" has itself said when to end. */
const GUARD = { text: 'errors < 99 % or abort', metric: 'errors', of: undefined, abort: true } as const
const GUARD_LIMIT = 0.99

/** A limit that is broken, and by what. */
export interface Breach {
  readonly budget: Budget
  readonly measured: Estimate
  readonly limit: number
  readonly early: Early
}

/** What became known by one report of one shard. */
interface Piece {
  readonly elapsed: Ms
  readonly succeeded: number
  readonly failed: number
  readonly response: HistogramText
}

export class LiveLimits {
  readonly #plan: Pick<LoadPlan, 'measureFrom' | 'duration' | 'script'>
  readonly #budgets: readonly Budget[]
  readonly #guard: Budget | undefined
  readonly #last = new Map<number, ShardProgress>()
  readonly #pieces = new Map<number, readonly Piece[]>()

  constructor(plan: Pick<LoadPlan, 'measureFrom' | 'duration' | 'script'>, budgets: readonly Budget[]) {
    this.#plan = plan
    this.#budgets = budgets.filter(({ abort }) => abort)
    const own = this.#budgets.some(({ metric }) => metric === 'errors')
    const place = { file: budgets[0]?.place.file ?? 'loadgate.yml', line: 1, column: 1 }
    this.#guard = own ? undefined : { ...GUARD, limit: { kind: 'absolute', value: GUARD_LIMIT }, place }
  }

  /** One more report of one shard, in any order of shards. */
  take(report: ShardProgress): void {
    const { index, elapsed, recent } = report
    const before = this.#last.get(index)
    this.#last.set(index, report)
    // Behind the warm-up from one end to the other.
    if (before === undefined || before.elapsed < this.#plan.measureFrom) return
    const dropped = report.dropped - before.dropped
    const piece = {
      elapsed,
      succeeded: report.succeeded - before.succeeded,
      failed: report.failed - before.failed + dropped,
      response: recent,
    }
    const kept = (this.#pieces.get(index) ?? []).filter((one) => one.elapsed > elapsed - GUARD_WINDOW)
    this.#pieces.set(index, [...kept, piece])
  }

  /** The first limit that is broken now. */
  breach(): Breach | undefined {
    for (const budget of this.#budgets) {
      const limit = budget.limit.kind === 'absolute' ? budget.limit.value : Number.POSITIVE_INFINITY
      const pieces = this.#within(WINDOW)
      const measured = budget.metric === 'errors' ? errorsOf(pieces) : timesOf(pieces, budget)
      if (measured && measured.low > limit) return this.#found(budget, measured, limit, WINDOW)
    }
    return this.#guard && this.#gone(this.#guard)
  }

  #gone(guard: Budget): Breach | undefined {
    const pieces = this.#within(GUARD_WINDOW)
    const measured = errorsOf(pieces)
    if (measured === undefined || measured.value < 1 || this.#seen() < GUARD_WINDOW) return undefined
    return this.#found(guard, measured, GUARD_LIMIT, GUARD_WINDOW)
  }

  /** How much of the measured time some shard has told of. */
  #seen(): Ms {
    return Math.max(0, ...[...this.#last.values()].map(({ elapsed }) => elapsed)) - this.#plan.measureFrom
  }

  #found(budget: Budget, measured: Estimate, limit: number, window: Ms): Breach {
    const { measureFrom, duration, script } = this.#plan
    const after = this.#seen() + measureFrom
    return {
      budget,
      measured,
      limit,
      early: { after, of: script ? undefined : duration, window: Math.min(window, this.#seen()) },
    }
  }

  /** By the time of each shard: one that began later, or reports later, is not left out. */
  #within(window: Ms): readonly Piece[] {
    return [...this.#pieces].flatMap(([index, pieces]) => {
      const since = this.#last.get(index)!.elapsed - window
      return pieces.filter(({ elapsed }) => elapsed > since)
    })
  }
}

function errorsOf(pieces: readonly Piece[]): Estimate | undefined {
  const failed = pieces.reduce((sum, piece) => sum + piece.failed, 0)
  const all = pieces.reduce((sum, piece) => sum + piece.succeeded + piece.failed, 0)
  return all < FEWEST ? undefined : { value: failed / all, ...wilson(failed, all, Z) }
}

/** The percentile lies above the sample of this rank but once in so many: normal approximation of the binomial distribution. */
function timesOf(pieces: readonly Piece[], { metric }: Budget): Estimate | undefined {
  const histogram = Histogram.of(...pieces.map(({ response }) => response))
  const n = histogram.count
  if (n < FEWEST || metric === 'errors' || metric === 'throughput') return undefined
  const q = percentileOf(metric)
  const rank = Math.floor(n * q - Z * Math.sqrt(n * q * (1 - q)))
  const low = rank < 1 ? 0 : histogram.quantileAtRank(rank) / 1_000
  return { value: histogram.quantile(q)! / 1_000, low, high: undefined }
}
