// The built command line, killed and interrupted, with real worker processes: nothing of it is left.
//   FARGATE_REAL_KILLS=50 npm run heavy -- fargate-kills

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import type { Ms } from '../../src/units.ts'
import { type Fargate, type Load, startFargate } from './fargate-real.ts'

const KILLS = Number(process.env.FARGATE_REAL_KILLS) || 5
const AT_ONCE = 5
const SENT_WITHIN: Ms = 30_000
const LIVED_WITHIN: Ms = 60_000
/** Long enough that it is the lease that ends it. */
const SHORT: Load = { workers: 3, rate: 30, seconds: 60 }
/** Of a whole run, on a machine that is busy with others. */
const LIFE: Ms = 300_000
/** What may be paid of a task: its plan, a twentieth more, and two minutes. */
const paidAtMost = ({ seconds }: Load) => 1.05 * seconds + 120

const MANY: Load = { workers: 100, rate: 100, seconds: 1_800 }
/** By then each of them has sent for a while, and all this start has cost two cores is over. */
const UNDER_WAY = 10 * MANY.workers
/** For that, on two cores. */
const STARTED_WITHIN: Ms = 600_000

/** Times after the kill. */
interface Killed {
  /** After the start of the command line. */
  readonly at: Ms
  /** The last request to reach the target; 0 where none did. */
  readonly sent: Ms
  /** The end of the last process. */
  readonly lived: Ms
  readonly workers: number
  readonly executing: number
  /** In s, of the task that cost most. */
  readonly paid: number
}

test(
  `killed at ${KILLS} moments: no request comes 30 s later, and no worker lives 60 s later`,
  async () => {
    const life = await lifeOf()
    const killed: Killed[] = []
    await atOnce(KILLS, AT_ONCE, async (n) => {
      killed.push(await killAt(((n + 0.5) / KILLS) * life, n))
    })
    tell(killed, life)
    expect(killed).toHaveLength(KILLS)
    const left = ({ sent, lived, executing, paid }: Killed) =>
      sent > SENT_WITHIN || lived > LIVED_WITHIN || executing > 0 || paid > paidAtMost(SHORT)
    expect(killed.filter(left)).toEqual([])
    // Else none of this would say anything.
    expect(killed.some(({ sent }) => sent > 0)).toBe(true)
  },
  120_000 + LIFE + Math.ceil(KILLS / AT_ONCE) * 240_000,
)

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  `%s with ${MANY.workers} workers: all have stopped within 5 s, and the process is gone within 7 s`,
  async (signal, code) => {
    await using fargate = await startFargate(50)
    const { server, workers, cloud } = fargate
    const cli = fargate.run(MANY, 2 * STARTED_WITHIN)
    const begun = performance.now()
    const early = cli.ended.then(({ log }) => {
      throw new Error(`it ended before all of them sent:\n${log}`)
    })
    early.catch(() => {})
    while (server.requests.length < UNDER_WAY && performance.now() - begun < STARTED_WITHIN)
      await Promise.race([sleep(100), early])
    const at = performance.now()
    const before = server.requests.length
    cli.kill(signal)
    const { exitCode } = await cli.ended
    const gone = performance.now() - at
    await fargate.settled(120_000)
    const sent = Math.max(...server.requests.map((request) => request.at)) - at
    const lived = Math.max(...workers.map(({ diedAt = Number.POSITIVE_INFINITY }) => diedAt)) - at
    process.stdout.write(
      `${signal} with ${workers.length} workers, ${server.connections} connections and ${before} requests after ${seconds(at - begun)}: ` +
        `the last request ${seconds(sent)} after, the process gone ${seconds(gone)} after, the last worker ${seconds(lived)} after\n`,
    )
    expect([before >= UNDER_WAY, server.connections >= MANY.workers]).toEqual([true, true])
    expect(exitCode).toBe(code)
    expect(sent).toBeLessThan(5_000)
    expect(gone).toBeLessThan(7_000)
    expect(cloud.ecs.executing).toEqual([])
    expect(cloud.ecs.started.filter(({ task }) => task.status !== 'STOPPED')).toEqual([])
  },
  3 * STARTED_WITHIN,
)

/** How long a run takes that nobody kills. */
async function lifeOf(): Promise<Ms> {
  await using fargate = await startFargate(500)
  const began = performance.now()
  const { exitCode, log } = await fargate.run(SHORT, LIFE).ended
  // Not a pass on a machine that is too busy; but a verdict.
  if (![0, 4].includes(exitCode ?? -1) || !log.includes(`${SHORT.workers} of ${SHORT.workers} workers`))
    throw new Error(`the run did not go well (${exitCode}):\n${log}`)
  expect(fargate.cloud.ecs.executing).toEqual([])
  return performance.now() - began
}

/** At this moment, or earlier where the run has ended by then. */
async function killAt(at: Ms, n: number): Promise<Killed> {
  for (let tries = 0; tries < 10; tries++) {
    const killed = await killOnce(at * 0.9 ** tries, n)
    if (killed) return killed
  }
  throw new Error('all runs ended before they were killed')
}

async function killOnce(at: Ms, n: number): Promise<Killed | undefined> {
  await using fargate = await startFargate(200 + 1_000 * (n % 5))
  const cli = fargate.run(SHORT, LIFE)
  const hasEnded = await Promise.race([sleep(at).then(() => false), cli.ended.then(() => true)])
  if (hasEnded) return undefined
  const killed = performance.now()
  cli.kill('SIGKILL')
  await cli.ended
  await fargate.settled(LIVED_WITHIN + 5_000)
  return { at, ...whatWasLeft(fargate, killed) }
}

function whatWasLeft({ server, workers, cloud }: Fargate, killed: Ms): Omit<Killed, 'at'> {
  return {
    sent: Math.max(0, ...server.requests.map(({ at }) => at - killed)),
    lived: Math.max(0, ...workers.map(({ diedAt = Number.POSITIVE_INFINITY }) => diedAt - killed)),
    workers: workers.length,
    executing: cloud.ecs.executing.length,
    paid: Math.max(0, ...cloud.ecs.taskSeconds),
  }
}

/** The numbers from 0 up to a count, so many at a time. */
async function atOnce(count: number, most: number, act: (n: number) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < count) await act(next++)
  }
  await Promise.all(Array.from({ length: Math.min(most, count) }, lane))
}

const seconds = (time: Ms) => `${(time / 1_000).toFixed(1)} s`

function tell(killed: readonly Killed[], life: Ms): void {
  const most = (of: (killed: Killed) => number) => Math.max(...killed.map(of))
  const lines = [
    `${killed.length} processes killed over a life of ${seconds(life)}, with ${killed.reduce((sum, { workers }) => sum + workers, 0)} worker processes`,
    ...killed
      .toSorted((a, b) => a.at - b.at)
      .map(
        ({ at, sent, lived, workers }) =>
          `after ${seconds(at)}: ${workers} workers; last request ${seconds(sent)}, last worker ${seconds(lived)} after`,
      ),
    `the last request of all ${seconds(most(({ sent }) => sent))} after, the last worker ${seconds(most(({ lived }) => lived))} after; at most ${most(({ paid }) => paid).toFixed(0)} s of a task paid`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
