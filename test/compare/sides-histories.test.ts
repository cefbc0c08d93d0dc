// Simulated pull requests, measured side by side round after round until they are decided: how often unchanged code is failed,
// whether what is really slower is found, and that looking again and again does not make it up. Seeded.
import { expect, test } from '@jest/globals'
import type { Round, SidesOptions } from '../../src/compare/compare-sides.ts'
import { isRelative, judgeSides } from '../../src/compare/judge-sides.ts'
import { WHOLE } from '../../src/compare/scope.ts'
import { sumOf } from '../../src/histogram.ts'
import type { RunResult } from '../../src/result/result.ts'
import { histogram, madeRun, normal, seeded, spread } from '../baseline/made-run.ts'
import { budget } from './made-budget.ts'

const AUTO: SidesOptions = { design: 'paired', freshProcesses: true, mostRounds: 10 }
const BLOCKS = 6
const PER_BLOCK = 500
const template = madeRun({ seconds: 5 * BLOCKS })

/** A block whose p95 is so far from 100 ms, made once for every half per cent. */
const made = new Map<number, string>()
function blockOf(log: number): string {
  const cell = Math.round(log * 200)
  const text = made.get(cell) ?? histogram(spread(100 * Math.exp(cell / 200), PER_BLOCK))
  made.set(cell, text)
  return text
}

function sideOf(logs: readonly number[]): RunResult {
  const records = logs.map((log, index) => ({ index, succeeded: PER_BLOCK, failed: 0, response: blockOf(log) }))
  const count = PER_BLOCK * BLOCKS
  const response = sumOf(records.map((record) => record.response))
  const [step] = template.steps
  return {
    ...template,
    steps: [{ ...step!, sent: count, succeeded: count, response, blocks: { length: 5_000, records } }],
  }
}

/** A hosted runner: processes differ by 1 %, blocks of 500 requests by 6 %, and what hits both cancels. */
function roundOf(gauss: () => number, slower: number): Round {
  const processes = Math.log(slower) + 0.01 * Math.SQRT2 * gauss()
  const shared = Array.from({ length: BLOCKS }, () => 0.1 * gauss())
  return {
    base: sideOf(shared.map((log) => log + 0.044 * gauss())),
    head: sideOf(shared.map((log) => log + processes + 0.044 * gauss())),
  }
}

interface Outcomes {
  readonly exceeded: number
  readonly undecided: number
  readonly holds: number
  /** On average. */
  readonly rounds: number
}

function simulate(slower: number, share: number, pullRequests = 120): Outcomes {
  const gauss = normal(seeded(Math.round(1000 * slower + 100_000 * share)))
  const limit = budget('p95', { share })
  const gated = isRelative(limit) ? [{ budget: limit, part: WHOLE }] : []
  const counts = { exceeded: 0, undecided: 0, holds: 0, rounds: 0 }
  for (let n = 0; n < pullRequests; n++) {
    const rounds: Round[] = []
    let kind: string = 'undecided'
    while (kind === 'undecided' && rounds.length < AUTO.mostRounds) {
      rounds.push(roundOf(gauss, slower))
      kind = judgeSides(rounds, gated, AUTO)[0]!.judgement.kind
    }
    if (kind !== 'exceeded' && kind !== 'holds' && kind !== 'undecided') throw new Error(kind)
    counts[kind]++
    counts.rounds += rounds.length
  }
  const { exceeded, undecided, holds, rounds } = counts
  const part = (count: number) => count / pullRequests
  return { exceeded: part(exceeded), undecided: part(undecided), holds: part(holds), rounds: part(rounds) }
}

test('unchanged code is never failed and nearly always proven, in about four rounds', () => {
  const { exceeded, holds, rounds } = simulate(1, 0.05)
  expect(exceeded).toBe(0)
  expect(holds).toBeGreaterThan(0.97)
  expect(rounds).toBeLessThan(4.5)
}, 60_000)

test('ten per cent are failed, and never passed', () => {
  const { exceeded, holds, rounds } = simulate(1.1, 0.05)
  expect(exceeded).toBeGreaterThan(0.95)
  expect(holds).toBe(0)
  expect(rounds).toBeLessThan(5)
}, 60_000)

test('a change that is just the limit is judged wrongly no more often than one look would, on either side', () => {
  const { exceeded, holds } = simulate(1.05, 0.05)
  expect(exceeded).toBeLessThan(0.09)
  expect(holds).toBeLessThan(0.09)
}, 60_000)
