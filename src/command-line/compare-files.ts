import { baselineRun } from '../baseline/baseline-run.ts'
import { isBaselineFile } from '../baseline/file-format.ts'
import { openStore } from '../baseline/store.ts'
import { compare } from '../compare/compare.ts'
import { judge } from '../compare/judge.ts'
import { LoadgateError } from '../errors.ts'
import { readText } from '../files.ts'
import { hideSecrets } from '../hide-secrets.ts'
import { CHOICES, readFlags } from '../inputs.ts'
import type { Output } from '../output/output.ts'
import { loadProfile } from '../profile-file.ts'
import type { Report } from '../report/report.ts'
import type { RunResult } from '../result/result.ts'
import { readResult } from '../result/result-file.ts'
import { type Earlier, readEarlier } from '../stored-baseline.ts'
import type { Bytes } from '../units.ts'
import { VERSION } from '../version.ts'

const RESULT_LIMIT: Bytes = 256 * 1_048_576

/** `compare RESULT BASELINE…`: judges an earlier run again, on any machine, by the budgets of the profile. */
export async function compareFiles(argv: readonly string[], output: Output): Promise<Report> {
  const { mask, redact } = output
  const { values, positionals } = readFlags(argv, { flags: ['profile'], most: 100 })
  const [path, ...baselines] = positionals
  if (path === undefined || baselines.length === 0)
    throw new LoadgateError('usage', 'compare takes a result and a baseline', {
      hint: 'For example: loadgate compare loadgate-report/report.json file:.loadgate/baseline.json',
    })
  const profilePath = values.profile ?? CHOICES.profile.default
  const loaded = await loadProfile(profilePath, process.env)
  loaded.secrets.forEach(mask)
  const plan = hideSecrets(loaded.plan, redact)
  const result = await resultAt(path)
  if (result.profile !== plan.name)
    throw new LoadgateError(
      'usage',
      `${path} is of the profile "${result.profile}", and ${profilePath} is "${plan.name}"`,
      {
        hint: 'Name the profile of the result with --profile.',
      },
    )
  const { baseline, problem } = await earlierOf(baselines, profilePath, output)
  const comparison = compare(result, baseline, plan.budgets, { baselineProblem: problem })
  const run = {
    version: VERSION,
    profilePath,
    commit: result.commit,
    url: undefined,
    reproduce: `loadgate compare ${argv.join(' ')}`,
    baselineNote: undefined,
    serviceEnd: undefined,
  }
  return { verdict: judge(comparison), comparison, result, run }
}

/** A result by itself, or the one in a report. */
async function resultAt(path: string): Promise<RunResult> {
  const text = await readText(path, RESULT_LIMIT)
  if (isBaselineFile(text))
    throw new LoadgateError('usage', `${path} is a baseline, not a result`, {
      hint: `Write file:${path}, behind the result.`,
    })
  try {
    return readResult(resultIn(text))
  } catch (cause) {
    if (!(cause instanceof LoadgateError)) throw cause
    throw new LoadgateError(cause.kind, `${path}: ${cause.message}`, { hint: cause.hint, cause })
  }
}

async function earlierOf(names: readonly string[], profile: string, output: Output): Promise<Earlier> {
  const [store, ...more] = names
  if (more.length > 0 && names.some((name) => name.startsWith('file:')))
    throw new LoadgateError('usage', 'A store stands alone', { hint: 'Name either file:PATH, or one or more results.' })
  if (store?.startsWith('file:') && more.length === 0) {
    const earlier = await readEarlier(
      openStore(store, { cwd: process.cwd(), env: process.env, profile, github: undefined }),
      output,
    )
    if (earlier.baseline?.runs.length !== 0) return earlier
    throw new LoadgateError('usage', `There is no run in ${store}`, {
      hint: 'Check the path; `loadgate run --save-baseline` adds a run to it.',
    })
  }
  const results = await Promise.all(names.map(resultAt))
  return { baseline: { store: names.join(', '), runs: results.map(baselineRun) }, problem: undefined }
}

/** A report holds its result whole; anything else is left to the reader of results, which says what is wrong with it. */
function resultIn(text: string): string {
  try {
    const value: unknown = JSON.parse(text)
    const isReport = typeof value === 'object' && value !== null && 'result' in value && 'verdict' in value
    return isReport ? JSON.stringify(value.result) : text
  } catch {
    return text
  }
}
