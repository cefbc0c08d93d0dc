import type { Cause } from '../engine/shard-result.ts'
import { Histogram } from '../histogram.ts'
import { isLoopback } from '../plan/target-here.ts'
import type { GeneratorHealth, RunResult } from '../result/result.ts'
import { counted, formatMs, formatShare, type Ms, type Share } from '../units.ts'
import type { Defect, DefectCode } from './comparison.ts'
import { functionsLimit } from './function-limit.ts'
import type { Scope } from './scope.ts'

// How unfit a generator may be. Its lateness in beginning what is due is no part of the response times, but a load that
// comes in bursts is another load than the planned one; and an answer waits for a held-up loop, which is part of them.
//
//   what                    bound                                   why
//   lateness p95 *          max(5 ms, 10 % of the response p95)     the load keeps its shape: an arrival is off by a tenth of
//                                                                   what an answer takes
//   lateness p99 *          max(25 ms, 10 % of the response p99)    single pauses make small bursts; longer ones make queues
//   loop delay p99          max(25 ms, 10 % of the response p95)    pauses of garbage collection stay below 25 ms
//   loop delay p99, loop    max(2 ms, 10 % of the response p50)     85 % busy alone delays nothing by more than some tens of
//     above 85 % busy                                               microseconds; busy and slow to turn it shapes the answers
//   loop busy               95 %                                    nothing is left: with users, who wait for answers, the
//   CPU of the thread       95 % of a core                          generator now sets the pace and is never late
//   CPU stolen by the host  10 % of the machine's                   a service on the same machine was slowed down as well,
//                                                                   which neither lateness nor delay of the generator shows
//   network link            90 % of its speed, over the whole run   answers queue before it: their times are the link's. Not
//                                                                   asked of a target on loopback, nor of an unknown speed
//   * over all requests: those that follow an answer at once are not late
//
// How busy it was, and what was stolen, is a share of the time until the load was spent. Where that is next to nothing, as
// for a single request, it is the share of the engine's own start, some tens of milliseconds; it counts from two seconds
// on. So brief a load has no throughput to be wrong about, and harm that was done to its answers shows as lateness or as
// loop delay.
//
// None of them looks at how busy the machine is: a target that eats the other cores of a runner is being tested, not in the
// way, until its hunger shows as lateness or as loop delay. Nor do all connections in use speak against the generator: an
// open plan has as many as a target needs that answers within a quarter of a second (`connectionCap`), and what a target
// lets pile up beyond that is its own doing; users have one each. Only where a machine has no ports for so many users, and
// all it has are in use, is the waiting the generator's. Pauses of garbage collection do their harm as lateness and delay,
// and are judged as these.
const LATE_P95 = { floor: 5, ofP95: 0.1 } as const
const LATE_P99 = { floor: 25, ofP99: 0.1 } as const
const DELAY_P99 = { floor: 25, ofP95: 0.1 } as const
const BUSY_DELAY_P99 = { floor: 2, ofP50: 0.1 } as const
/** Beyond this a thread that also turns slowly shapes the answers. */
export const BUSY: Share = 0.85
const SPENT: Share = 0.95
const STOLEN: Share = 0.1
const FULL: Share = 0.9
const TELLING: Ms = 2_000
/** Of the machine: with less idle it is fully used, and not by a generator that takes less than a quarter of it. */
const NOTHING_LEFT: Share = 0.05
const LITTLE: Share = 0.25

/** What makes the generator itself unfit as a witness. */
export function generatorDefects(result: RunResult, whole: Scope): Defect[] {
  const own = result.steps.reduce((sum, { causes }) => sum + (causes['generator' satisfies Cause] ?? 0), 0)
  const relief = reliefFor(result)
  return [
    ...of('generator-late', lateness(result.health, whole), relief),
    ...of('generator-busy', business(result, whole), relief),
    ...of('generator-busy', theft(result), 'Run it again, or on a machine with processors of its own.'),
    ...of('generator-busy', shortage(result.health), 'Use fewer users: a machine has no ports for more connections.'),
    ...of('generator-busy', crowding(result), 'Use a machine with a faster network link, or send less.'),
    ...of(
      'generator-failed',
      own > 0 ? `${counted(own, 'request')} failed in the generator itself` : undefined,
      'Raise the limits of open files and local ports, or open fewer connections.',
    ),
  ]
}

function of(code: DefectCode, message: string | undefined, remedy: string): Defect[] {
  return message === undefined ? [] : [{ code, message, remedy }]
}

function reliefFor({ shards, fingerprint, health: { machine, cpu, functions }, plan }: RunResult): string {
  const slow = functionsLimit(functions)
  if (slow) return `The reason: ${slow}. Make them quicker, use more workers, or send less.`
  const own = (cpu * shards.expected) / fingerprint.machine.cores
  if (machine && machine.idle < NOTHING_LEFT && own < LITTLE) {
    const service = isLoopback(plan.target) ? '; where the service itself takes it all, send less' : ''
    const use = `${formatShare(machine.idle)} of its CPU time was left, and the generator took ${formatShare(own)}`
    return `Other processes use this machine: ${use}. End what else runs here, or use a larger machine${service}.`
  }
  const coresAreFree = shards.expected < fingerprint.machine.cores
  return `Use ${coresAreFree ? 'more threads or ' : ''}a larger machine, or send less.`
}

// Written as "not within" rather than "beyond", so that a broken number is not a healthy one.
function lateness(health: GeneratorHealth, whole: Scope): string | undefined {
  const late = Histogram.of(health.lateness)
  const [p95, p99] = [ofAllRequests(late, whole.sent, 0.95), ofAllRequests(late, whole.sent, 0.99)]
  const of95 = Math.max(LATE_P95.floor, LATE_P95.ofP95 * inMs(whole.response, 0.95))
  const of99 = Math.max(LATE_P99.floor, LATE_P99.ofP99 * inMs(whole.response, 0.99))
  if (!(p95 <= of95))
    return `Requests left the generator late: p95 of the lateness is ${formatMs(p95)}, bound ${formatMs(of95)}`
  if (!(p99 <= of99))
    return `Requests left the generator late: p99 of the lateness is ${formatMs(p99)}, bound ${formatMs(of99)}`
  return undefined
}

function business(result: RunResult, whole: Scope): string | undefined {
  const { loopDelayP99, loopUtilisation, cpu } = result.health
  const brief = loadTime(result) < TELLING
  const busy = !brief && loopUtilisation > BUSY
  const spent = brief ? Number.MAX_VALUE : SPENT
  const bound = busy
    ? Math.max(BUSY_DELAY_P99.floor, BUSY_DELAY_P99.ofP50 * inMs(whole.response, 0.5))
    : Math.max(DELAY_P99.floor, DELAY_P99.ofP95 * inMs(whole.response, 0.95))
  if (!(loopUtilisation <= spent))
    return `The generator's event loop was busy ${formatShare(loopUtilisation)} of the time`
  if (!(cpu <= spent)) return `The generator used ${formatShare(cpu)} of a core`
  if (!(loopDelayP99 <= bound))
    return `The generator's event loop was held up: p99 of the delay is ${formatMs(loopDelayP99)}, bound ${formatMs(bound)}`
  return undefined
}

function theft(result: RunResult): string | undefined {
  const stolen = result.health.machine?.stolen ?? 0
  if (loadTime(result) < TELLING || stolen <= STOLEN) return undefined
  return `The host kept back ${formatShare(stolen)} of the machine's CPU time, bound ${formatShare(STOLEN)}`
}

function shortage({ connections: { short, cap } }: GeneratorHealth): string | undefined {
  if (!short) return undefined
  return `Users waited for each other: all ${counted(cap, 'connection')} were in use, and the load has more users`
}

function crowding({ health: { link = 0 }, plan }: RunResult): string | undefined {
  if (link <= FULL || isLoopback(plan.target)) return undefined
  return `The generator's network link was ${formatShare(link)} full, bound ${formatShare(FULL)}`
}

/** Until the load was spent, to the interval above: the last request may have ended long before the window. */
function loadTime({ plan, intervals: { length, records } }: RunResult): Ms {
  const last = records.reduce((latest, { index }) => Math.max(latest, index), 0)
  return Math.min(plan.measured, length * (last + 1))
}

/**
 * The percentile of the lateness over all requests: those that follow an answer at once have nothing to be late for, and count
 * as not late. Ten users begin at one moment; a hiccup of the machine in that moment says nothing of all that they then do.
 */
function ofAllRequests(late: Histogram, requests: number, q: Share): Ms {
  const inTime = Math.max(0, requests - late.count)
  const rank = Math.ceil(q * (inTime + late.count)) - inTime
  return rank > 0 ? late.quantileAtRank(rank) / 1000 : 0
}

/** 0 without samples: only the floors count then. */
function inMs(histogram: Histogram, q: Share): Ms {
  return (histogram.quantile(q) ?? 0) / 1000
}
