import { isWithinWindow } from '../engine/interval.ts'
import type { RunResult } from '../result/result.ts'
import type { BaselineRun } from './baseline.ts'

/** What a store keeps of a run. */
export function baselineRun({ intervals, ...run }: RunResult): BaselineRun {
  const steps = run.steps.map((step) => ({ ...step, blocks: undefined }))
  return { ...run, steps, inWindow: endedIn(intervals, run.plan) }
}

/** Answers that came after the window belong to the load but not to its throughput: a queue drains then. */
function endedIn({ length, records }: RunResult['intervals'], plan: RunResult['plan']): BaselineRun['inWindow'] {
  let succeeded = 0
  let failed = 0
  for (const record of records)
    if (isWithinWindow(record.index, { measured: plan.measured, length })) {
      succeeded += record.succeeded
      failed += record.failed
    }
  return { succeeded, failed }
}
