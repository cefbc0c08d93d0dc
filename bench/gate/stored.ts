// The life of a project that keeps its runs: every merge adds one, and a pull request is compared with those before it.
import type { BaselineRun } from '../../src/baseline/baseline.ts'
import { baselineRun } from '../../src/baseline/baseline-run.ts'
import { compare } from '../../src/compare/compare.ts'
import { judge } from '../../src/compare/judge.ts'
import type { RunResult } from '../../src/result/result.ts'
import type { Ms } from '../../src/units.ts'
import { BUDGETS } from './budget.ts'
import type { Environment } from './environments.ts'
import { load } from './load.ts'
import { Machine } from './machine.ts'
import { quantileOf } from './noise.ts'
import { PEER_RULES, type PeerRule, type PlainRun } from './peer-rules.ts'
import { Random } from './random.ts'
import { RunRecorder } from './run-recorder.ts'
import { ServiceProcess } from './service-process.ts'
import type { Outcome } from './tally.ts'

const WINDOW = { rate: 200, measured: 60_000 }
const SECONDS = WINDOW.measured / 1_000
/** Lengths of the window that Loadgate is tried with. */
export const KEPT = [3, 5, 10, 20] as const
/** Between two pull requests, so that they do not have all of their window in common. */
const MERGES = 4
/** The most runs that any rule looks back. */
const HISTORY = Math.max(...KEPT, ...PEER_RULES.map(({ runs }) => runs))

// Two programs do not scale alike from machine to machine, so the loop knows the service's speed in part only.
const LOOP_FOLLOWS = 0.9
const LOOP_APART = 0.03

/** A run of a job of its own. */
interface MeasuredRun extends PlainRun {
  readonly result: RunResult
}

export function loadgate(runs: number): GateName {
  return `Loadgate, ${runs} runs`
}

export function peer({ name, runs }: Pick<PeerRule, 'name' | 'runs'>): GateName {
  return `${name}, ${runs === 1 ? '1 run' : `${runs} runs`}`
}

/** What each gate says of a pull request. */
export type Answers = Readonly<Record<GateName, Outcome>>

/** Of the product by the length of its window; of the others by the name of the rule and how far back it looks. */
export type GateName = string

/** For every pull request the answers to each of `changes`: how many times longer its code takes. It never ends. */
export function* pullRequestsOf(
  environment: Environment,
  changes: readonly number[],
  seeds: readonly number[],
): Generator<readonly Answers[], never> {
  const jobs = new Jobs(environment, new Random(...seeds))
  const history = Array.from({ length: HISTORY }, () => stored(jobs.run(1)))
  for (;;) {
    yield changes.map((slower) => answersTo(jobs.run(slower), history))
    for (let merge = 0; merge < MERGES; merge++) history.push(stored(jobs.run(1)))
    history.splice(0, MERGES)
  }
}

interface StoredRun extends PlainRun {
  readonly run: BaselineRun
}

function stored({ result, ...plain }: MeasuredRun): StoredRun {
  return { ...plain, run: baselineRun(result) }
}

function answersTo(now: MeasuredRun, history: readonly StoredRun[]): Answers {
  const ours = KEPT.map((runs) => {
    const baseline = { store: 'the bench', runs: history.slice(-runs).map(({ run }) => run) }
    const { outcome } = judge(compare(now.result, baseline, BUDGETS))
    return [loadgate(runs), { outcome, seconds: SECONDS }] as const
  })
  const theirs = PEER_RULES.map((rule) => {
    const outcome = rule.fails(now, history.slice(-rule.runs)) ? 'fail' : 'pass'
    return [peer(rule), { outcome, seconds: SECONDS }] as const
  })
  return Object.fromEntries([...ours, ...theirs])
}

/** Jobs one after the other, each on a machine of its own. */
class Jobs {
  readonly #environment: Environment
  readonly #random: Random
  readonly #recorder = new RunRecorder(WINDOW.measured)
  #done = 0

  constructor(environment: Environment, random: Random) {
    this.#environment = environment
    this.#random = random
  }

  run(slower: number): MeasuredRun {
    const machine = new Machine(this.#environment, this.#random)
    const process = new ServiceProcess(this.#environment, this.#random, slower)
    const times: Ms[] = []
    const take = (into: Ms, time: Ms) => {
      this.#recorder.record(into, time)
      times.push(time)
    }
    const before = this.#loopTime(machine)
    load(machine, [{ process, take }], WINDOW)
    const calibration = { before, after: this.#loopTime(machine) }
    const hour = this.#done++
    const result = this.#recorder.drain({ id: `run ${hour}`, hour, model: machine.model, calibration })
    const sorted = Float64Array.from(times).sort()
    return { result, p95: quantileOf(sorted, 0.95), sorted }
  }

  /** Of the calibration loop, whose passes have a median: the middle of three fifths of a second. */
  #loopTime(machine: Machine): Ms {
    const slower = [machine.tick(), machine.tick(), machine.tick()].sort((a, b) => a - b)[1]!
    return 10 * Math.exp(LOOP_FOLLOWS * slower + LOOP_APART * this.#random.normal())
  }
}
