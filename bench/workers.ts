// `npm run bench:workers`: what a worker sends that gets no more than a share of a core's time, as a task on Fargate does.
// bench/README.md says how, and gets the figures.
//
//   node workers.ts [ROUNDS]   three unless told otherwise
import { ownDefects } from '../src/compare/evidence.ts'
import type { ShardResult } from '../src/engine/shard-result.ts'
import type { LoadPlan } from '../src/plan/plan.ts'
import { mergeResults } from '../src/result/merge-results.ts'
import type { Ms, PerSecond } from '../src/units.ts'
import { contextOf } from '../test/result/shards.ts'
import { onePlan, requestStep } from '../test/support/plans.ts'
import { quantile, responseOf } from '../test/support/shard-figures.ts'
import { type CpuQuota, cpuQuota } from './cpu-quota.ts'
import { CLIENT_CORE, nextMessage, script, start, stop } from './pinned.ts'
import { ratios, type Spread, spread } from './rounds.ts'
import { circumstances, shown, table, writeFigures } from './table.ts'
import { startTimedServer } from './timed-server.ts'

/** vCPUs, and the rung on which the first round begins. */
const SIZES: readonly (readonly [vcpus: number, begin: PerSecond])[] = [
  [0.25, 3_000],
  [0.5, 8_000],
  [1, 24_000],
  [2, 24_000],
]
const WHOLE = 2
const RUNGS: readonly PerSecond[] = [
  250, 500, 750, 1_000, 1_500, 2_000, 3_000, 4_000, 6_000, 8_000, 12_000, 16_000, 24_000, 32_000, 48_000, 64_000,
]

/** In it is what is compiled; a share of a core takes its time. */
const WARM_UP: Ms = 2_000
const MEASURED: Ms = 2_500
/** Of the p95 of the server's log. */
const TRUE_WITHIN = { ms: 0.25, share: 0.025 } as const
/** A neighbour's moment is not the worker's. */
const TRIES = 2

interface Try {
  readonly rate: PerSecond
  /** Why it was not held; undefined where it was. */
  readonly flaw: string | undefined
  /** p95, reported less true. */
  readonly off: Ms
  readonly resident: number
  /** Share of the time in which something else had the server's core. */
  readonly waited: number
}

interface Size {
  readonly vcpus: number
  /** The highest rung that was held, round by round. */
  readonly held: Try[]
  readonly quota: CpuQuota | undefined
}

async function measure(rounds: number): Promise<void> {
  const sizes = SIZES.map(([vcpus]): Size => ({ vcpus, held: [], quota: cpuQuota(vcpus) }))
  try {
    // Without a quota there is the whole core and nothing else.
    const measured = sizes.filter(({ vcpus, quota }) => quota !== undefined || vcpus === WHOLE)
    for (let round = 0; round < rounds; round++)
      for (const size of measured) size.held.push(await highest(size, size.held.at(-1)?.rate || beginOf(size)))
    report(measured, rounds)
  } finally {
    for (const { quota } of sizes) await quota?.remove()
  }
}

function beginOf({ vcpus }: Size): PerSecond {
  return SIZES.find(([size]) => size === vcpus)![1]
}

/** From a rung upwards to the first that is not held, or else downwards to the first that is; rate 0 where none is. */
async function highest(size: Size, from: PerSecond): Promise<Try> {
  const begin = RUNGS.indexOf(from)
  let best = await held(size, from)
  if (best.flaw === undefined) {
    for (const rung of RUNGS.slice(begin + 1)) {
      const next = await held(size, rung)
      if (next.flaw !== undefined) break
      best = next
    }
    return best
  }
  for (const rung of RUNGS.slice(0, begin).reverse()) {
    best = await held(size, rung)
    if (best.flaw === undefined) return best
  }
  return { ...best, rate: 0 }
}

async function held(size: Size, rate: PerSecond): Promise<Try> {
  let last = await send(size, rate)
  for (let tries = 1; last.flaw !== undefined && tries < TRIES; tries++) last = await send(size, rate)
  return last
}

interface Told {
  readonly result: ShardResult | undefined
  readonly resident: number
}

async function send({ vcpus, quota }: Size, rate: PerSecond): Promise<Try> {
  const server = await startTimedServer('lognormal')
  try {
    const plan = planAt(rate, server.port)
    const { result, resident } = await told(plan, quota)
    const truth = await server.truth((rate * WARM_UP) / 1000)
    const off = result === undefined ? Number.NaN : quantile(responseOf(result), 0.95) - truth.p95
    const bound = Math.max(TRUE_WITHIN.ms, TRUE_WITHIN.share * truth.p95)
    const untrue = Math.abs(off) <= bound ? undefined : `p95 is off by ${off.toFixed(2)} ms`
    const flaw = ownDefects(mergeResults([result], contextOf(plan)))[0]?.message ?? untrue
    console.error(`${vcpus} vCPUs, ${rate}/s: ${flaw ?? `held, p95 is off by ${off.toFixed(2)} ms`}`)
    return { rate, flaw, off, resident, waited: truth.waited }
  } finally {
    await server.stop()
  }
}

async function told(plan: LoadPlan, quota: CpuQuota | undefined): Promise<Told> {
  const client = start(CLIENT_CORE, script('worker-client.ts', JSON.stringify(plan)))
  try {
    if (client.pid !== undefined) quota?.hold(client.pid)
    return await nextMessage<Told>(client)
  } finally {
    await stop(client)
  }
}

function planAt(rate: PerSecond, port: number): LoadPlan {
  const flat = (over: Ms) => ({ from: rate, to: rate, over })
  return onePlan({
    port,
    curve: [flat(WARM_UP), flat(MEASURED)],
    warmUp: WARM_UP / 1000,
    timeout: 5_000,
    connections: { limit: 1_000 },
    steps: [requestStep()],
  })
}

function report(sizes: readonly Size[], rounds: number): void {
  const of = (held: readonly Try[], figure: (one: Try) => number): Spread => spread(held.map(figure))
  const whole = sizes.find(({ vcpus }) => vcpus === WHOLE)!.held.map(({ rate }) => rate)
  const rows = sizes.map(({ vcpus, held }) => [
    vcpus === WHOLE ? `${WHOLE} and more: a core to itself` : String(vcpus),
    shown(
      of(held, ({ rate }) => rate),
      0,
    ),
    shown(
      ratios(
        held.map(({ rate }) => rate),
        whole,
      ),
      3,
    ),
    `${shown(
      of(held, ({ off }) => off),
      2,
    )} ms`,
    shown(
      of(held, ({ resident }) => resident),
      0,
    ),
    shown(
      of(held, ({ waited }) => waited),
      2,
    ),
  ])
  const head = ['vCPUs', 'requests/s held', '÷ a core', 'p95 reported less true', 'RSS MB', 'kept from the server']
  const left = sizes.length < SIZES.length ? ' Shares of a core are left out: no quota may be set here.' : ''
  const sections = [`${circumstances()}, ${rounds} rounds, rungs ${RUNGS.join(', ')}.${left}`, table([head, ...rows])]
  writeFigures('workers', sections)
  console.log(sections.join('\n\n'))
}

await measure(Number(process.argv[2]) || 3)
