// A baseline as earlier runs would have left it, from one run that was really measured: tests need not wait for three.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { baselineRun } from '../../src/baseline/baseline-run.ts'
import { encodeRuns } from '../../src/baseline/file-format.ts'
import type { RunResult } from '../../src/result/result.ts'

/** The same run, as if it had been made several times, an hour apart and before itself. */
export function earlierRuns(result: RunResult, count = 3): readonly RunResult[] {
  return Array.from({ length: count }, (_, at) => ({
    ...result,
    id: `earlier-${at}`,
    startedAt: result.startedAt - (count - at) * 3_600_000,
  }))
}

export function writeStore(path: string, runs: readonly RunResult[]): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, encodeRuns(runs.map(baselineRun)))
}
