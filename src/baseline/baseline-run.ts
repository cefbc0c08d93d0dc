import type { RunResult, SecondResult } from '../result/result.ts'
import type { BaselineRun } from './baseline.ts'

/** What a store keeps of a run. */
export function baselineRun({ seconds, ...run }: RunResult): BaselineRun {
  return { ...run, inWindow: endedIn(seconds, run.plan.measured / 1000) }
}

/** Answers that came after the window belong to the load but not to its throughput: a queue drains then. */
function endedIn(seconds: readonly SecondResult[], length: number): BaselineRun['inWindow'] {
  let succeeded = 0
  let failed = 0
  for (const second of seconds)
    if (second.second < length) {
      succeeded += second.succeeded
      failed += second.failed
    }
  return { succeeded, failed }
}
