// A service that is slow, fails or falls behind under the load of its base, and shines under any other; and what a gate
// makes of it, from what is sent to what is judged.
import type { Baseline } from '../../src/baseline/baseline.ts'
import { baselineRun } from '../../src/baseline/baseline-run.ts'
import { compare } from '../../src/compare/compare.ts'
import { compareSides, isDecided, type Round, type SidesOptions } from '../../src/compare/compare-sides.ts'
import type { Comparison } from '../../src/compare/comparison.ts'
import { judge } from '../../src/compare/judge.ts'
import type { Outcome } from '../../src/compare/verdict.ts'
import type { HeldTo } from '../../src/held-to.ts'
import type { RunResult } from '../../src/result/result.ts'
import { compareApart } from '../../src/trust/compare-apart.ts'
import type { Policy } from '../../src/trust/policy.ts'
import { type MadeStep, madeRun, NOW, spread } from '../baseline/made-run.ts'
import type { Holding } from './pull-request.ts'

export interface Figures {
  readonly p95?: number
  readonly failed?: number
  readonly endWithin?: number
}

/** A head that fails by what its name says, and by each budget of `own` alone. */
export interface World {
  readonly figures: Figures
  readonly own: readonly string[]
}

export type Worlds = Readonly<Record<string, World>>

export const WORLDS: Worlds = {
  'p95 beyond its limit': { figures: { p95: 300 }, own: ['p95 < 250 ms'] },
  'p95 far beyond the base': { figures: { p95: 200 }, own: ['p95 < baseline + 10 % and + 5 ms'] },
  'p99 of a scenario beyond its limit': { figures: { p95: 900 }, own: ['p99 of member < 1 s'] },
  'too many errors': { figures: { failed: 8 }, own: ['errors < 0.5 %'] },
  'more errors than before': { figures: { failed: 8 }, own: ['errors < baseline + 0.2 pp'] },
  'too few answers': { figures: { endWithin: 400 }, own: ['throughput > 10/s'] },
  'fewer answers than before': { figures: { endWithin: 90 }, own: ['throughput > baseline - 5 %'] },
}

/** What stored runs leave in doubt. */
export const SHARPER: Worlds = {
  'p95 a fifth beyond the base': { figures: { p95: 120 }, own: ['p95 < baseline + 10 % and + 5 ms'] },
}

/** How a workflow has its pull requests measured. */
export interface Way extends Pick<Holding, 'compare' | 'baseTarget'> {
  /** Whether earlier runs are stored. Without, a head that is measured alone has nothing to be compared with, and passes. */
  readonly stored: boolean
  readonly worlds: Worlds
}

export const WAYS: Readonly<Record<string, Way>> = {
  'against stored runs': { compare: 'baseline', stored: true, worlds: WORLDS },
  'side by side': { compare: 'auto', stored: false, worlds: { ...WORLDS, ...SHARPER } },
  'beside a deployed base': {
    compare: 'auto',
    baseTarget: 'http://127.0.0.1:9',
    stored: false,
    worlds: SHARPER,
  },
}

const USUAL: Figures = { p95: 100 }
const SHINING: Figures = { p95: 10 }
const AILING: Figures = { p95: 5_000, failed: 150 }
const DAY = 24 * 3_600_000
const MOST_ROUNDS = 4

/** Where a head is, and as what. */
export interface Place {
  /** What the base is held to when it is its own head. */
  readonly from: HeldTo
  readonly figures: Figures
  readonly way: Way
}

/** The same question is answered once. */
function once<T>(): (question: unknown, answer: () => T) => T {
  const known = new Map<string, T>()
  return (question, answer) => {
    const key = JSON.stringify(question)
    const found = known.get(key) ?? answer()
    known.set(key, found)
    return found
  }
}

const [outcomes, results, roundsOf, windows] = [once<Outcome>(), once<RunResult>(), once<Round>(), once<Baseline>()]

/** The verdict on a head. */
export function outcomeOf(held: HeldTo, place: Place): Outcome {
  const { loaded, sideBySide, baseService, budgets, added } = held
  const limits = [budgets, added].map((list) => list.map(({ metric, of, limit }) => [metric, of, limit]))
  const sides = sideBySide && [baseService, place.from.baseService]
  const question = [sent(loaded), sent(place.from.loaded), sides, limits, place.figures, place.way]
  return outcomes(question, () => judge(comparisonOf(held, place)).outcome)
}

/** All that is sent, and to what. */
export function sent({ profile, plan }: Policy): string {
  const guards = profile.guards?.map(({ written: _, ...guard }) => guard)
  return JSON.stringify([
    plan.hash,
    profile.name,
    profile.target,
    profile.service,
    plan.connections,
    profile.connections.ca,
    guards,
  ])
}

function comparisonOf(held: HeldTo, { from, figures, way }: Place): Comparison {
  const { loaded, sideBySide, baseService } = held
  const ours = sent(loaded) === sent(from.loaded) ? figures : SHINING
  if (!sideBySide) {
    const earlier = way.stored ? storedRuns(from.loaded) : undefined
    return compareApart(held, (budgets) => compare(run(loaded, ours), earlier, budgets))
  }
  // A head that had a say in how the base is started would let it look worse than any head.
  const theirs = JSON.stringify(baseService) === JSON.stringify(from.baseService) ? USUAL : AILING
  const make = () => ({ base: run(loaded, theirs), head: run(loaded, ours) })
  return inRounds(held, roundsOf([sent(loaded), theirs, ours], make), designOf(held, way))
}

/** Under the load of a profile, with as many requests for each of its steps. */
function run(loaded: Policy, figures: Figures, id = 'run-now'): RunResult {
  return results([sent(loaded), figures, id], () => newRun(loaded, figures, id))
}

function newRun({ profile, plan }: Policy, { p95 = 100, failed = 0, endWithin = 60 }: Figures, id: string): RunResult {
  const names = profile.scenarios.flatMap(({ name, steps }) =>
    steps.flatMap((step) => (step.kind === 'request' ? [{ scenario: name, step: step.name }] : [])),
  )
  const steps = names.map(
    (name): MadeStep => ({
      ...name,
      times: spread(p95, 200 - failed),
      causes: failed > 0 ? { 'unexpected-status': failed } : {},
    }),
  )
  const result = madeRun({ id, steps, endWithin })
  return { ...result, fingerprint: { ...result.fingerprint, plan: plan.hash } }
}

function storedRuns(loaded: Policy): Baseline {
  const stored = (n: number) =>
    baselineRun({ ...run(loaded, { p95: 98 + n }, `run-${n}`), startedAt: NOW - (5 - n) * DAY })
  return windows(sent(loaded), () => ({ store: 'file:x', runs: [0, 1, 2, 3, 4].map(stored) }))
}

function designOf({ loaded, baseService }: HeldTo, { baseTarget }: Way): SidesOptions {
  const alone = baseTarget === undefined && (loaded.profile.service?.alone || baseService?.alone)
  return {
    design: alone ? 'alternating' : 'paired',
    freshProcesses: baseTarget === undefined,
    mostRounds: MOST_ROUNDS,
  }
}

/** As many as it takes, as in a run. */
function inRounds(held: HeldTo, round: Round, design: SidesOptions): Comparison {
  const rounds: Round[] = [round]
  for (;;) {
    rounds.push(round)
    const comparison = compareApart(held, (budgets) => compareSides(rounds, budgets, design))
    if (isDecided(comparison) || rounds.length === MOST_ROUNDS) return comparison
  }
}
