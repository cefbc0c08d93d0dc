import type { Cause } from '../engine/shard-result.ts'
import type { EpochMs, Ms } from '../units.ts'
import { damaged, WHOLE_FILE } from './damaged.ts'
import { labelled } from './label.ts'
import type { Beside, Sample } from './sample.ts'

/** A data point of k6: one value of one metric. */
export interface Point {
  readonly metric: string
  readonly at: EpochMs
  readonly value: number
  readonly tag: (name: string) => string
}

/** The metrics that are looked at. */
export const METRICS = [
  'http_req_duration',
  'http_reqs',
  'http_req_failed',
  'dropped_iterations',
  'iterations',
  'vus',
] as const

/** Makes requests of the points of a run. Every request has a point of each of the metrics that begin with `http_req`. */
export class Points {
  readonly #file: string
  readonly #take: (sample: Sample) => void
  readonly #sums = new Map<string, number>()
  #timed = 0
  #failed = 0
  #users = 0

  constructor(file: string, take: (sample: Sample) => void) {
    this.#file = file
    this.#take = take
  }

  add(point: Point): void {
    const { metric, value } = point
    if (metric === 'vus') this.#users = Math.max(this.#users, value)
    else this.#sums.set(metric, (this.#sums.get(metric) ?? 0) + value)
    if (metric === 'http_req_duration') this.#timeOf(point)
  }

  /** Throws unless the metrics agree on how many requests there were, and on how many of them failed. */
  end(clock: Ms): Beside {
    const [requests, failed] = [this.#sums.get('http_reqs'), this.#sums.get('http_req_failed')]
    const differ = (metric: string, there: number, here: number) =>
      damaged(this.#file, undefined, `${metric} counts ${there}, but the times of requests ${here}`, WHOLE_FILE)
    if (requests !== undefined && requests !== this.#timed) throw differ('http_reqs', requests, this.#timed)
    if (failed !== undefined && failed !== this.#failed) throw differ('http_req_failed', failed, this.#failed)
    return {
      dropped: this.#sums.get('dropped_iterations') ?? 0,
      iterations: this.#sums.get('iterations'),
      users: this.#users,
      clock,
    }
  }

  #timeOf({ at, value, tag }: Point): void {
    const status = /^[1-9]\d\d$/.test(tag('status')) ? Number(tag('status')) : undefined
    const cause = hasFailed(tag('expected_response'), status) ? causeOf(tag('error_code'), status) : undefined
    this.#timed++
    if (cause !== undefined) this.#failed++
    this.#take({
      scenario: labelled(tag('scenario'), 'k6'),
      step: labelled(`${tag('method')} ${tag('name') || tag('url')}`, 'without a name'),
      end: at,
      elapsed: value,
      cause,
      status,
      received: 0,
      sent: 0,
      users: 0,
    })
  }
}

/** As the script's own response callback has it; where it is switched off, by the status. */
function hasFailed(expected: string, status: number | undefined): boolean {
  return expected === '' ? status === undefined || status >= 400 : expected !== 'true'
}

// The error codes of k6, from its documentation ("Error codes"); 1400 to 1599 repeat the status.
const CODES: readonly (readonly [RegExp, Cause])[] = [
  [/^1050$/, 'timeout'],
  [/^11\d\d$/, 'unresolved-host'],
  [/^1211$/, 'connect-timeout'],
  [/^1212$/, 'connection-refused'],
  [/^1220$/, 'connection-reset'],
  [/^12\d\d$/, 'unreachable'],
  [/^13\d\d$/, 'tls'],
  [/^1[67]\d\d$/, 'malformed-answer'],
]

function causeOf(code: string, status: number | undefined): Cause {
  if (status !== undefined) return 'unexpected-status'
  return CODES.find(([pattern]) => pattern.test(code))?.[1] ?? 'unknown'
}
