// One large run in a virtual world, in a process of its own: without a test's surroundings it takes a third of the time, and
// the memory is that of the run. Answers with its figures in JSON.
//   node --expose-gc test/heavy/simulate-fargate.ts '{"workers":100,"seconds":3600,"rate":100,"reportEvery":900000}'
import type { FargateEnd } from '../../src/fargate/coordinator/run.ts'
import { runOnFargate } from '../../src/fargate/coordinator/run-on-fargate.ts'
import { arrivalsOf } from '../../src/plan/arrivals.ts'
import type { LoadPlan } from '../../src/plan/plan.ts'
import { mergeResults, type Shards } from '../../src/result/merge-results.ts'
import type { Ms, PerSecond } from '../../src/units.ts'
import { job } from '../fargate/small-world.ts'
import { onePlan, requestStep } from '../support/plans.ts'
import { startCluster } from '../support/virtual/cluster.ts'
import { resultOf } from '../support/virtual/engine.ts'
import { withHash } from '../support/virtual/fleet.ts'
import { longestPaid } from '../support/virtual/kill.ts'

export interface Simulated {
  readonly workers: number
  readonly seconds: number
  /** Requests per second, of all of them. */
  readonly rate: PerSecond
  /** Between two reports of an engine. */
  readonly reportEvery: Ms
}

interface Calls {
  readonly perSecond: PerSecond
  /** In the busiest second. */
  readonly busiest: number
}

export interface Figures {
  /** Of workers whose result is not whole. */
  readonly lost: readonly string[]
  /** What is not as if one process had sent all of it; undefined where all is. */
  readonly difference: readonly string[] | undefined
  readonly requests: number
  readonly tasks: number
  /** Of these, tasks that have not stopped, or are not known to have. */
  readonly left: number
  /** Of the task that cost longest. */
  readonly paid: Ms
  /** While all send: in MB, what of the whole world is reachable. */
  readonly memory: readonly number[]
  readonly s3: { readonly reads: Calls; readonly writes: Calls }
  readonly ecs: { readonly reads: Calls; readonly changes: Calls; readonly launches: Calls; readonly throttled: number }
}

const HOUR: Ms = 3_600_000
/** By then all of them send. */
const UNDER_WAY: Ms = 300_000
/** At the memory. */
const LOOKS = 6

if (import.meta.main) process.stdout.write(JSON.stringify(await simulate(JSON.parse(process.argv[2]!))))

async function simulate({ workers, seconds, rate, reportEvery }: Simulated): Promise<Figures> {
  const plan = withHash(onePlan({ port: 1, steps: [requestStep()], level: rate, seconds }))
  const { world, bucket, doors, ecs } = startCluster(7, { startUp: oneOrTwoMinutes, reportEvery })
  let over = false
  const running = runOnFargate({ ...job(workers), plan }, doors).finally(() => {
    over = true
  })
  running.catch(() => {})
  const memory: number[] = []
  for (let look = 1; look <= LOOKS; look++) {
    await world.run({ until: UNDER_WAY + ((plan.duration - UNDER_WAY) * look) / LOOKS, done: () => over })
    memory.push(megabytes())
  }
  await world.run({ until: plan.duration + HOUR, done: () => over })
  if (!over) throw new Error('it does not end')
  const end = await running
  return {
    ...comparedWithOne(end, plan),
    tasks: ecs.tasks.length,
    left: ecs.tasks.filter(({ stoppedAt }) => stoppedAt === undefined).length + end.left.length,
    paid: longestPaid(ecs.tasks),
    memory,
    s3: { reads: callsOf(bucket.reads), writes: callsOf(bucket.writes) },
    ecs: {
      reads: callsOf(ecs.reads),
      changes: callsOf(ecs.modifies),
      launches: callsOf(ecs.launches),
      throttled: ecs.throttled,
    },
  }
}

/** Until its process begins, of the nth task; all in between come too. */
function oneOrTwoMinutes(n: number): Ms {
  return 45_000 + ((n * 7_919) % 60_000)
}

/** What does not depend on how many have measured it. */
function comparedWithOne({ shards }: FargateEnd, plan: LoadPlan): Pick<Figures, 'lost' | 'difference' | 'requests'> {
  const one = resultOf({ plan, index: 0, count: 1 }, { startAt: 0, complete: true, next: arrivalsOf(plan) })
  const [all, alone] = [merged(shards, plan), merged([one], plan)]
  return {
    lost: all.shards.lost,
    difference: firstDifference(sampled(all), sampled(alone)),
    requests: all.steps.reduce((sum, { sent }) => sum + sent, 0),
  }
}

function merged(shards: Shards, plan: LoadPlan) {
  const { fingerprint } = job(1)
  return mergeResults(shards, { id: 'x', plan, executor: 'fargate', fingerprint, commit: undefined, lost: [] })
}

function sampled({ complete, iterations, warmUp, steps, intervals }: ReturnType<typeof merged>) {
  return { complete, iterations, warmUp, steps, intervals }
}

/** A part that differs, with both: a whole difference of thousands of histograms is nothing to read. */
function firstDifference(one: object, other: object): readonly string[] | undefined {
  const texts = (whole: object) => Object.entries(whole).map(([name, part]) => `${name}: ${JSON.stringify(part)}`)
  const [ones, others] = [texts(one), texts(other)]
  const at = ones.findIndex((text, index) => text !== others[index])
  return at < 0 ? undefined : [ones[at]!, others[at]!].map((text) => text.slice(0, 1_000))
}

function megabytes(): number {
  if (globalThis.gc === undefined) throw new Error('Node must be started with --expose-gc')
  globalThis.gc()
  return process.memoryUsage().heapUsed / 1_048_576
}

function callsOf({ perSecond, busiest }: Calls): Calls {
  return { perSecond, busiest }
}
