import type { RunResult } from '../result/result.ts'
import { fromSamples } from './from-samples.ts'
import { fromSummary } from './from-summary.ts'
import { headOf } from './lines.ts'
import { recognise } from './recognise.ts'

/**
 * The run that a file of another generator holds; undefined where it is a file of Loadgate's own. LoadgateError `usage`, with
 * file, line and remedy, for whatever else it is.
 * @param name what the load is called: runs of another name are not compared; the generator's own name unless given
 */
export async function readForeign(file: string, name: string | undefined): Promise<RunResult | undefined> {
  const format = recognise(file, await headOf(file))
  if (format === undefined) return undefined
  return format.kind === 'samples' ? fromSamples(file, format, name) : fromSummary(file, format, name)
}
