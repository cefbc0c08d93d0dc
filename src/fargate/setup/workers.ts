import { demandOf } from '../../plan/demand.ts'
import type { LoadPlan } from '../../plan/plan.ts'
import { type Bytes, counted, formatCount, type PerSecond, type Share } from '../../units.ts'
import { meanRequest } from './bandwidth.ts'

/** What one worker sends without being seen in the response times. */
export interface WorkerRoom {
  readonly rate: PerSecond
  readonly users: number
  /** Bytes per second, each way. */
  readonly bandwidth: Bytes
}

// Not measured on Fargate. A thread with a core to itself is taken for 5,000 requests/s, as on a runner (src/plan/split-plan.ts):
// with the least of requests it sends several times as many, but steps do more, and TLS and long answers cost more.
const CORE: PerSecond = 5_000
/** So many users for each request per second: one that asks every 400 ms. */
const USERS = 0.4
// AWS defines a vCPU as a hyperthread, which with a busy sibling does some 60 % of a core. With two the thread has a core.
const HYPERTHREAD: Share = 0.6
// Below one vCPU the kernel makes a process wait for up to a tenth of a second once its share is spent, so that only a small
// load leaves it undisturbed. What is left of a core was measured (`npm run bench:workers`, bench/README.md), on a machine of
// our own with such shares. AWS publishes no bandwidth of Fargate: that is assumed.
const SIZES = [
  { cpu: 256, share: 0.06 * HYPERTHREAD, bandwidth: 30_000_000 },
  { cpu: 512, share: 0.25 * HYPERTHREAD, bandwidth: 30_000_000 },
  { cpu: 1_024, share: HYPERTHREAD, bandwidth: 60_000_000 },
  { cpu: 2_048, share: 1, bandwidth: 120_000_000 },
] as const satisfies readonly Size[]

interface Size {
  readonly cpu: number
  /** What it sends of what a thread with a core to itself does. */
  readonly share: Share
  readonly bandwidth: Bytes
}

/** Beyond the last a worker sends no more. */
export const ROOM_SIZES: readonly number[] = SIZES.map(({ cpu }) => cpu)

/** @param rate what one worker of that size was measured to send; `auto` for what one of that size is taken for */
export function roomOf(cpu: number, rate: PerSecond | 'auto' = 'auto'): WorkerRoom {
  const { share, bandwidth } = sizeOf(cpu)
  const sends = rate === 'auto' ? Math.round(CORE * share) : rate
  return { rate: sends, users: Math.max(1, Math.round(USERS * sends)), bandwidth }
}

/** What a worker sends where a thread with a core to itself sends so much: to two digits, downwards. */
export function workerRate(cpu: number, ofCore: PerSecond): PerSecond {
  const rate = ofCore * sizeOf(cpu).share
  const digit = 10 ** (Math.floor(Math.log10(rate)) - 1)
  // A tenth of a request that is lost to binary fractions would be a whole digit.
  return Number((Math.floor(rate / digit + 1e-9) * digit).toPrecision(2))
}

function sizeOf(cpu: number): Size {
  return SIZES.findLast((size) => cpu >= size.cpu) ?? SIZES[0]
}

/** Tasks in one run: the launch of more would take minutes, and nobody has tried. */
export const MOST_WORKERS = 1_000

export interface Workers {
  readonly count: number
  /** In words, for people. */
  readonly why: string
}

interface Asked {
  readonly given: number | 'auto'
  readonly cpu: number
  /** Instead of the table's, measured for this profile. */
  readonly rate?: PerSecond | 'auto'
}

/** How many workers a plan takes; never more than it has connections or users to share. */
export function workersFor(plan: LoadPlan, { given, cpu, rate = 'auto' }: Asked): Workers {
  const whole = plan.script ? `, each of which runs the whole script` : ''
  if (given !== 'auto') return { count: given, why: `as \`fargate-workers\` says${whole}` }
  if (plan.script)
    return { count: 1, why: `how much a script sends only it knows; \`fargate-workers\` adds more${whole}` }
  const need = needOf(plan, roomOf(cpu, rate))
  const most = Math.min(MOST_WORKERS, mostShards(plan))
  const count = Math.max(1, Math.min(Math.ceil(need.workers), most))
  const measured = rate === 'auto' || need.limit === 'bandwidth' ? '' : ', as `fargate-worker-rate` says'
  const short = Math.ceil(need.workers) > most ? `; it would take ${formatCount(Math.ceil(need.workers))}` : ''
  return { count, why: `${need.why}${measured}${short}` }
}

/** So many workers, by the weights of the places; what does not divide goes to those that are owed the most. */
export function shareOut(count: number, places: readonly { readonly share: number }[]): readonly number[] {
  const weight = places.reduce((sum, { share }) => sum + share, 0)
  const exact = places.map(({ share }) => (count * share) / weight)
  const whole = exact.map(Math.floor)
  const left = count - whole.reduce((sum, each) => sum + each, 0)
  const owed = exact.map((_, at) => at).sort((a, b) => exact[b]! - whole[b]! - (exact[a]! - whole[a]!))
  return whole.map((each, at) => (owed.indexOf(at) < left ? each + 1 : each))
}

/** Each shard has a connection at least, and a user where there are users; a script is not shared but repeated. */
export function mostShards(plan: LoadPlan): number {
  if (plan.script) return MOST_WORKERS
  const { rate, users } = demandOf(plan)
  return Math.max(1, Math.min(plan.connections.limit, rate > 0 ? Number.POSITIVE_INFINITY : users))
}

/** What a worker runs out of first. */
export type WorkerLimit = 'CPU' | 'bandwidth'

interface Need {
  readonly workers: number
  readonly limit: WorkerLimit
  readonly why: string
}

/** By the requests alone: how long the answers are is not known before a run. */
export function needOf(plan: LoadPlan, room: WorkerRoom): Need {
  const { rate, users } = demandOf(plan)
  const forUsers = `${counted(users, 'user')}, ${formatCount(room.users)} on each worker`
  if (rate === 0) return { workers: users / room.users, limit: 'CPU', why: forUsers }
  const bytes = rate * meanRequest(plan)
  const byBandwidth = bytes / room.bandwidth
  const byCpu = rate / room.rate + users / room.users
  if (byBandwidth > byCpu)
    return {
      workers: byBandwidth,
      limit: 'bandwidth',
      why: `${megabytes(bytes)}, ${megabytes(room.bandwidth)} through each worker`,
    }
  const forArrivals = `${shown(rate)}, ${shown(room.rate)} from each worker`
  return { workers: byCpu, limit: 'CPU', why: users > 0 ? `${forArrivals}; and ${forUsers}` : forArrivals }
}

function megabytes(perSecond: Bytes): string {
  return `${formatCount(Math.ceil(perSecond / 1_000_000))} MB/s`
}

function shown(rate: PerSecond): string {
  return `${formatCount(Number(rate.toPrecision(3)))} requests/s`
}
