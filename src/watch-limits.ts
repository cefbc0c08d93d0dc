import { breachRow } from './compare/ended-early.ts'
import { type Breach, LiveLimits } from './compare/live-limits.ts'
import { reasonOf } from './compare/reason.ts'
import type { ShardProgress } from './engine/shard-result.ts'
import type { Output } from './output/output.ts'
import type { LoadPlan } from './plan/plan.ts'
import type { Budget } from './profile/profile.ts'
import type { Ms } from './units.ts'

/** Workers report about once a second. */
const LOOK_EVERY: Ms = 1_000

/** Ends a run whose target is gone, or that breaks a budget marked "or abort". */
export interface LimitWatch {
  take(progress: ShardProgress): void
  /** Fires when going on is of no use. */
  readonly enough: AbortSignal
  /** What it fired for. */
  breach(): Breach | undefined
}

interface LimitDoors {
  readonly output: Output
  /** What else makes going on of no use. */
  readonly enough?: AbortSignal
}

export function watchLimits(plan: LoadPlan, budgets: readonly Budget[], { output, enough }: LimitDoors): LimitWatch {
  const limits = new LiveLimits(plan, budgets)
  const over = new AbortController()
  let breach: Breach | undefined
  let looked = performance.now()
  return {
    take: (progress) => {
      limits.take(progress)
      if (breach !== undefined || performance.now() - looked < LOOK_EVERY * 0.9) return
      looked = performance.now()
      breach = limits.breach()
      if (breach === undefined) return
      const reason = reasonOf(breachRow(breach))
      output.warning(reason)
      over.abort(new Error(reason))
    },
    enough: enough ? AbortSignal.any([over.signal, enough]) : over.signal,
    breach: () => breach,
  }
}
