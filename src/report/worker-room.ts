import { meanRequest } from '../fargate/setup/bandwidth.ts'
import { formatSize, leastMemory } from '../fargate/setup/sizes.ts'
import { needOf, ROOM_SIZES, roomOf, workerRate, workersFor } from '../fargate/setup/workers.ts'
import { demandOf } from '../plan/demand.ts'
import type { LoadPlan } from '../plan/plan.ts'
import type { Attempt, HeldRate } from '../sizing/find-rate.ts'
import { formatCount, formatMs, formatShare, type PerSecond, type Share, type Us } from '../units.ts'
import { terminalTable } from './terminal-table.ts'

/** What became of one attempt at a rate, for the log of `loadgate calibrate`. */
export function renderAttempt({ rate, cpu, unfit }: Attempt): string {
  const sent = `${formatCount(twoDigits(rate))} requests/s, at ${formatShare(twoDigits(cpu))} of a core`
  return unfit === undefined ? `${sent}: sound.` : `${sent}: not sound. ${unfit}.`
}

interface Place {
  /** Of a worker, in the units of ECS. */
  readonly cpu: number
  /** What it was measured on. */
  readonly processor: string
  /** Columns of the terminal. */
  readonly width: number
}

/** What one worker of each size sends of a plan, and where to write it, for `loadgate calibrate`. */
export function renderRooms(plan: LoadPlan, { rate, cost }: HeldRate, { cpu, processor, width }: Place): string {
  const own = workerRate(cpu, rate)
  const { count, why } = workersFor(plan, { given: 'auto', cpu, rate: own })
  return [
    `A request costs about ${formatUs(cost.perRequest)} of CPU here (${processor}); a thread with a core to itself sends ${formatCount(twoDigits(rate))} a second.`,
    '',
    ...terminalTable([HEAD, ...ROOM_SIZES.map((size) => rowOf(plan, size, rate))], width, [LIMIT]),
    '',
    ...caveats(plan).map((words) => `- ${words}`),
    '',
    `With this input a run takes ${formatCount(count)} × ${formatSize({ cpu, memory: leastMemory(cpu) })}: ${why}.`,
    '',
    `  fargate-worker-rate: ${own}/s`,
  ].join('\n')
}

const LIMIT = 'limited by'
const HEAD = ['vCPUs', 'requests/s', 'users', 'MB/s', LIMIT, 'workers for the peak']

function rowOf(plan: LoadPlan, size: number, ofCore: PerSecond): string[] {
  const rate = workerRate(size, ofCore)
  const room = roomOf(size, rate)
  const { limit } = needOf(plan, room)
  const { count } = workersFor(plan, { given: 'auto', cpu: size, rate })
  return [
    String(size / 1_024),
    formatCount(limit === 'bandwidth' ? twoDigits(room.bandwidth / meanRequest(plan)) : rate),
    formatCount(room.users),
    formatCount(room.bandwidth / 1_000_000),
    limit,
    formatCount(count),
  ]
}

function caveats(plan: LoadPlan): string[] {
  const [hyperthread, core] = [roomOf(1_024), roomOf(2_048)]
  const costly = [plan.target.startsWith('https:') && 'TLS', plan.connections.http === '2' && 'HTTP/2']
  const missing = [...costly.filter((word) => word !== false), 'long answers'].join(' and ')
  return [
    `This is not Fargate: one vCPU is taken for ${formatShare(hyperthread.rate / core.rate)} of this core, and bandwidth is assumed.`,
    `The stand-in's answers are as short as the checks allow, in plain HTTP/1.1: ${missing} cost more.`,
    ...(demandOf(plan).users > 0
      ? [
          `A user is taken to ask every ${formatMs((core.users / core.rate) * 1_000)} on average, pauses included: if faster, take more workers.`,
        ]
      : []),
  ]
}

function formatUs(us: Us): string {
  return `${twoDigits(us)} µs`
}

/** A measurement of seconds on a shared machine is no finer. */
function twoDigits(value: Us | PerSecond | Share): number {
  return Number(value.toPrecision(2))
}
