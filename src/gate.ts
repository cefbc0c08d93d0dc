import { type BaseVersion, baseVersion } from './base-version.ts'
import { openStore } from './baseline/store.ts'
import { judge } from './compare/judge.ts'
import type { Verdict } from './compare/verdict.ts'
import { fingerprintHere } from './fingerprint.ts'
import { placeOf } from './github/place.ts'
import { type HeldTo, heldTo } from './held-to.ts'
import { historyOf } from './history/history-of.ts'
import { CHOICES, type GateOptions } from './inputs.ts'
import { keptSharpness } from './kept-sharpness.ts'
import { type LoadDoors, measureAlone } from './measure-alone.ts'
import { targetIsHere } from './plan/target-here.ts'
import { loadProfile } from './profile-file.ts'
import type { Publisher } from './publish/publisher.ts'
import { checkReportPaths, type ReportFiles, removeReport, showReport } from './show-report.ts'
import { measureSideBySide } from './side-by-side.ts'
import { keepRun, NOTHING_EARLIER, readEarlier, requireComparable } from './stored-baseline.ts'
import { VERSION } from './version.ts'
import type { Checkout } from './versions/checkout.ts'
import type { PullRequest } from './versions/merge-base.ts'
import type { VersionsOptions } from './versions/prepare-versions.ts'

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
  /** Undefined where this is not about one. */
  readonly pullRequest: PullRequest | undefined
  /** Whether the pull request carries the label that accepts its changes of profile and budgets. */
  readonly accepted: boolean
  /** Told of the base version's checkout, so that a later process can remove it if this one is killed. */
  readonly onCheckout?: ((checkout: Checkout) => void) | undefined
}

export interface GateOutcome {
  readonly verdict: Verdict
  readonly files: ReportFiles | undefined
}

/** The whole tool: a profile goes in, load is sent, and a verdict comes out, with the report shown and published. */
export async function gate(options: GateOptions, doors: GateDoors): Promise<GateOutcome> {
  const { output, env, commit, accepted } = doors
  const head = await loadProfile(options.profile, env)
  head.secrets.forEach(doors.mask)
  const github = placeOf(env, options.githubToken)
  const world = { cwd: process.cwd(), env, profile: options.profile, github }
  const keeps = keepsRun(options, doors)
  const compares = options.compare !== 'none'
  const store = compares || keeps ? openStore(options.baseline, world) : undefined
  await checkReportPaths(options)
  await using base = await baseVersion(head.directory, options, { ...doors, github })
  const held = await heldTo(head, { ...options, path: options.profile, base, accepted, now: Date.now() }, doors)
  const { loaded, budgets, sideBySide } = held
  if (keeps && !sideBySide) await store?.checkAppend()
  const earlier = sideBySide || !compares ? NOTHING_EARLIER : await readEarlier(store, output, base?.commit.sha)
  const fingerprint = fingerprintHere(loaded.plan.hash)
  const sharpness = sideBySide ? await keptSharpness(options, { ...doors, base }) : undefined
  // The speed of this processor says nothing of a service that runs on another.
  const timed = store !== undefined && targetIsHere(loaded.profile)
  if (options.requireBaseline && !sideBySide)
    requireComparable(budgets, earlier, { fingerprint, now: Date.now(), timed })

  await removeReport(options)
  const { threads, rounds } = options
  const { result, comparison, serviceEnd } = sideBySide
    ? await measureSideBySide(held, { base: besideWhat(options, held, base), rounds, threads, commit }, doors)
    : await measureAlone(held, { earlier, threads, commit, timed }, doors)
  const verdict = judge(comparison)
  if (doors.signal.aborted) return { verdict, files: undefined }

  const keptIn = keeps ? store : undefined
  const baselineNote = sideBySide
    ? keptIn && NOT_KEPT
    : keptIn && (await keepRun(result, verdict.outcome, keptIn, output.warning))
  const run = {
    version: VERSION,
    profilePath: options.profile,
    commit,
    url: doors.url,
    reproduce: reproduce(options, commit),
    baselineNote,
    serviceEnd,
  }
  const history = earlier.baseline && historyOf(earlier.baseline)
  const report = { verdict, comparison, result, run, policy: held.facts, history, sharpness }
  const files = await showReport(report, options, doors)
  return { verdict, files }
}

const NOT_KEPT = 'Not added to the baseline: what is measured side by side is not comparable with a run alone.'

function besideWhat(
  { baseTarget }: GateOptions,
  { baseService: service }: HeldTo,
  base: BaseVersion | undefined,
): VersionsOptions['base'] {
  if (baseTarget !== undefined) return { kind: 'target', url: baseTarget }
  return { kind: 'commit', sha: base!.commit.sha, checkout: base!.checkout, service }
}

function keepsRun({ saveBaseline, compare }: GateOptions, { savesByItself }: GateDoors): boolean {
  return saveBaseline === 'true' || (saveBaseline === 'auto' && savesByItself && compare !== 'none')
}

function reproduce({ profile, baseline }: GateOptions, commit: string | undefined): string {
  // Artifacts are out of a laptop's reach.
  const { default: usual, onLaptop } = CHOICES.baseline
  const store = baseline === usual || baseline === onLaptop ? '' : ` --baseline ${baseline}`
  const run = `loadgate run ${profile}${store}`
  return commit ? `git checkout ${commit} && ${run}` : run
}
