import { dirname, join } from 'node:path'
import { acceptedAt } from './accepted-at.ts'
import { addressLoad } from './address-load.ts'
import { type BaseVersion, baseVersion } from './base-version.ts'
import { openStore } from './baseline/store.ts'
import { judge } from './compare/judge.ts'
import type { Verdict } from './compare/verdict.ts'
import { LoadgateError } from './errors.ts'
import { fingerprintOf, thisMachine } from './fingerprint.ts'
import { historyOfRun, placeOf } from './github/place.ts'
import { type HeldTo, heldTo } from './held-to.ts'
import { historyOf } from './history/history-of.ts'
import type { GateOptions } from './inputs.ts'
import { generatorOf } from './jmeter/run-script.ts'
import { keptSharpness } from './kept-sharpness.ts'
import { type LoadDoors, measureAlone } from './measure-alone.ts'
import { keepNotStarted } from './not-started.ts'
import type { LoadPlan } from './plan/plan.ts'
import { targetIsHere } from './plan/target-here.ts'
import { loadProfile } from './profile-file.ts'
import type { Publisher } from './publish/publisher.ts'
import { refuseEngine } from './refuse-engine.ts'
import { reproduce } from './reproduce.ts'
import type { Fingerprint } from './result/result.ts'
import { machineOf } from './send-from-fargate.ts'
import { checkReportPaths, type ReportFiles, removeReport, showOnTerminal, showReport } from './show-report.ts'
import { measureSideBySide } from './side-by-side.ts'
import { keepRun, NOTHING_EARLIER, readEarlier, requireComparable } from './stored-baseline.ts'
import { ACCEPT_FILE } from './trust/acceptance.ts'
import { VERSION } from './version.ts'
import type { Checkout } from './versions/checkout.ts'
import type { PullRequest } from './versions/merge-base.ts'
import type { VersionsOptions } from './versions/prepare-versions.ts'
import { whileGuarded } from './watch-guards.ts'
import { NOT_DETACHED, type Sending, whereSent, whereToSend } from './where-to-send.ts'

/** The world around one run. */
export interface GateDoors extends LoadDoors {
  /** Told of every secret the profile took from the environment, before anything else is written. */
  readonly mask: (secret: string) => void
  /** Undefined on a laptop. */
  readonly publisher: Publisher | undefined
  /** What `save-baseline: auto` means here. */
  readonly savesByItself: boolean
  readonly commit: string | undefined
  /** The commit that is checked out where its files are changed, so that `commit` is none. */
  readonly changedFrom?: string | undefined
  /** What was changed, in a line. */
  readonly change?: string | undefined
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
  const { output, env, signal, commit, accepted } = doors
  const head = await loadProfile(options.profile, env)
  head.secrets.forEach(doors.mask)
  const github = placeOf(env, options.githubToken)
  const world = { cwd: process.cwd(), env, profile: options.profile, github }
  const keeps = keepsRun(options, doors)
  const compares = options.compare !== 'none'
  const store = compares || keeps ? openStore(options.baseline, world) : undefined
  await checkReportPaths(options)
  await using base = await baseVersion(head.directory, options, { ...doors, github })
  const ofPullRequest = doors.pullRequest !== undefined
  const holding = { ...options, path: options.profile, base, accepted, ofPullRequest, now: Date.now() }
  const asWritten = await heldTo(head, holding, doors)
  const fromHere = options.runOn === 'runner' && options.collect === undefined
  const { loaded, watch } = await addressLoad(asWritten, { ...options, fromHere, commit }, doors)
  const held = { ...asWritten, loaded }
  const { budgets, sideBySide } = held
  if (keeps && !sideBySide) {
    refusePullRequest(ofPullRequest || github?.run?.base !== undefined)
    await store?.checkAppend({ signal })
  }
  const asOf = base?.commit.sha ?? (github && historyOfRun(github))
  const earlier = sideBySide || !compares ? NOTHING_EARLIER : await readEarlier(store, output, { asOf, signal })
  const sending = await sendingOf(held, options, doors)
  const fingerprint = fingerprintFor(sending, loaded.plan)
  const sharpness = sideBySide ? await keptSharpness(options, { ...doors, base }) : undefined
  // The speed of this processor says nothing of a service that runs on another.
  const timed = store !== undefined && isHere(sending) && targetIsHere(loaded.profile)
  if (options.requireBaseline && !sideBySide)
    requireComparable(budgets, earlier, { fingerprint, now: Date.now(), timed })

  await removeReport(options)
  const { threads, rounds } = options
  const told = {
    version: VERSION,
    profilePath: options.profile,
    commit,
    changedFrom: doors.changedFrom,
    change: doors.change,
    url: doors.url,
    reproduce: reproduce(options, { commit, sideBySide }),
  }
  let began = false
  const onLoad = () => {
    began = true
  }
  const measured = await whileGuarded(watch, { ...doors, onLoad }, (guarded) =>
    sideBySide
      ? measureSideBySide(held, { base: besideWhat(options, held, base), rounds, threads, commit }, guarded)
      : measureAlone(held, { earlier, threads, commit, timed, sending, fingerprint }, guarded),
  ).catch(async (error: unknown) => {
    const jmeter = sending.kind === 'script' ? sending.jmeter : undefined
    if (!signal.aborted && !began)
      await keepNotStarted(error, held, { run: told, fingerprint, jmeter, wanted: options }, output)
    throw error
  })
  const { result, comparison, serviceEnd, fargate, beside } = measured
  const verdict = judge(comparison)

  const keptIn = keeps && !signal.aborted ? store : undefined
  const baselineNote = sideBySide
    ? keptIn && NOT_KEPT
    : keptIn && (await keepRun(result, verdict.outcome, keptIn, doors))
  const run = { ...told, baselineNote, serviceEnd, fargate }
  const marks = join(base?.directory ?? dirname(options.profile), ACCEPT_FILE)
  const history = earlier.baseline && historyOf(earlier.baseline, await acceptedAt(marks))
  const report = { verdict, comparison, result, run, policy: held.facts, history, sharpness, beside }
  if (!signal.aborted) return { verdict, files: await showReport(report, options, doors) }
  // Of a run stopped by hand, whoever stopped it sees what there is; it is no result for anybody else.
  if (result.steps.some(({ sent }) => sent > 0)) showOnTerminal(report, output)
  return { verdict, files: undefined }
}

/** Rounds, and processes that are fresh in each, are this machine's business. */
async function sendingOf({ loaded, sideBySide }: HeldTo, options: GateOptions, doors: GateDoors): Promise<Sending> {
  const { collect, runOn } = options
  if (sideBySide && (collect !== undefined || runOn === 'fargate'))
    throw new LoadgateError('usage', 'Two versions side by side are loaded from this machine, and not from Fargate', {
      hint:
        collect === undefined
          ? 'Leave `run-on` out, or compare with stored runs: `compare: baseline`.'
          : 'Compare what was sent with stored runs: `compare: baseline`.',
    })
  if (collect !== undefined) {
    refuseEngine(loaded.profile, NOT_DETACHED, 'Collect with the profile that was sent.')
    return whereSent(collect, options, doors.env)
  }
  if (runOn === 'fargate' && options.requireBaseline)
    refuseEngine(loaded.profile, NOT_REQUIRED, 'Leave `require-baseline` out.')
  return sideBySide ? { kind: 'runner' } : whereToSend(loaded, options, doors)
}

const NOT_REQUIRED =
  'is compared by the version of its generator, which on Fargate only the workers know, behind the load'

function isHere({ kind }: Sending): boolean {
  return kind === 'runner' || kind === 'script'
}

function fingerprintFor(sending: Sending, { hash, script }: LoadPlan): Fingerprint {
  switch (sending.kind) {
    case 'results':
      return sending.result.fingerprint
    case 'script':
      return fingerprintOf(hash, thisMachine(), generatorOf(sending.jmeter))
    case 'runner':
      return fingerprintOf(hash, thisMachine())
    case 'fargate': {
      const { settings, workers } = sending.fleet
      return fingerprintOf(hash, machineOf(settings, script && workers.count))
    }
    case 'collect':
      return fingerprintOf(hash, machineOf(sending.settings))
  }
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

/** Nobody has taken its code in yet: in the window, it would be what later changes are measured against. */
function refusePullRequest(ofPullRequest: boolean): void {
  if (!ofPullRequest) return
  throw new LoadgateError('usage', 'The run of a pull request joins no baseline, and `save-baseline` is true', {
    hint: 'Leave it at auto, which saves pushes to the default branch and schedules.',
  })
}
