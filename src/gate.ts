import { randomUUID } from 'node:crypto'
import { openStore } from './baseline/store.ts'
import { compare } from './compare/compare.ts'
import { judge } from './compare/judge.ts'
import type { Verdict } from './compare/verdict.ts'
import { fingerprintHere } from './fingerprint.ts'
import { placeOf } from './github/place.ts'
import { hideSecrets } from './hide-secrets.ts'
import { CHOICES, type GateOptions } from './inputs.ts'
import { loadProfile } from './profile-file.ts'
import type { Publisher } from './publish/publisher.ts'
import { mergeResults } from './result/merge-results.ts'
import { type LoadDoors, sendLoad } from './send-load.ts'
import { checkReportPaths, type ReportFiles, removeReport, showReport } from './show-report.ts'
import { keepRun, readEarlier, requireComparable } from './stored-baseline.ts'
import { VERSION } from './version.ts'

/** The world around one run. */
export interface GateDoors extends LoadDoors {
  /** Told of every secret the profile took from the environment, before anything else is written. */
  readonly mask: (secret: string) => void
  /** Undefined on a laptop. */
  readonly publisher: Publisher | undefined
  /** What `save-baseline: auto` means here. */
  readonly savesByItself: boolean
  readonly commit: string | undefined
  /** The run's address on GitHub. */
  readonly url: string | undefined
}

export interface GateOutcome {
  readonly verdict: Verdict
  readonly files: ReportFiles | undefined
}

/** The whole tool: a profile goes in, load is sent, and a verdict comes out, with the report shown and published. */
export async function gate(options: GateOptions, doors: GateDoors): Promise<GateOutcome> {
  const loaded = await loadProfile(options.profile, doors.env)
  loaded.secrets.forEach(doors.mask)
  const plan = hideSecrets(loaded.plan, doors.output.redact)
  const fingerprint = fingerprintHere(plan.hash)
  const world = { cwd: process.cwd(), env: doors.env, profile: options.profile }
  const github = placeOf(doors.env, options.githubToken)
  const store = options.compare === 'none' ? undefined : openStore(options.baseline, { ...world, github })
  const keep = options.saveBaseline === 'true' || (options.saveBaseline === 'auto' && doors.savesByItself)
  await checkReportPaths(options)
  if (keep) await store?.checkAppend()
  const earlier = await readEarlier(store)
  earlier.baseline?.notes?.forEach(doors.output.info)
  if (earlier.problem) doors.output.warning(`${earlier.problem.message}. This run will be invalid.`)
  if (options.requireBaseline) requireComparable(plan, earlier, fingerprint, Date.now())

  await removeReport(options)
  const { shards, lost, executor, serviceEnd } = await sendLoad(loaded, options.threads, doors)
  const result = mergeResults(shards, { id: randomUUID(), plan, fingerprint, commit: doors.commit, lost, executor })
  const comparison = compare(result, earlier.baseline, plan.budgets, { baselineProblem: earlier.problem })
  const verdict = judge(comparison)
  if (doors.signal.aborted) return { verdict, files: undefined }

  const baselineNote = store && keep ? await keepRun(result, verdict.outcome, store, doors.output.warning) : undefined
  const run = {
    version: VERSION,
    profilePath: options.profile,
    commit: doors.commit,
    url: doors.url,
    reproduce: reproduce(options, doors.commit),
    baselineNote,
    serviceEnd,
  }
  const files = await showReport({ verdict, comparison, result, run }, options, doors)
  return { verdict, files }
}

function reproduce({ profile, baseline }: GateOptions, commit: string | undefined): string {
  // Artifacts are out of a laptop's reach.
  const { default: usual, onLaptop } = CHOICES.baseline
  const store = baseline === usual || baseline === onLaptop ? '' : ` --baseline ${baseline}`
  const run = `loadgate run ${profile}${store}`
  return commit ? `git checkout ${commit} && ${run}` : run
}
