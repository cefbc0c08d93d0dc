import { endedInWindow } from '../result/ended-in-window.ts'
import type { RunResult, StepResult } from '../result/result.ts'
import type { BaselineRun } from './baseline.ts'
import { blockFigures } from './block-figures.ts'

/** What a store keeps of a run. */
export function baselineRun({ intervals, active, workers, examples, ...run }: RunResult): BaselineRun {
  return {
    ...run,
    steps: run.steps.map(withoutBlocks),
    ...(run.background && { background: { ...run.background, steps: run.background.steps.map(withoutBlocks) } }),
    inWindow: endedInWindow({ intervals, plan: run.plan }),
    blocks: blockFigures(run),
  }
}

function withoutBlocks(step: StepResult): StepResult {
  return { ...step, blocks: undefined }
}
