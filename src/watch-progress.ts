import type { ShardProgress } from './engine/shard-result.ts'
import type { Output } from './output/output.ts'
import type { LoadPlan } from './plan/plan.ts'
import { progressLine, progressView } from './report/progress.ts'
import { foldProgress, NO_PROGRESS, takeSnapshot } from './report/progress-fold.ts'
import type { Ms } from './units.ts'

/** A log is read afterwards, so a line every few seconds; a terminal is looked at now. */
const LOG_EVERY: Ms = 5_000
const VIEW_EVERY: Ms = 1_000

export interface ProgressWatch {
  readonly onProgress: (progress: ShardProgress) => void
  /** Takes the view away. */
  done(): void
}

/** Shows how the run stands: a view that is drawn anew on a terminal, else a line every few seconds. */
export function watchProgress(plan: LoadPlan, output: Output): ProgressWatch {
  let state = NO_PROGRESS
  let shown = performance.now()
  const every = output.terminal ? VIEW_EVERY : LOG_EVERY
  return {
    onProgress: (progress) => {
      state = foldProgress(state, progress)
      // A little early is in time: reports come about once a second, and one that just misses would double the wait.
      if (performance.now() - shown < every * 0.9) return
      shown = performance.now()
      const { snapshot, next } = takeSnapshot(state, plan)
      state = next
      if (output.terminal) output.live(progressView(snapshot, { width: output.width }))
      else output.info(progressLine(snapshot))
    },
    done: output.done,
  }
}
