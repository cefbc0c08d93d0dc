import { isWithinWindow } from '../engine/interval.ts'
import type { RunResult } from './result.ts'

/** Answers that came after the window belong to the load but not to its throughput: a queue drains then. */
export function endedInWindow({
  intervals: { length, records },
  plan: { measured },
}: Pick<RunResult, 'intervals' | 'plan'>): { readonly succeeded: number; readonly failed: number } {
  let succeeded = 0
  let failed = 0
  for (const record of records)
    if (isWithinWindow(record.index, { measured, length })) {
      succeeded += record.succeeded
      failed += record.failed
    }
  return { succeeded, failed }
}
