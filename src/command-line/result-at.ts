import { isBaselineFile } from '../baseline/file-format.ts'
import { LoadgateError } from '../errors.ts'
import { readText } from '../files.ts'
import { readForeign } from '../foreign/read-foreign.ts'
import type { RunResult } from '../result/result.ts'
import { readResult } from '../result/result-file.ts'
import type { Bytes } from '../units.ts'

const RESULT_LIMIT: Bytes = 256 * 1_048_576

/**
 * A run of another generator, a result by itself, or the one in a report.
 * @param name what the load of another generator is called
 */
export async function resultAt(path: string, name: string | undefined): Promise<RunResult> {
  const foreign = await readForeign(path, name)
  if (foreign !== undefined) return foreign
  const text = await readText(path, RESULT_LIMIT)
  if (isBaselineFile(text))
    throw new LoadgateError('usage', `${path} is a baseline, not a result`, {
      hint: `Write file:${path}, behind the result.`,
    })
  const report = reportIn(text)
  if (report?.comparison?.baseline?.kind === 'side-by-side')
    throw new LoadgateError('usage', `${path} was measured side by side, which is not comparable with a run alone`, {
      hint: 'What it was compared with stands in it. For stored runs measure again, with `loadgate run --compare baseline`.',
    })
  try {
    return readResult(report ? JSON.stringify(report.result) : text)
  } catch (cause) {
    if (!(cause instanceof LoadgateError)) throw cause
    throw new LoadgateError(cause.kind, `${path}: ${cause.message}`, { hint: cause.hint, cause })
  }
}

interface KeptReport {
  readonly result: unknown
  readonly comparison?: { readonly baseline?: { readonly kind?: unknown } | null } | null
}

/** A report holds its result whole; anything else is left to the reader of results, which says what is wrong with it. */
function reportIn(text: string): KeptReport | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'result' in value && 'verdict' in value ? value : undefined
  } catch {
    return undefined
  }
}
