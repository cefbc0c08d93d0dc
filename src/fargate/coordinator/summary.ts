import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { LoadgateError, messageOf } from '../../errors.ts'
import type { LoadPlan } from '../../plan/plan.ts'
import { amount, count, list, matching, oneOf, optional, record, text, truth, where } from '../../reader.ts'
import type { Fingerprint } from '../../result/result.ts'
import type { Bytes, EpochMs, Ms } from '../../units.ts'
import { VERSION } from '../../version.ts'
import { keysOf, PROTOCOL } from '../protocol.ts'
import { runId, sha256 } from '../read-json.ts'
import { MOST_PLAN, readPlan } from '../read-plan.ts'
import { insist } from './insist.ts'
import type { CoordinatorDoors, FargateJob } from './job.ts'
import { serverNow } from './times.ts'

/** What a machine needs that has not started the run and is to collect it. */
export interface Summary {
  readonly kind: 'loadgate-summary'
  readonly protocol: number
  readonly version: string
  readonly runId: string
  readonly count: number
  readonly stagger: Ms
  readonly cpu: number
  readonly memory: number
  readonly spot: boolean
  readonly commit: string | undefined
  readonly fingerprint: Fingerprint
  /** SHA-256 of the plan's object. */
  readonly planSha256: string
  /** By the clock of the bucket's server: all of its tasks had been started by then. */
  readonly started: EpochMs
  /** All ARNs, as far as they are known: none before the first has been started. */
  readonly tasks: readonly string[]
  /** Who carries which shard; none before all are ready. */
  readonly carriers: readonly Carrier[]
}

/** Of one shard. */
export interface Carrier {
  readonly generation: number
  /** Its ARN; undefined where the claim names none. */
  readonly task: string | undefined
}

const WITHIN: Ms = 60_000
const LARGEST_SUMMARY: Bytes = 4_000_000
const MOST_TASKS = 20_000

/** The plan's object, and what identifies it. */
export interface PackedPlan {
  readonly bytes: Buffer
  readonly sha256: string
}

export function packPlan(plan: LoadPlan): PackedPlan {
  const bytes = gzipSync(JSON.stringify(plan))
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** Writes the plan, which a worker must have before it can claim anything. */
export async function postPlan({ runId }: FargateJob, plan: PackedPlan, doors: CoordinatorDoors, signal?: AbortSignal) {
  await insist(doors, () => doors.objects.put(keysOf(runId).plan, plan.bytes), { within: WITHIN, signal })
}

export async function postSummary(
  { runId, count, stagger, cpu, memory, spot, commit, fingerprint }: FargateJob,
  { plan, ...carried }: { readonly plan: PackedPlan } & Pick<Summary, 'tasks' | 'carriers'>,
  doors: CoordinatorDoors,
  signal?: AbortSignal,
): Promise<void> {
  const summary: Summary = {
    kind: 'loadgate-summary',
    protocol: PROTOCOL,
    version: VERSION,
    ...{ runId, count, stagger, cpu, memory, spot, commit, fingerprint },
    planSha256: plan.sha256,
    started: serverNow(doors),
    ...carried,
  }
  await insist(doors, () => doors.objects.put(keysOf(runId).summary, JSON.stringify(summary)), {
    within: WITHIN,
    signal,
  })
}

const summary = record<Summary>({
  kind: oneOf('loadgate-summary'),
  protocol: count,
  version: text,
  runId,
  count: where(count, (value) => value > 0, 'a number of workers'),
  stagger: amount,
  cpu: count,
  memory: count,
  spot: truth,
  commit: optional(matching(/^[0-9a-f]{40,64}$/, 'a commit')),
  fingerprint: record({
    plan: text,
    generator: text,
    machine: record({ cpu: text, cores: count, os: text, node: text }),
  }),
  planSha256: sha256,
  started: amount,
  tasks: list(text, MOST_TASKS),
  carriers: list(record<Carrier>({ generation: count, task: optional(text) }), MOST_TASKS),
})

/** The job of an earlier call, from the bucket. LoadgateError `usage` where there is no such run. */
export async function readJob(
  runId: string,
  doors: CoordinatorDoors,
  signal?: AbortSignal,
): Promise<{ readonly job: FargateJob; readonly summary: Summary }> {
  const keys = keysOf(runId)
  const get = async (key: string, most: Bytes) => {
    const found = await insist(doors, () => doors.objects.get(key, most), { within: WITHIN, signal })
    if (found !== undefined) return found
    throw new LoadgateError('usage', `There is no run ${runId} in the bucket`, {
      hint: 'Look at its id and at the stack: objects of old runs expire.',
    })
  }
  const summaryBytes = await get(keys.summary, LARGEST_SUMMARY)
  const planBytes = await get(keys.plan, MOST_PLAN)
  try {
    const read = summary(JSON.parse(summaryBytes.toString()), '')
    if (read.protocol !== PROTOCOL || read.version !== VERSION)
      throw new LoadgateError('usage', `The run ${runId} was started by Loadgate ${read.version}`, {
        hint: 'Collect it with the same version.',
      })
    const plan = readPlan(planBytes, read.planSha256)
    return { job: { ...read, plan, tags: {} }, summary: read }
  } catch (cause) {
    if (cause instanceof LoadgateError) throw cause
    throw new LoadgateError('infrastructure', `What is stored of the run ${runId} is damaged: ${messageOf(cause)}`, {
      hint: 'Its workers, if there are any, end with `loadgate sweep`.',
      cause,
    })
  }
}
