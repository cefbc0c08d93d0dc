import type { Cause } from '../engine/shard-result.ts'
import type { Percentile } from '../result/result.ts'
import type { Ms } from '../units.ts'
import { damaged } from './damaged.ts'
import { labelled } from './label.ts'
import { pointsOf, type Summary, type SummaryFormat } from './summary.ts'

// What wrk prints (wg/wrk, src/wrk.c), and wrk2 with its HdrHistogram (giltene/wrk2). A time has two places and a unit.
export const WRK: SummaryFormat = { kind: 'summary', read }

const FIRST = /^Running (\S+)(?: test)? @ (\S+)/
const USERS = /^\s*\d+ threads and (\d+) connections/m
const TOTAL = /^\s*(\d+) requests in ([\d.]+)(us|ms|s|m|h), /m
const SOCKETS = /^\s*Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/m
const STATUSES = /^\s*Non-2xx or 3xx responses: (\d+)/m
const PERCENTILE = /^\s*([\d.]+)%\s+([\d.]+)(us|ms|s|m|h)\s*$/gm
/** Of the spectrum: milliseconds, share, requests so far, and the odds. */
const SPECTRUM = /^\s*(\d+\.\d+)\s+([01]\.\d+)\s+\d+\s+(?:[\d.]+|inf)\s*$/gm
const LATENCY = /^\s*Latency\s+\S+\s+\S+\s+([\d.]+)(us|ms|s|m|h)\s/m
const UNIT: Readonly<Record<string, Ms>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

export function isWrk(head: string): boolean {
  return FIRST.test(head)
}

function read(file: string, text: string): Summary {
  if ((text.match(/^Running \S+(?: test)? @ /gm)?.length ?? 0) > 1)
    throw damaged(file, undefined, 'it holds several runs', 'Give each run a file of its own.')
  const [, , target = ''] = FIRST.exec(text) ?? []
  const [, count, time, unit] = TOTAL.exec(text) ?? []
  if (count === undefined || time === undefined || unit === undefined)
    throw damaged(file, undefined, 'the line "… requests in …" is not there', 'Keep all that wrk prints, to its end.')
  const complete = Number(count)
  const [connect = 0, reading = 0, writing = 0, timeout = 0] = (SOCKETS.exec(text)?.slice(1) ?? []).map(Number)
  const status = Number(STATUSES.exec(text)?.[1] ?? 0)
  if (status + timeout > complete) throw damaged(file, undefined, 'more requests failed than were answered', TWICE)
  const isWrk2 = text.includes('HdrHistogram')
  const causes: [Cause, number][] = [
    ['unreachable', connect],
    ['connection-closed', reading + writing],
    ['timeout', timeout],
    ['unexpected-status', status],
  ]
  return {
    tool: isWrk2 ? 'wrk2' : 'wrk',
    form: 'text',
    untold: [...(isWrk2 ? [] : (['intended-start'] as const)), 'distribution', 'course', 'times-of-failures'],
    remarks: [],
    users: Number(USERS.exec(text)?.[1] ?? 0) || undefined,
    startedAt: undefined,
    target: labelled(target, ''),
    measured: Number(time) * UNIT[unit]!,
    dropped: 0,
    iterations: undefined,
    parts: [
      {
        scenario: 'wrk',
        step: 'requests',
        // What ended in a socket was sent and is not among the complete ones.
        sent: complete + connect + reading + writing,
        causes: Object.fromEntries(causes.filter(([, failed]) => failed > 0)),
        statuses: {},
        received: 0,
        bytesSent: 0,
        count: complete,
        points: isWrk2 ? spectrumIn(text) : percentilesIn(text),
      },
    ],
    whole: undefined,
    course: undefined,
  }
}

const TWICE = 'Slow answers with a bad status are counted twice by wrk: raise its --timeout.'

/** Of its last place as printed, half. */
function printedTo(unit: string): Ms {
  return 0.005 * UNIT[unit]!
}

function percentilesIn(text: string): readonly Percentile[] {
  const [, slowest, unit = 'ms'] = LATENCY.exec(text) ?? []
  const found = [...text.matchAll(PERCENTILE)].map(
    ([, percent, time, unit]) => [Number(percent), Number(time) * UNIT[unit!]!, printedTo(unit!)] as const,
  )
  const all = slowest === undefined ? found : [...found, [100, Number(slowest) * UNIT[unit]!, printedTo(unit)] as const]
  return all.flatMap(([percent, ms, error]) => pointsOf([[percent, ms]], () => error))
}

/** The short list of wrk2 and its spectrum: of a percentile in both the short list has the rounded one. */
function spectrumIn(text: string): readonly Percentile[] {
  const spectrum = [...text.matchAll(SPECTRUM)].map(
    ([, ms, share]) => [Math.round(Number(share) * 1e8) / 1e6, Number(ms)] as const,
  )
  // The highest time at a percent: the spectrum steps on until it has passed it.
  const points = new Map(spectrum.filter(([percent]) => percent > 0))
  for (const { percent, us } of percentilesIn(text.replace(LATENCY, '')))
    if (!points.has(percent)) points.set(percent, us / 1_000)
  return pointsOf([...points], (ms) => 0.001 * ms + 0.01)
}
