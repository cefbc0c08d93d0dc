// A generator that was held up must not testify, whatever it measured; one that was not must be heard, also on a target
// that was itself held up.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { compare } from '../../src/compare/compare.ts'
import { judge } from '../../src/compare/judge.ts'
import { runShard } from '../../src/engine/run-shard.ts'
import { mergeResults } from '../../src/result/merge-results.ts'
import { budget } from '../compare/made-budget.ts'
import { contextOf } from '../result/shards.ts'
import { freePort } from '../support/free-port.ts'
import { onePlan, requestStep } from '../support/plans.ts'

const SECONDS = 2
/** A clean run may meet other work on the machine: up to so many attempts, each with more time before it. */
const PAUSES = [0, 500, 1_000, 2_000]

interface Target extends AsyncDisposable {
  readonly port: number
  signal(name: NodeJS.Signals): void
}

/** A process of its own: one in this process would be held up with the engine. Answers after 5 ms. */
async function startTarget(): Promise<Target> {
  const port = await freePort()
  const script = join(import.meta.dirname, '..', 'support', 'shop.mjs')
  const child = spawn(process.execPath, [script], { env: { PORT: String(port), DELAY: '5' }, stdio: 'ignore' })
  for (let tries = 0; !(await accepts(port)); tries++) {
    if (tries === 500) throw new Error('the target does not come up')
    await sleep(10)
  }
  return {
    port,
    signal: (name) => void child.kill(name),
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** What is said of a run by a budget that is easily kept, and by one that cannot be. */
async function verdicts(port: number, load: { model: 'open' | 'closed'; level: number }) {
  const plan = onePlan({ port, ...load, seconds: SECONDS, steps: [requestStep()] })
  const result = mergeResults([await runShard({ plan, index: 0, count: 1 })], contextOf(plan))
  const comparisons = [1_000, 0.001].map((limit) => compare(result, undefined, [budget('p95', limit)]))
  return {
    outcomes: comparisons.map((comparison) => judge(comparison).outcome),
    codes: comparisons[0]!.defects.map(({ code }) => code),
  }
}

/** Keeps this thread, which is the engine's, from doing anything else. */
function stall(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

test.each([
  { model: 'open', level: 200, stalls: 50, every: 500 },
  { model: 'open', level: 200, stalls: 100, every: 1_000 },
  { model: 'open', level: 10, stalls: 50, every: 400 },
  { model: 'closed', level: 10, stalls: 50, every: 500 },
] as const)(
  '$model at $level: $stalls ms every $every ms are neither passed nor failed',
  async (pattern) => {
    const { stalls, every, ...load } = pattern
    await using target = await startTarget()
    const stalling = setInterval(() => stall(stalls), every)
    const runs = await Promise.all(Array.from({ length: 3 }, () => verdicts(target.port, load)))
    clearInterval(stalling)
    for (const { outcomes, codes } of runs) {
      expect(outcomes).toEqual(['invalid', 'invalid'])
      expect(codes.filter((code) => code !== 'generator-late' && code !== 'generator-busy')).toEqual([])
    }
  },
  30_000,
)

/** Until the machine lets it be heard. */
async function heard(port: number, load: { model: 'open' | 'closed'; level: number }) {
  const all: string[][] = []
  for (const pause of PAUSES) {
    await sleep(pause)
    const { outcomes, codes } = await verdicts(port, load)
    if (codes.length === 0) return outcomes
    all.push(codes)
  }
  return all
}

test.each([
  { model: 'open', level: 200 },
  { model: 'closed', level: 10 },
] as const)(
  '$model at $level: left alone, it passes and fails',
  async (load) => {
    await using target = await startTarget()
    expect(await heard(target.port, load)).toEqual(['pass', 'fail'])
  },
  30_000,
)

test('the stalls of the target are the target’s', async () => {
  await using target = await startTarget()
  const stalling = setInterval(() => {
    target.signal('SIGSTOP')
    setTimeout(() => target.signal('SIGCONT'), 100)
  }, 400)
  const outcomes = await heard(target.port, { model: 'open', level: 200 })
  clearInterval(stalling)
  target.signal('SIGCONT')
  expect(outcomes).toEqual(['pass', 'fail'])
}, 30_000)
