// `npm run bench:memory`: what many users, a long run and many workers keep in memory, each in a process of its own.
// bench/README.md says how, and gets the figures.
//
//   node memory.ts [MINUTES]   the users stay for ten unless told otherwise
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { unsent } from '../src/engine/http/transport.ts'
import { Ledger } from '../src/engine/ledger.ts'
import type { ShardResult } from '../src/engine/shard-result.ts'
import { mergeResults, type Shards } from '../src/result/merge-results.ts'
import type { Ms } from '../src/units.ts'
import { onePlan, requestStep, think } from '../test/support/plans.ts'
import { ITEM_PATH } from './answers.ts'
import { memory } from './cpu-time.ts'
import { startNodeServer } from './node-server.ts'
import { CLIENT_CORE, nextMessage, type Program, script, start, stop } from './pinned.ts'
import { circumstances, table, writeFigures } from './table.ts'

const MINUTE: Ms = 60_000
const USERS = 10_000
const DAY = 86_400
const WORKERS = 100
const SECONDS = 600

interface Merging {
  readonly took: Ms
  /** Resident in all, in MB. */
  readonly most: number
}

/** In MB. */
interface Kept {
  readonly early: number
  readonly late: number
}

async function measure(minutes: number): Promise<void> {
  const users = await usersKeep(minutes)
  // The young generation has its full size from the start, as in an engine that is busy: otherwise its growth is measured.
  const day = await told<Kept>(withFlags(script('memory.ts', 'day'), '--expose-gc', '--min-semi-space-size=16'))
  const merged = await merging()
  const section = table([
    ['what is kept', 'MB', 'aim'],
    [`10,000 users after ${minutes} min`, users.late.toFixed(0), '≤ 330'],
    ['against minute 2', change(users), 'flat'],
    ['a simulated day at 1,000/s and 20 steps', day.late.toFixed(0), ''],
    ['against its first ten minutes', change(day), '≤ 5 %'],
    [
      `${WORKERS} workers × ${SECONDS} s × 10 steps, merged in ${(merged.took / 1000).toFixed(1)} s (aim ≤ 10)`,
      merged.most.toFixed(0),
      '≤ 300',
    ],
  ])
  writeFigures('memory', [`${circumstances()}.`, section])
  console.log(section)
}

function change({ early, late }: Kept): string {
  return `${late >= early ? '+' : '−'}${Math.abs(100 * (late / early - 1)).toFixed(1)} %`
}

async function merging(): Promise<Merging> {
  const directory = mkdtempSync(join(tmpdir(), 'loadgate-bench-'))
  try {
    await told(script('memory.ts', 'write', directory))
    // On a machine of 24 GB V8 does not begin to collect before it has 180 MB of garbage; here it has to.
    return await told<Merging>(withFlags(script('memory.ts', 'merge', directory), ...SMALL_HEAP))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const SMALL_HEAP = ['--max-old-space-size=128', '--max-semi-space-size=8']

function withFlags({ args, ...program }: Program, ...flags: readonly string[]): Program {
  return { ...program, args: [...flags, ...args] }
}

async function told<T>(program: Program): Promise<T> {
  const child = start(CLIENT_CORE, program)
  try {
    return await nextMessage<T>(child)
  } finally {
    await stop(child)
  }
}

/** Each with a connection, a cookie and a pause of 4 to 12 s between its requests. */
async function usersKeep(minutes: number): Promise<Kept> {
  const server = await startNodeServer()
  const plan = onePlan({
    port: server.port,
    model: 'closed',
    level: USERS,
    seconds: minutes * 60 + 5,
    timeout: 10_000,
    steps: [requestStep({ path: [ITEM_PATH, '42'] }), think(4_000, 12_000)],
  })
  const client = start(CLIENT_CORE, script('engine-client.ts', JSON.stringify(plan)))
  const ended = nextMessage<ShardResult>(client)
  ended.catch(() => {})
  try {
    let early = 0
    let late = 0
    for (let minute = 1; minute <= minutes; minute++) {
      await sleep(MINUTE)
      late = memory(client.pid!)
      if (minute === Math.min(2, minutes)) early = late
      console.error(`minute ${minute}: ${late.toFixed(0)} MB`)
    }
    const { steps, health, complete } = await ended
    const { sent = 0, failed = 0 } = steps[0] ?? {}
    if (!complete || failed > 0 || sent !== (await server.requests()) || health.connections.peak !== USERS)
      throw new Error(`${sent} requests, ${failed} of them failed, over ${health.connections.peak} connections`)
    return { early, late }
  } finally {
    await stop(client)
    await server.stop()
  }
}

/** The books of a run that is over in no time, since its samples say when they ended. */
function keepBooks(steps: number, seconds: number, perSecond: number, every: (second: number) => void): Ledger {
  const ledger = new Ledger({ steps, measureFrom: 0, measured: seconds * 1000, keepRecent: false })
  for (let second = 0; second < seconds; second++) {
    for (let n = 0; n < perSecond; n++) {
      const doneAt = 1000 * (second + n / perSecond)
      const sentAt = doneAt - 5 * Math.exp(Math.random() + Math.random() - 1)
      const answer = {
        ...unsent('cancelled', doneAt, sentAt),
        cause: undefined,
        status: 200,
        sentAt,
        firstByteAt: doneAt,
      }
      ledger.sample({ id: n % steps, explain: () => undefined }, 0, answer, undefined)
    }
    every(second)
  }
  return ledger
}

function resident(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss() / 1e6
}

function bookADay(): Kept {
  let early = 0
  const ledger = keepBooks(20, DAY, 1_000, (second) => {
    if (second === 600) early = resident()
  })
  const late = resident()
  ledger.result()
  return { early, late }
}

const MANY_STEPS = Array.from({ length: 10 }, (_, n) => requestStep({ path: [`/${n}`] }))
const MANY_PLAN = onePlan({ port: 80, model: 'closed', level: WORKERS, seconds: SECONDS, steps: MANY_STEPS })

/** What every worker says, a file each. */
function writeShards(directory: string): void {
  const times = { connect: 'h1:', tls: 'h1:' }
  const pauses = { count: 0, total: 0, longest: 0 }
  for (let index = 0; index < WORKERS; index++) {
    const shard: ShardResult = {
      ...{ index, count: WORKERS, planHash: MANY_PLAN.hash, startedAt: 1, complete: true },
      ...keepBooks(MANY_STEPS.length, SECONDS, 1_000, () => {}).result(),
      health: {
        ...{
          lateness: 'h1:',
          loopDelayP99: 0,
          loopUtilisation: 0,
          cpu: 0,
          pauses,
          machine: undefined,
          link: undefined,
        },
        ...{ connections: { opened: 1, peak: 1, cap: 1, ...times }, staleRetries: 0 },
      },
    }
    writeFileSync(join(directory, String(index)), JSON.stringify(shard))
  }
}

/** One after the other, as a coordinator would fetch them. */
const shardsIn = (directory: string): Shards => ({
  length: WORKERS,
  *[Symbol.iterator]() {
    for (let index = 0; index < WORKERS; index++) yield JSON.parse(readFileSync(join(directory, String(index)), 'utf8'))
  },
})

function mergeShards(directory: string): Merging {
  const begun = performance.now()
  const machine = { cpu: '', cores: 1, os: '', node: '' }
  const fingerprint = { plan: MANY_PLAN.hash, generator: '', machine }
  const context = { id: '1', plan: MANY_PLAN, executor: '', fingerprint, commit: undefined, lost: [] }
  const { shards: sum } = mergeResults(shardsIn(directory), context)
  if (sum.reported !== WORKERS) throw new Error(sum.lost.join('; '))
  return { took: performance.now() - begun, most: process.resourceUsage().maxRSS * 1.024e-3 }
}

const [role, directory = ''] = process.argv.slice(2)
if (role === 'day') process.send?.(bookADay())
else if (role === 'write') process.send?.(writeShards(directory) ?? null)
else if (role === 'merge') process.send?.(mergeShards(directory))
else await measure(Number(role) || 10)
