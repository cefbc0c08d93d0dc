import type { RunResult } from '../result/result.ts'
import { counted, formatCount } from '../units.ts'
import { type Answers, type Elsewhere, mixDefects } from './answer-mix.ts'
import type { Round } from './compare-sides.ts'
import type { Defect } from './comparison.ts'
import { missingSteps, ownDefects, type StepTally } from './evidence.ts'
import type { Part } from './scope.ts'

const SIDES = ['base', 'head'] as const

const BASE: Elsewhere = {
  there: 'on the base',
  remedy: 'If the change is meant, this pull request cannot be compared with its base: set `compare: none` for it.',
}

/** Both versions are sent the same arrivals, to within this share of them, and to within a pair at either end of the window. */
const UNEQUAL = 0.01
const HALF_PAIRS = 2

/** What follows from the end of a service: the load is stopped with it, so that its round measures nothing. */
const CONSEQUENCES: ReadonlySet<Defect['code']> = new Set<Defect['code']>([
  'cancelled',
  'generator-late',
  'generator-busy',
  'generator-failed',
  'no-samples',
  'step-missing',
  'target-unreached',
  'unequal-load',
  'different-answers',
])

/**
 * Every flaw of the evidence: those of each round on each side, and those between the sides. Where the end of a service has
 * stopped the last round, it is one, and what follows from it is none.
 * @param death what became of which service in the last round, one sentence
 */
export function sidesDefects(rounds: readonly Round[], gated: readonly Part[], death?: string): readonly Defect[] {
  const all = allDefects(rounds, gated)
  // It may also have ended behind the load, when all that was to be measured was.
  if (death === undefined || !all.some(({ code }) => code === 'cancelled')) return all
  const before = new Set(allDefects(rounds.slice(0, -1), gated).map(({ code }) => code))
  const message = `${death.replace(/\.$/, '')} (round ${rounds.length})`
  return [
    { code: 'service-ended', message, remedy: 'Its last output is in the log.' },
    ...all.filter(({ code }) => !CONSEQUENCES.has(code) || before.has(code)),
  ]
}

/** A step may have no requests in one round by chance, so what is missing is looked for in all rounds together. */
function allDefects(rounds: readonly Round[], gated: readonly Part[]): readonly Defect[] {
  const tallies = { base: tallyOf(rounds, 'base'), head: tallyOf(rounds, 'head') }
  return [
    ...SIDES.flatMap((side) => roundDefects(rounds, side)),
    ...rounds.flatMap(unequalLoad),
    ...SIDES.flatMap((side) =>
      missingSteps(tallies[side]).map((defect) => ({ ...defect, message: `${defect.message} (${side})` })),
    ),
    ...tallies.head.steps.flatMap((step, at) =>
      gated.some(({ includes }) => includes(step)) ? mixDefects(step, tallies.base.steps.slice(at, at + 1), BASE) : [],
    ),
  ]
}

/** The same flaw in several rounds of a side is told once, with its figures in the first of them. */
function roundDefects(rounds: readonly Round[], side: keyof Round): readonly Defect[] {
  const found = new Map<Defect['code'], { readonly first: Defect; readonly rounds: Set<number> }>()
  for (const [at, round] of rounds.entries())
    for (const defect of ownDefectsOnce(round[side])) {
      const one = found.get(defect.code) ?? { first: defect, rounds: new Set() }
      one.rounds.add(at + 1)
      found.set(defect.code, one)
    }
  return [...found.values()].map(({ first, rounds: [number, ...more] }) => {
    const others = more.length > 0 ? ` and ${counted(more.length, 'other')}` : ''
    return { ...first, message: `${first.message} (${side}, round ${number}${others})` }
  })
}

/** The rounds are compared again whenever another one comes, and what a round measured never changes. */
const known = new WeakMap<RunResult, readonly Defect[]>()

function ownDefectsOnce(result: RunResult): readonly Defect[] {
  const defects = known.get(result) ?? ownDefects(result)
  known.set(result, defects)
  return defects
}

/**
 * In the open model. Requests may differ, since iterations end at a failure, and so may the iterations of users, who go at
 * the pace of their answers; arrivals may not.
 */
function unequalLoad({ base, head }: Round, at: number): readonly Defect[] {
  const [ours, theirs] = [arrivalsIn(head), arrivalsIn(base)]
  // Each of several loads has ends of its own.
  const allowed = Math.max(HALF_PAIRS * (head.groups?.length ?? 1), UNEQUAL * Math.max(ours, theirs))
  if (Math.abs(ours - theirs) <= allowed) return []
  return [
    {
      code: 'unequal-load',
      message: `The versions got different loads: ${counted(theirs, 'arrival')} on the base, ${formatCount(ours)} on the head (round ${at + 1})`,
      remedy: 'Run again; if it happens again, report it with the result file.',
    },
  ]
}

/** Of all loads, in the background as well; 0 without any. */
function arrivalsIn({ plan, iterations, groups }: RunResult): number {
  const loads = groups ?? [{ model: plan.model, iterations }]
  return loads.reduce((sum, load) => sum + (load.model === 'open' ? load.iterations.planned : 0), 0)
}

/** The counts of one side over all rounds. */
interface Tally {
  readonly steps: readonly (StepTally & Answers)[]
  readonly iterations: Pick<RunResult['iterations'], 'cut'>
}

function tallyOf(rounds: readonly Round[], side: keyof Round): Tally {
  const results = rounds.map((round) => round[side])
  return {
    steps: (results[0]?.steps ?? []).map(({ scenario, step }, at) => {
      const same = results.flatMap(({ steps }) => steps[at] ?? [])
      return {
        scenario,
        step,
        sent: same.reduce((sum, { sent }) => sum + sent, 0),
        succeeded: same.reduce((sum, { succeeded }) => sum + succeeded, 0),
        statuses: added(same.map(({ statuses }) => statuses)),
        causes: added(same.map(({ causes }) => causes)),
      }
    }),
    iterations: { cut: results.reduce((sum, { iterations }) => sum + iterations.cut, 0) },
  }
}

function added(parts: readonly Readonly<Partial<Record<string, number>>>[]): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const part of parts) for (const [key, count] of Object.entries(part)) sum[key] = (sum[key] ?? 0) + (count ?? 0)
  return sum
}
