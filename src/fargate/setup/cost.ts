import type { LoadPlan } from '../../plan/plan.ts'
import type { EpochMs, Ms } from '../../units.ts'
import { lifetimeOf, mostLosses, STUCK_AFTER } from '../lifetime.ts'
import { POLL, RENEW, TELL } from '../protocol.ts'
import { type Architecture, type Dollars, PUBLIC_ADDRESS, pricesIn, S3_REQUEST, SPOT_SHARE } from './prices.ts'
import type { TaskSize } from './sizes.ts'

const HOUR: Ms = 3_600_000

// Paid from the start of the image's download until the task's end. Download, start, the wait for the slowest worker, the
// last answers and the upload take about this together.
const AROUND_THE_LOAD: Ms = 120_000

/** What is paid for, of workers that are alike. */
export interface Fleet {
  readonly region: string
  readonly architecture: Architecture
  readonly size: TaskSize
  readonly spot: boolean
  readonly publicAddress: boolean
  readonly workers: number
}

export interface Cost {
  readonly total: Dollars
  readonly compute: Dollars
  readonly addresses: Dollars
  readonly requests: Dollars
  /** Time of all tasks together, as it is billed. */
  readonly taskTime: Ms
}

export interface Estimate {
  readonly expected: Cost
  /**
   * If every worker comes as late as it may and lives until its hard end, and as many more as may be are started in place of
   * others, where it is dearest: more it cannot be.
   */
  readonly most: Cost
  /** Dates of the prices that were used, and the regions that were guessed. */
  readonly asOf: readonly string[]
  readonly guessed: readonly string[]
}

type Load = Pick<LoadPlan, 'duration' | 'timeout' | 'scenarios' | 'script'>

/** @param stagger between the starts of two workers; 0 in lock-step */
export function estimateCost(fleets: readonly Fleet[], load: Load, stagger: Ms): Estimate {
  const workers = fleets.reduce((sum, fleet) => sum + fleet.workers, 0)
  // A worker that begins later has waited for it, and paid.
  const waits = (stagger * Math.max(0, workers - 1)) / 2
  const expected = load.duration + longestTimeout(load) + waits + AROUND_THE_LOAD
  const most = STUCK_AFTER + lifetimeOf({ plan: load, count: workers, stagger })
  const dearest = fleets.reduce((one, other) => (pricePerHour(other) > pricePerHour(one) ? other : one))
  const replacements = { fleet: dearest, times: Array(mostLosses(workers)).fill(most) }
  const each = (time: Ms) => fleets.map((fleet) => ({ fleet, times: Array(fleet.workers).fill(time) }))
  const prices = fleets.map(({ region }) => ({ region, ...pricesIn(region) }))
  return {
    expected: costOf(each(expected)),
    most: costOf([...each(most), replacements]),
    asOf: [...new Set(prices.map(({ asOf }) => asOf))].sort(),
    guessed: [...new Set(prices.flatMap(({ region, guessed }) => (guessed ? [region] : [])))],
  }
}

/** How long the load may go on behind its end. */
function longestTimeout({ timeout, scenarios, script }: Load): Ms {
  if (script) return 0
  const steps = scenarios.flatMap(({ steps }) => steps)
  return steps.reduce((most, step) => (step.kind === 'request' ? Math.max(most, step.timeout) : most), timeout)
}

/** As a task's states say it; what has not started costs nothing. */
export interface TaskTimes {
  readonly startedAt: EpochMs | undefined
  readonly stoppedAt: EpochMs | undefined
}

/**
 * What a run cost, by the tasks as ECS knows them. A task that has no end yet is charged until `now`. ECS tells when a
 * container started, not when its image began to be fetched, which is what is billed: bills are a little higher.
 */
export function costAsRun(
  fleets: readonly { readonly fleet: Fleet; readonly tasks: readonly TaskTimes[] }[],
  now: EpochMs,
): Cost {
  const timeOf = ({ startedAt, stoppedAt = now }: TaskTimes): readonly Ms[] =>
    startedAt === undefined ? [] : [Math.max(0, stoppedAt - startedAt)]
  return costOf(fleets.map(({ fleet, tasks }) => ({ fleet, times: tasks.flatMap(timeOf) })))
}

function costOf(fleets: readonly { readonly fleet: Fleet; readonly times: readonly Ms[] }[]): Cost {
  let compute = 0
  let addresses = 0
  let taskTime: Ms = 0
  let workerTime: Ms = 0
  let longest: Ms = 0
  for (const { fleet, times } of fleets) {
    const time = times.reduce<Ms>((sum, each) => sum + billed(each), 0)
    compute += (time / HOUR) * perHour(fleet)
    addresses += (time / HOUR) * addressPerHour(fleet)
    taskTime += time
    workerTime += times.reduce<Ms>((sum, each) => sum + each, 0)
    longest = times.reduce((most, each) => Math.max(most, each), longest)
  }
  const requests = requestsCost(workerTime, longest)
  return { total: compute + addresses + requests, compute, addresses, requests, taskTime }
}

/** By the second, rounded up, and a minute at least (AWS Fargate pricing). */
function billed(time: Ms): Ms {
  return Math.max(60_000, Math.ceil(time / 1_000) * 1_000)
}

function perHour({ region, architecture, size, spot }: Fleet): Dollars {
  const { vcpu, memory } = pricesIn(region).prices[architecture]
  const full = (size.cpu / 1_024) * vcpu + (size.memory / 1_024) * memory
  return spot ? full * SPOT_SHARE : full
}

function addressPerHour({ publicAddress }: Fleet): Dollars {
  return publicAddress ? PUBLIC_ADDRESS : 0
}

function pricePerHour(fleet: Fleet): Dollars {
  return perHour(fleet) + addressPerHour(fleet)
}

/** A worker asks for the control and tells how it goes; the coordinator renews the one and reads the other. */
function requestsCost(workers: Ms, coordinator: Ms): Dollars {
  const puts = workers / TELL + coordinator / RENEW
  const gets = workers / POLL + workers / TELL
  return puts * S3_REQUEST.put + gets * S3_REQUEST.get
}
