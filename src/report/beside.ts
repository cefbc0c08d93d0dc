import { sumOf } from '../histogram.ts'
import type { RunResult } from '../result/result.ts'
import type { StepTimes } from './report.ts'

/** All runs or rounds of the same plan together; undefined without any. */
export function besideOf(runs: readonly Pick<RunResult, 'steps'>[]): readonly StepTimes[] | undefined {
  return runs[0]?.steps.map(({ scenario, step }, at) => ({
    scenario,
    step,
    response: sumOf(runs.flatMap(({ steps }) => steps[at]?.response ?? [])),
  }))
}
