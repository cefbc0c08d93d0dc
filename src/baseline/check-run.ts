import { LoadgateError } from '../errors.ts'
import { readResultSummary } from '../result/result-file.ts'
import type { BaselineRun } from './baseline.ts'

/** Throws LoadgateError unless `value` is a run as `baselineRun` makes it; what comes from a store is not trusted. */
export function checkRun(value: unknown): BaselineRun {
  const { inWindow, ...run } = (value ?? {}) as Record<string, unknown>
  const summary = readResultSummary(run)
  return { ...summary, inWindow: checkInWindow(inWindow, summary.steps) }
}

function checkInWindow(value: unknown, steps: BaselineRun['steps']): BaselineRun['inWindow'] {
  const { succeeded, failed } = (value ?? {}) as Record<string, unknown>
  const most = { succeeded: 0, failed: 0 }
  for (const step of steps) {
    most.succeeded += step.succeeded
    most.failed += step.failed
  }
  if (!isCount(succeeded, most.succeeded) || !isCount(failed, most.failed))
    throw new LoadgateError('infrastructure', 'A stored run is damaged: `inWindow` is not a part of its requests')
  return { succeeded, failed }
}

function isCount(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most
}
