import { isWithinWindow } from '../engine/interval.ts'
import type { RunResult } from '../result/result.ts'
import type { BaselineRun } from './baseline.ts'
import { blockFigures } from './block-figures.ts'

/** What a store keeps of a run. */
export function baselineRun({ intervals, ...run }: RunResult): BaselineRun {
  return {
    ...run,
    steps: run.steps.map((step) => ({ ...step, blocks: undefined })),
    inWindow: endedInWindow({ intervals, plan: run.plan }),
    blocks: blockFigures(run),
  }
}

/** Answers that came after the window belong to the load but not to its throughput: a queue drains then. */
export function endedInWindow({
  intervals: { length, records },
  plan: { measured },
}: Pick<RunResult, 'intervals' | 'plan'>): BaselineRun['inWindow'] {
  let succeeded = 0
  let failed = 0
  for (const record of records)
    if (isWithinWindow(record.index, { measured, length })) {
      succeeded += record.succeeded
      failed += record.failed
    }
  return { succeeded, failed }
}
