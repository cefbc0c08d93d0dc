import type { RunResult, SecondResult } from '../result/result.ts'
import { withinWindow } from '../result/within-window.ts'
import type { BaselineRun } from './baseline.ts'

/** What a store keeps of a run. */
export function baselineRun({ seconds, ...run }: RunResult): BaselineRun {
  return { ...run, inWindow: endedIn(seconds, run.plan) }
}

/** Answers that came after the window belong to the load but not to its throughput: a queue drains then. */
function endedIn(seconds: readonly SecondResult[], plan: RunResult['plan']): BaselineRun['inWindow'] {
  let succeeded = 0
  let failed = 0
  for (const second of seconds)
    if (withinWindow(second, plan)) {
      succeeded += second.succeeded
      failed += second.failed
    }
  return { succeeded, failed }
}
