// A whole run in the virtual world, with the product's own coordinator and workers, and what it comes to.
import { compare } from '../../../src/compare/compare.ts'
import type { DefectCode } from '../../../src/compare/comparison.ts'
import { judge } from '../../../src/compare/judge.ts'
import type { Outcome } from '../../../src/compare/verdict.ts'
import { LoadgateError } from '../../../src/errors.ts'
import type { CoordinatorDoors } from '../../../src/fargate/coordinator/job.ts'
import type { FargateEnd, FargateOptions } from '../../../src/fargate/coordinator/run.ts'
import { runOnFargate } from '../../../src/fargate/coordinator/run-on-fargate.ts'
import type { Tasks } from '../../../src/fargate/doors.ts'
import { arrivalsOf } from '../../../src/plan/arrivals.ts'
import { mergeResults } from '../../../src/result/merge-results.ts'
import { sentBy } from '../../../src/send-from-fargate.ts'
import type { Ms } from '../../../src/units.ts'
import { budget } from '../../compare/made-budget.ts'
import { onePlan, requestStep } from '../../support/plans.ts'
import { Bucket, type BucketOptions } from '../../support/virtual/bucket.ts'
import { withHash } from '../../support/virtual/fleet.ts'
import { Machine } from '../../support/virtual/machine.ts'
import { Network } from '../../support/virtual/network.ts'
import { World } from '../../support/virtual/world.ts'
import { job as jobOf, RUN } from '../small-world.ts'
import { type EcsTroubles, VirtualEcs } from './virtual-ecs.ts'

export const WORKERS = 3
const PLAN = withHash(onePlan({ port: 1, steps: [requestStep()], level: 20, seconds: 40 }))
export const JOB = { ...jobOf(WORKERS), plan: PLAN }
export { RUN }

export interface StageOptions {
  readonly seed?: number
  readonly ecs?: EcsTroubles
  readonly bucket?: BucketOptions
}

/** Everybody's world. */
export class Stage {
  readonly world: World
  readonly network: Network
  readonly bucket: Bucket
  readonly ecs: VirtualEcs
  readonly coordinator: Machine
  readonly told: string[] = []

  constructor({ seed = 1, ecs = {}, bucket = {} }: StageOptions = {}) {
    this.world = new World(seed)
    this.network = new Network(this.world, { delay: [5, 40] })
    this.bucket = new Bucket(this.world, this.network, bucket)
    this.ecs = new VirtualEcs(this.world, this.bucket, ecs)
    this.coordinator = new Machine(this.world, 'coordinator', { skew: 60_000, drift: 20e-6 })
  }

  /** Lets the world go on until the promise is settled. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false
    const settle = () => {
      settled = true
    }
    promise.then(settle, settle)
    await this.world.run({ until: this.world.now + LONGEST, done: () => settled })
    if (!settled) throw new Error('it hangs')
    return await promise
  }

  /** Of a machine of one's own, or of the run's. */
  doorsOf(machine: Machine = this.coordinator): CoordinatorDoors {
    return {
      time: machine.time,
      objects: this.bucket.objectsOf(machine),
      tasks: acrossTheWay(this.ecs.door, machine),
      random: this.world.chance.fork(),
      tell: (message) => void this.told.push(message),
    }
  }
}

/** Of a call of ECS, there and back each: whoever dies in between has asked, and hears nothing. */
const WAY: Ms = 25

function acrossTheWay(tasks: Tasks, { time }: Machine): Tasks {
  const across = async <T>(act: () => Promise<T>): Promise<T> => {
    await time.sleep(WAY)
    const answer = await act()
    await time.sleep(WAY)
    return answer
  }
  return {
    run: (request) => across(() => tasks.run(request)),
    describe: (arns) => across(() => tasks.describe(arns)),
    list: () => across(() => tasks.list()),
    stop: (arn, reason) => across(() => tasks.stop(arn, reason)),
  }
}

/** Does it so long after the first worker has begun to send. */
export function whileSending({ world, ecs }: Stage, after: Ms, act: () => void): void {
  const look = () => {
    const [first] = ecs.sendings
    if (first && world.now >= first.from + after) act()
    else world.after(200, look)
  }
  look()
}

/** `whole`: every shard counts. `lost`: some do not. `refused`: there is nothing to judge, but an error in words. */
export type Verdict = 'whole' | 'lost' | 'refused'

export interface Played {
  readonly verdict: Verdict
  /** Undefined for what is refused. */
  readonly end: FargateEnd | undefined
  /** What the product makes of it: `refused` ends before that. */
  readonly outcome: Outcome | 'none'
  /** Why it is worth nothing, as the report says it. */
  readonly defects: readonly DefectCode[]
  readonly why: readonly string[]
  readonly reasons: readonly string[]
  /** Named as not known to have stopped. */
  readonly left: readonly string[]
  readonly took: Ms
  /** What was wrong with it all the same; none if nothing. */
  readonly breaches: readonly string[]
}

/** No run of a minute's plan takes longer, whatever goes wrong. */
const LONGEST: Ms = 45 * 60_000
const BUDGETS = [budget('p95', 1_000)]

/** Plays it to its end and a minute beyond it. */
export async function play(
  stage: Stage,
  run: (options: FargateOptions) => Promise<FargateEnd> = (options) => runOnFargate(JOB, stage.doorsOf(), options),
): Promise<Played> {
  const { world, ecs, told } = stage
  const began = world.now
  const lost = new Map<number, string>()
  let end: FargateEnd | undefined
  let error: unknown
  const over = () => end !== undefined || error !== undefined
  void run({ onWorkerLost: (at, why) => void lost.set(at, why) }).then(
    (ended) => {
      end = ended
    },
    (failed) => {
      error = failed
    },
  )
  await world.run({ until: began + LONGEST, done: over })
  const took = world.now - began
  const breaches = over() ? [] : ['it hangs']
  const unnamed = () => ecs.living.filter((arn) => !end?.left.includes(arn) && !told.join().includes(arn))
  if (unnamed().length > 0) breaches.push(`it is over, and of these nothing is said: ${unnamed()}`)
  await world.run({ until: world.now + 30_000 })
  if (ecs.sending.length > 0) breaches.push(`half a minute later these send: ${ecs.sending}`)
  await world.run({ until: world.now + 30_000 })
  if (unnamed().length > 0) breaches.push(`a minute later these live: ${unnamed()}`)
  const shards = end?.shards ?? []
  const verdict = end === undefined ? 'refused' : shards.every((shard) => shard?.complete) ? 'whole' : 'lost'
  const { outcome, defects, why } = end === undefined ? NOTHING : outcomeOf(end, lost)
  if (error !== undefined && !(error instanceof LoadgateError)) breaches.push(`it throws ${error}`)
  if ((outcome === 'pass') !== (verdict === 'whole')) breaches.push(`what is ${verdict} is judged: ${outcome}`)
  if (defects.includes('cancelled') && !told.join().includes('lease could not be renewed'))
    breaches.push('it is said to have been stopped, and nobody has stopped it')
  const reasons = [
    ...[...lost].map(([at, why]) => `${at}: ${why}`),
    ...(error instanceof LoadgateError ? [error.message] : []),
  ]
  return { verdict, end, outcome, defects, why, reasons, left: end?.left ?? [], took, breaches }
}

const NOTHING = { outcome: 'none', defects: [], why: [] } as const

/** By the product's own course from the results to the verdict. */
function outcomeOf(end: FargateEnd, lost: ReadonlyMap<number, string>): Pick<Played, 'outcome' | 'defects' | 'why'> {
  const { fingerprint, commit } = JOB
  const sent = sentBy(end, lost, JOB)
  const result = mergeResults(sent.shards, { id: 'run', plan: PLAN, fingerprint, commit, ...sent })
  const comparison = compare(result, undefined, BUDGETS)
  const outcome = judge(comparison).outcome
  const all = result.steps.reduce((sum, step) => sum + step.sent, 0)
  if (outcome === 'pass' && all !== arrivalsOf(PLAN)) throw new Error(`a pass with ${all} of ${arrivalsOf(PLAN)}`)
  const { defects } = comparison
  return { outcome, defects: defects.map(({ code }) => code), why: defects.map(({ message }) => message) }
}
