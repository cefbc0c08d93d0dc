import type { ShardProgress } from './engine/shard-result.ts'
import type { LivePage } from './live-html.ts'
import type { Output } from './output/output.ts'
import type { LoadPlan } from './plan/plan.ts'
import { progressLine, progressView, sidesLine, sidesView } from './report/progress.ts'
import { foldProgress, NO_PROGRESS, takeSnapshot } from './report/progress-fold.ts'
import type { Ms } from './units.ts'
import type { LimitWatch } from './watch-limits.ts'

/** A log is read afterwards, so a line every few seconds; a terminal is looked at now. */
const LOG_EVERY: Ms = 5_000
const VIEW_EVERY: Ms = 1_000
/** Nobody reads the 17,000 lines of a day: of a long run they come less often, but once a minute all the same. */
const LINES = 240
const LOG_AT_LEAST_EVERY: Ms = 60_000

export interface ProgressWatch {
  readonly onProgress: (progress: ShardProgress) => void
  /** Takes the view away. */
  done(): void
}

/** Shows how the run stands: a view that is drawn anew on a terminal, else a line every few seconds. */
export function watchProgress(
  plan: LoadPlan,
  output: Output,
  {
    limits,
    workers,
    live,
  }: { readonly limits?: LimitWatch | undefined; readonly workers?: number; readonly live?: LivePage | undefined } = {},
): ProgressWatch {
  const frame = { ...plan, workers }
  const tellPage = live?.follow(frame, plan.side ?? 'run')
  let state = NO_PROGRESS
  const isDue = nowAndThen(plan, output)
  return {
    onProgress: (progress) => {
      state = foldProgress(state, progress)
      limits?.take(progress)
      tellPage?.(progress)
      if (!isDue()) return
      const { snapshot, next } = takeSnapshot(state, frame)
      state = next
      if (output.terminal) output.live(progressView(snapshot, { width: output.width }))
      else output.info(progressLine(snapshot))
    },
    done: output.done,
  }
}

/**
 * The same for the two versions of a comparison, loaded at once, the base first.
 * @param each how many shards each of them has
 */
export function watchSides(plan: LoadPlan, each: number, output: Output, live?: LivePage | undefined): ProgressWatch {
  const tellPage = { base: live?.follow(plan, 'base'), head: live?.follow(plan, 'head') }
  let states = { base: NO_PROGRESS, head: NO_PROGRESS }
  const isDue = nowAndThen(plan, output)
  return {
    onProgress: (progress) => {
      const side = progress.index < each ? 'base' : 'head'
      states = { ...states, [side]: foldProgress(states[side], progress) }
      tellPage[side]?.(progress)
      if (!isDue()) return
      const [base, head] = [takeSnapshot(states.base, plan), takeSnapshot(states.head, plan)]
      states = { base: base.next, head: head.next }
      const snapshots = { base: base.snapshot, head: head.snapshot }
      if (output.terminal) output.live(sidesView(snapshots))
      else output.info(sidesLine(snapshots))
    },
    done: output.done,
  }
}

/** How long a log waits for its next line on a run of this length. */
export function logEvery(duration: Ms): Ms {
  return Math.min(LOG_AT_LEAST_EVERY, Math.max(LOG_EVERY, duration / LINES))
}

/** Whether it is time to show something again. */
function nowAndThen({ duration }: LoadPlan, { terminal }: Output): () => boolean {
  let shown = performance.now()
  const every = terminal ? VIEW_EVERY : logEvery(duration)
  return () => {
    // A little early is in time: reports come about once a second, and one that just misses would double the wait.
    if (performance.now() - shown < every * 0.9) return false
    shown = performance.now()
    return true
  }
}
