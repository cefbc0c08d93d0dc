import { baselineRun } from '../baseline/baseline-run.ts'
import { isBaselineFile } from '../baseline/file-format.ts'
import { openStore } from '../baseline/store.ts'
import { CHOICES } from '../choices.ts'
import { compare } from '../compare/compare.ts'
import { judge } from '../compare/judge.ts'
import { LoadgateError } from '../errors.ts'
import { readText } from '../files.ts'
import { readFlags } from '../flags.ts'
import { hideSecrets } from '../hide-secrets.ts'
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
  const { baseline, problem } = await earlierIn(baselines, profilePath, output)
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

async function earlierIn(names: readonly string[], profile: string, output: Output): Promise<Earlier> {
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
