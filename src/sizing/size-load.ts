import { BUSY } from '../compare/generator-health.ts'
import { MOST_REDIRECTS } from '../engine/redirects.ts'
import { demandOf, mixOf } from '../plan/demand.ts'
import { groupsOf } from '../plan/groups.ts'
import type { LoadPlan } from '../plan/plan.ts'
import { mostThreads, workerThreads } from '../plan/split-plan.ts'
import {
  followingPerIteration,
  requestsPerIteration,
  thinkPerIteration,
  turnsPerIteration,
} from '../plan/summarise-plan.ts'
import { connectionsEach } from '../profile/beside.ts'
import { MOST_CONNECTIONS } from '../profile/scalars.ts'
import type { Ms, PerSecond, Share } from '../units.ts'
import type { MachineHere } from './machine-here.ts'
import type { RequestCost } from './measure-cost.ts'

// A thread whose loop was 55 to 71 % busy on a quiet core reported p95 within 2.1 % of the server's own log, one that was
// 94 % busy 11 % too high (docs/verdict.md). A runner's cores are shared, and what a request costs was measured for a second.
export const UNSEEN: Share = 0.4

/** Whether a machine can send a plan. */
export interface Sizing {
  readonly machine: MachineHere
  /** As `run` chooses them by itself. */
  readonly threads: number
  /** That the machine has room for. */
  readonly mostThreads: number
  readonly cost: RequestCost
  /** What one thread can send without being seen in the response times. */
  readonly perThread: PerSecond
  readonly need: RateNeed | UserNeed
  /** Of a plan that follows redirects, the arrivals as if each was sent on as often as it may be. */
  readonly redirected?: RateNeed
  /** Of a plan that has both, the users, who have what the arrivals of `need` leave. */
  readonly beside?: UserNeed
}

/** Open model. */
export interface RateNeed {
  /** Requests at the peak. */
  readonly peak: PerSecond
  /** `as-is`: with the threads that `run` chooses; `threads`: with more; `seen`: in the response times; `beyond`: not at all. */
  readonly fits: 'as-is' | 'threads' | 'seen' | 'beyond'
  /** That it takes; of a load that does not fit, all that there are. */
  readonly threads: number
  /** Of a core, of each of these threads at the peak. Means nothing where the load does not fit. */
  readonly share: Share
  /** At which all threads are spent. */
  readonly ceiling: PerSecond
}

/** Closed model: the answers decide how many requests there are. */
export interface UserNeed {
  readonly users: number
  /** However fast the answers are; undefined where users do not think. */
  readonly fastest: PerSecond | undefined
  /** Mean answer time from which on the users send no more than the threads of `run` can; 0 when they never do. */
  readonly answersFrom: Ms
  /** Where each has a connection of its own: for how many of them a machine has ports. */
  readonly ports: number | undefined
}

export function sizeLoad(plan: LoadPlan, machine: MachineHere, cost: RequestCost): Sizing {
  const perThread = (UNSEEN * 1_000_000) / cost.perRequest
  const threads = workerThreads(plan, machine)
  const most = mostThreads(plan, machine)
  const { rate, following, users } = demandOf(plan)
  const capacity = perThread * threads
  const room = { perThread, cost, threads, most }
  return {
    machine,
    threads,
    mostThreads: most,
    cost,
    perThread,
    need: rate > 0 ? rateNeed(rate, room) : userNeed(plan, capacity),
    ...(following > 0 && { redirected: rateNeed(rate + MOST_REDIRECTS * following, room) }),
    ...(rate > 0 && users > 0 && { beside: userNeed(plan, Math.max(perThread / 100, capacity - rate)) }),
  }
}

interface Threads {
  readonly perThread: PerSecond
  readonly cost: RequestCost
  readonly threads: number
  readonly most: number
}

// What a request costs falls with the rate. Between the two costs that were measured a load may or may not be sound, which
// the run itself will say; where even the lower one fills the threads up to the generator's bound, it cannot be.
function rateNeed(peak: PerSecond, { perThread, cost, threads: chosen, most }: Threads): RateNeed {
  const wanted = Math.max(chosen, Math.ceil(peak / perThread))
  const threads = Math.min(wanted, most)
  const ceiling = (BUSY * 1_000_000 * most) / cost.atFullLoad
  const fits = wanted === chosen ? 'as-is' : wanted <= most ? 'threads' : peak <= ceiling ? 'seen' : 'beyond'
  return { peak, fits, threads, share: (peak / threads / perThread) * UNSEEN, ceiling }
}

/** One user's cycle is its thinking and its answers; Little's law turns users and cycles into a rate. */
function userNeed(plan: LoadPlan, capacity: PerSecond): UserNeed {
  const { users } = demandOf(plan)
  const mix = mixOf(plan, 'closed')
  const asked = requestsPerIteration(mix)
  // As many as there may be: a redirect that is followed is one more to send, and one more answer to wait for.
  const requests = asked + MOST_REDIRECTS * followingPerIteration(mix)
  const turns = turnsPerIteration(mix) * (requests / asked)
  const think = thinkPerIteration(mix)
  const own = groupsOf(plan).flatMap(({ plan: { connections, scenarios } }) =>
    connections.use === 'per-user' ? [connectionsEach(connections, scenarios)] : [],
  )
  return {
    users,
    fastest: think > 0 ? ((users * requests) / think) * 1000 : undefined,
    answersFrom: Math.max(0, ((users * requests) / capacity) * 1000 - think) / turns,
    ports: own.length === 0 ? undefined : Math.floor(MOST_CONNECTIONS / Math.max(...own)),
  }
}
