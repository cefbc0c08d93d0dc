import type { BaselineStore } from '../baseline/baseline.ts'
import { baselineRun } from '../baseline/baseline-run.ts'
import { openStore } from '../baseline/store.ts'
import { CHOICES } from '../choices.ts'
import { compare } from '../compare/compare.ts'
import { judge } from '../compare/judge.ts'
import { exitCodeOfVerdict, LoadgateError } from '../errors.ts'
import { readFlags } from '../flags.ts'
import { placeOf } from '../github/place.ts'
import { hideSecrets } from '../hide-secrets.ts'
import { historyOf } from '../history/history-of.ts'
import { optionsFromCommandLine } from '../inputs.ts'
import type { Output } from '../output/output.ts'
import type { Budget } from '../profile/profile.ts'
import { loadProfile } from '../profile-file.ts'
import type { Report } from '../report/report.ts'
import type { RunResult } from '../result/result.ts'
import { checkReportPaths, removeReport, showReport } from '../show-report.ts'
import { type Earlier, keepRun, readEarlier } from '../stored-baseline.ts'
import { VERSION } from '../version.ts'
import { budgetsFrom } from './budgets-from.ts'
import { resultAt } from './result-at.ts'

/** What a run may be asked for as well, and means the same here. */
const OF_A_RUN = ['report', 'format', 'json', 'log', 'save-baseline', 'on-inconclusive']

/** `compare RESULT BASELINE…`: judges an earlier run again, on any machine, and shows and keeps what `run` does. */
export async function compareCommand(argv: readonly string[], output: Output, signal: AbortSignal): Promise<number> {
  const { values } = readCompare(argv)
  const given = OF_A_RUN.flatMap((flag) => (values[flag] === undefined ? [] : [`--${flag}=${values[flag]}`]))
  const options = optionsFromCommandLine(given)
  if (options.saveBaseline === 'true' && placeOf(process.env)?.run?.base !== undefined)
    throw new LoadgateError('usage', 'The run of a pull request joins no baseline, and `--save-baseline` is there', {
      hint: 'Leave it out here, and have it in a workflow on pushes to the default branch.',
    })
  await checkReportPaths(options)
  const report = await compareFiles(argv, output, { signal, saves: options.saveBaseline === 'true' })
  await removeReport(options)
  await showReport(report, options, { output, publisher: undefined })
  return exitCodeOfVerdict(report.verdict.outcome, options.onInconclusive)
}

interface CompareDoors {
  readonly signal: AbortSignal
  /** Whether the run joins the store that it is compared with. */
  readonly saves: boolean
}

/** By the budgets of the profile, or by those that are named; a run of another generator has no profile. */
export async function compareFiles(
  argv: readonly string[],
  output: Output,
  { signal, saves }: CompareDoors = { signal: new AbortController().signal, saves: false },
): Promise<Report> {
  const { values, budgets: texts, path, baselines } = readCompare(argv)
  const result = await resultAt(path, values.name)
  const profilePath = values.profile ?? CHOICES.profile.default
  const named = texts.length > 0 || result.source !== undefined
  if (values.profile !== undefined && named)
    throw new LoadgateError('usage', whyNoProfile(path, result), { hint: 'Leave --profile out.' })
  const budgets = named ? budgetsFrom(texts, result) : await budgetsOfProfile(profilePath, { path, result, output })
  const { baseline, problem, store } = await earlierIn(baselines, { profilePath, name: values.name, saves, output })
  await (saves ? store?.checkAppend({ signal }) : undefined)
  const comparison = compare(result, baseline, budgets, { baselineProblem: problem })
  const verdict = judge(comparison)
  const run = {
    version: VERSION,
    profilePath: result.source === undefined ? profilePath : path,
    commit: result.commit,
    url: undefined,
    reproduce: `loadgate compare ${argv.map(quoted).join(' ')}`,
    baselineNote: saves && store ? await keepRun(result, verdict.outcome, store, { output, signal }) : undefined,
    serviceEnd: undefined,
  }
  return { verdict, comparison, result, run, history: store && baseline && historyOf(baseline) }
}

function readCompare(argv: readonly string[]) {
  const { values, lists, positionals } = readFlags(argv, {
    flags: ['profile', 'name', ...OF_A_RUN],
    many: ['budget'],
    most: 100,
  })
  const [path, ...baselines] = positionals
  if (path === undefined || baselines.length === 0)
    throw new LoadgateError('usage', 'compare takes a result and a baseline', {
      hint: 'For example: loadgate compare loadgate-report/report.json file:.loadgate/baseline.json',
    })
  return { values, budgets: lists.budget ?? [], path, baselines }
}

function whyNoProfile(path: string, { source }: RunResult): string {
  if (source !== undefined) return `${path} is a run of ${source.tool}, which no profile of Loadgate is of`
  return '`--profile` and `--budget` both say what judges'
}

async function budgetsOfProfile(
  profilePath: string,
  { path, result, output }: { readonly path: string; readonly result: RunResult; readonly output: Output },
): Promise<readonly Budget[]> {
  const loaded = await loadProfile(profilePath, process.env)
  loaded.secrets.forEach(output.mask)
  const plan = hideSecrets(loaded.plan, output.redact)
  if (result.profile === plan.name) return plan.budgets
  throw new LoadgateError(
    'usage',
    `${path} is of the profile "${result.profile}", and ${profilePath} is "${plan.name}"`,
    {
      hint: 'Name the profile of the result with --profile.',
    },
  )
}

interface EarlierOptions {
  readonly profilePath: string
  readonly name: string | undefined
  readonly saves: boolean
  readonly output: Output
}

async function earlierIn(
  names: readonly string[],
  { profilePath, name, saves, output }: EarlierOptions,
): Promise<Earlier & { readonly store?: BaselineStore | undefined }> {
  const [first, ...more] = names
  if (more.length > 0 && names.some((name) => name.startsWith('file:')))
    throw new LoadgateError('usage', 'A store stands alone', { hint: 'Name either file:PATH, or one or more results.' })
  if (first?.startsWith('file:') && more.length === 0) {
    const world = { cwd: process.cwd(), env: process.env, profile: profilePath, github: undefined }
    const store = openStore(first, world)
    const earlier = await readEarlier(store, output)
    if (saves || earlier.baseline?.runs.length !== 0) return { ...earlier, store }
    throw new LoadgateError('usage', `There is no run in ${first}`, {
      hint: 'Check the path; --save-baseline adds a run to it.',
    })
  }
  if (saves)
    throw new LoadgateError('usage', '`--save-baseline` takes a store to keep the run in', {
      hint: 'Compare with one, as in file:.loadgate/baseline.json; the first run begins it.',
    })
  const results = await Promise.all(names.map((path) => resultAt(path, name)))
  return { baseline: { store: names.join(', '), runs: results.map(baselineRun) }, problem: undefined }
}

/** As a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
