// A pull request whose two versions are measured at the same time, round by round, until the product says that it is decided.
import { compareSides, isDecided, type Round } from '../../src/compare/compare-sides.ts'
import type { Comparison } from '../../src/compare/comparison.ts'
import { judge } from '../../src/compare/judge.ts'
import type { Ms } from '../../src/units.ts'
import { BUDGETS } from './budget.ts'
import type { Environment } from './environments.ts'
import { type Loaded, load } from './load.ts'
import { Machine } from './machine.ts'
import { Random } from './random.ts'
import { RunRecorder } from './run-recorder.ts'
import { ServiceProcess } from './service-process.ts'
import type { Outcome } from './tally.ts'

/** 200 requests per second in all. */
const WINDOW = { rate: 100, measured: 30_000 }
/** Both versions stop, start and warm up. */
const BETWEEN: Ms = 10_000
const MOST_ROUNDS = 10
/** Empty between rounds; they are large, and so not made for every pull request. */
const [BASE, HEAD] = [new RunRecorder(WINDOW.measured), new RunRecorder(WINDOW.measured)]
const DESIGN = { design: 'paired', freshProcesses: true, mostRounds: MOST_ROUNDS } as const

/** `slower` is how many times longer the head takes: 1 is the same code. `seeds` name the pull request. */
export function sideBySide(environment: Environment, slower: number, seeds: readonly number[]): Outcome {
  const random = new Random(...seeds)
  const measure = roundsOn(environment, slower, random)
  const rounds: Round[] = [measure()]
  let comparison: Comparison
  do {
    rounds.push(measure())
    comparison = compareSides(rounds, BUDGETS, DESIGN)
  } while (!isDecided(comparison) && rounds.length < MOST_ROUNDS)
  return { outcome: judge(comparison).outcome, seconds: (rounds.length * WINDOW.measured) / 1_000 }
}

/** Of one job: the machine stays, the processes are new in every round. */
export function roundsOn(environment: Environment, slower: number, random: Random): () => Round {
  const machine = new Machine(environment, random)
  let round = 0
  const sideOf = (recorder: RunRecorder, slower: number): Loaded => ({
    process: new ServiceProcess(environment, random, slower),
    take: (into, time) => recorder.record(into, time),
  })
  return () => {
    machine.pass(BETWEEN)
    load(machine, [sideOf(BASE, 1), sideOf(HEAD, slower)], WINDOW)
    const facts = { hour: round++, model: machine.model }
    return { base: BASE.drain({ id: `base ${round}`, ...facts }), head: HEAD.drain({ id: `head ${round}`, ...facts }) }
  }
}
