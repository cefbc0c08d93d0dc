import { randomUUID } from 'node:crypto'
import { compareSides, generatorWasUnfit, isDecided, type Round, type SidesOptions } from './compare/compare-sides.ts'
import type { Comparison } from './compare/comparison.ts'
import { endedByGuard } from './compare/ended-by-guard.ts'
import { MOST_ROUNDS } from './compare/look-levels.ts'
import { fingerprintHere } from './fingerprint.ts'
import type { HeldTo } from './held-to.ts'
import { hideSecrets } from './hide-secrets.ts'
import type { LivePage } from './live-html.ts'
import type { Measured } from './measure-alone.ts'
import type { Output } from './output/output.ts'
import type { LoadPlan, Side } from './plan/plan.ts'
import { besideOf } from './report/beside.ts'
import { roundLine } from './report/round-line.ts'
import { mergeResults } from './result/merge-results.ts'
import { mergeRounds } from './result/merge-rounds.ts'
import type { RunResult } from './result/result.ts'
import { runShards, threadsFor } from './run-shards.ts'
import { lastWords } from './service/spawn-service.ts'
import { machineHere } from './sizing/machine-here.ts'
import { compareApart } from './trust/compare-apart.ts'
import { counted, formatDuration, type Ms } from './units.ts'
import { type Serving, startOne, startRound } from './versions/both-services.ts'
import {
  prepareVersions,
  type Versions,
  type VersionsDoors,
  type VersionsOptions,
} from './versions/prepare-versions.ts'
import { type GuardWatch, UNGUARDED } from './watch-guards.ts'

export interface SideBySideOptions {
  readonly base: VersionsOptions['base']
  /** At most; `auto` as many as five minutes hold. */
  readonly rounds: number | 'auto'
  readonly threads: number | 'auto'
  /** Of the head. */
  readonly commit: string | undefined
  /** Of which version starts first in which round; the plan's unless given. */
  readonly seed?: number
}

export type SideBySideDoors = Omit<VersionsDoors, 'progress'> & {
  readonly output: Output
  readonly live?: LivePage | undefined
  /** Told before load is sent, each time. */
  readonly onLoad?: (() => void) | undefined
  /** Left out where nothing else is watched. */
  readonly guards?: GuardWatch | undefined
}

/** So many show how much two processes of the same code differ. */
const FEWEST_ROUNDS = 2
/** So often a round is measured again because the generator was not fit; then the machine is what is wrong. */
const MOST_LEFT_OUT = 3
/** Of counted load, which nobody wants to wait for longer on a pull request. */
const LONGEST: Ms = 300_000

/**
 * Measures the head beside the base, round after round with freshly started processes, until every budget is decided. The
 * checkout of the base is removed, whatever happens.
 */
export async function measureSideBySide(
  held: HeldTo,
  options: SideBySideOptions,
  doors: SideBySideDoors,
): Promise<Measured> {
  const { profile, directory, plan } = held.loaded
  const { output } = doors
  const versions = await prepareVersions(
    { profile, allowed: plan.allowed, directory, base: options.base, seed: options.seed ?? plan.seed },
    { ...doors, progress: output.info },
  )
  try {
    const most = mostRounds(plan, options.rounds)
    output.info(
      `Side by side: at most ${counted(most, 'round')} of ${formatDuration(plan.duration)}, fewer once every budget is decided.`,
    )
    if (plan.measureFrom === 0 && versions.freshProcesses)
      output.warning('The load has no `warm-up`: what a fresh process does in its first seconds is measured, too.')
    return await measureRounds({ ...held, versions, most, options }, doors)
  } finally {
    const left = await versions.remove()
    if (left !== undefined) output.warning(left)
  }
}

/** How much load a comparison takes, by how many rounds it takes to decide. */
export function loadOfRounds(plan: LoadPlan, rounds: number | 'auto'): { readonly least: Ms; readonly most: Ms } {
  const most = mostRounds(plan, rounds)
  return { least: Math.min(FEWEST_ROUNDS, most) * plan.duration, most: most * plan.duration }
}

function mostRounds({ duration, measureFrom }: LoadPlan, rounds: number | 'auto'): number {
  if (rounds !== 'auto') return rounds
  const fit = Math.floor(LONGEST / (duration - measureFrom))
  return Math.min(MOST_ROUNDS, Math.max(FEWEST_ROUNDS, fit))
}

interface Rounds extends HeldTo {
  readonly versions: Versions
  readonly most: number
  readonly options: SideBySideOptions
}

async function measureRounds(all: Rounds, doors: SideBySideDoors): Promise<Measured> {
  const { versions, most } = all
  const { output, guards = UNGUARDED } = doors
  const isOver = () => doors.signal.aborted || guards.enough.aborted
  const design: SidesOptions = {
    design: versions.alone ? 'alternating' : 'paired',
    freshProcesses: versions.freshProcesses,
    mostRounds: most,
  }
  const rounds: Round[] = []
  let comparison: Comparison | undefined
  let leftOut = 0
  let serviceEnd: string | undefined
  while (rounds.length < most) {
    const { round, death } = await measureRound(all, rounds.length, doors)
    serviceEnd ??= death
    if (generatorWasUnfit(round) && leftOut < MOST_LEFT_OUT && death === undefined && !isOver()) {
      leftOut++
      output.warning('A round is left out, since Loadgate itself got too little of this machine; it is measured again.')
      continue
    }
    rounds.push(round)
    comparison = compareApart(all, (budgets) => compareSides(rounds, budgets, { ...design, leftOut, death }))
    if (isOver()) break
    output.info(roundLine(comparison, { round: rounds.length, most }))
    if (serviceEnd !== undefined) break
    if (rounds.length >= Math.min(FEWEST_ROUNDS, most) && isDecided(comparison)) break
  }
  const result = mergeRounds(rounds.map(({ head }) => head))
  const trip = guards.trip()
  // The port that a version had in a round is nobody's any more.
  const { target } = hideSecrets(all.loaded.plan, output.redact)
  return {
    result: { ...result, plan: { ...result.plan, target } },
    comparison: trip ? endedByGuard(comparison!, trip, result.startedAt) : comparison!,
    serviceEnd,
    beside: besideOf(rounds.map(({ base }) => base)),
  }
}

interface MeasuredRound {
  readonly round: Round
  /** What became of a service that ended meanwhile. */
  readonly death: string | undefined
}

/** Both at once or, where they cannot serve at once, one after the other, in turns first. */
async function measureRound(all: Rounds, n: number, doors: SideBySideDoors): Promise<MeasuredRound> {
  const { versions } = all
  const starting = { ...doors, progress: doors.output.info }
  if (!versions.alone) {
    const { results, death } = await measureServing(
      all,
      ['base', 'head'],
      await startRound(versions, n, starting),
      doors,
    )
    const [base, head] = results
    return { round: { base: base!, head: head! }, death }
  }
  const order: readonly Side[] = n % 2 === 0 ? ['base', 'head'] : ['head', 'base']
  const found: Partial<Record<Side, RunResult>> = {}
  const deaths: string[] = []
  for (const side of order) {
    const { results, death } = await measureServing(all, [side], await startOne(versions, side, starting), doors)
    found[side] = results[0]!
    if (death !== undefined) deaths.push(death)
  }
  return { round: { base: found.base!, head: found.head! }, death: deaths[0] }
}

async function measureServing(
  { loaded, versions, options }: Rounds,
  sides: readonly Side[],
  serving: Serving,
  doors: SideBySideDoors,
): Promise<{ readonly results: readonly RunResult[]; readonly death: string | undefined }> {
  const { output, signal, live, onLoad, guards = UNGUARDED } = doors
  try {
    const plans = sides.map((side) =>
      planOf(loaded.plan, { side, target: serving.targets[side], paired: sides.length > 1 }),
    )
    const count = threadsFor(loaded.plan, options.threads, machineHere(loaded.profile), output)
    onLoad?.()
    const sent = await runShards(plans, count, {
      output,
      live,
      signal: AbortSignal.any([signal, serving.lost, guards.enough]),
    })
    const died = serving.died()
    if (died) output.warning(`${died.sentence} ${lastWords(died.lastOutput)}`)
    const results = sent.map(({ shards, lost, executor }, n) => {
      const plan = hideSecrets(plans[n]!, output.redact)
      const commit = sides[n] === 'base' ? versions.base.commit : options.commit
      return mergeResults(shards, {
        ...{ id: randomUUID(), plan, fingerprint: fingerprintHere(plan.hash), commit, lost, executor },
      })
    })
    return { results, death: died?.sentence }
  } finally {
    await serving.stop()
  }
}

/** Arrivals come in pairs where both are there to answer them. */
function planOf(
  plan: LoadPlan,
  { side, target, paired }: { readonly side: Side; readonly target: string; readonly paired: boolean },
): LoadPlan {
  return paired ? { ...plan, target, side } : { ...plan, target }
}
