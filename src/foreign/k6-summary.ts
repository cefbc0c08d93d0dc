import { counted } from '../units.ts'
import { damaged, WHOLE_FILE } from './damaged.ts'
import type { JsonFile } from './json-file.ts'
import { pointsOf, type Summary } from './summary.ts'

// What `--summary-export` writes, with the values of a metric in the metric itself, and what handleSummary() is given
// (grafana/k6, js/summary.go), with the values in `values`. Times are milliseconds.
const SUCCESSES = 'http_req_duration{expected_response:true}'
const ALL = 'http_req_duration'

export function isK6Summary(json: JsonFile): boolean {
  return json.has('metrics', ALL) || json.has('metrics', 'iterations') || json.has('metrics', 'http_reqs')
}

export function k6Summary(file: string, json: JsonFile): Summary {
  const value = (metric: string, name: string) =>
    json.amount('metrics', metric, 'values', name) ?? json.amount('metrics', metric, name)
  const requests = value('http_reqs', 'count')
  if (requests === undefined) throw damaged(file, undefined, 'there is no request in it: no http_reqs', WHOLE_FILE)
  const failed = failuresIn(file, requests, value)
  const rate = value('http_reqs', 'rate') ?? 0
  const own = json.has('metrics', SUCCESSES)
  const measured = json.amount('state', 'testRunDurationMs') ?? (rate > 0 ? (requests / rate) * 1_000 : 0)
  const times = own ? SUCCESSES : ALL
  const names = [...json.members('metrics', times, 'values'), ...json.members('metrics', times)].map(([name]) => name)
  const percents = [...new Set(names)].flatMap((name): (readonly [number, number | undefined])[] => {
    const percent = percentOf(name)
    return percent === undefined ? [] : [[percent, value(times, name)]]
  })
  return {
    tool: 'k6',
    form: 'summary as JSON',
    untold: ['intended-start', 'distribution', 'course', ...(own ? [] : (['times-of-failures'] as const))],
    remarks: ['without-connecting'],
    users: value('vus', 'max') || undefined,
    startedAt: undefined,
    target: '',
    measured,
    dropped: value('dropped_iterations', 'count') ?? 0,
    iterations: value('iterations', 'count'),
    parts: [
      {
        scenario: 'k6',
        step: 'requests',
        sent: requests,
        causes: failed > 0 ? { unknown: failed } : {},
        statuses: {},
        received: 0,
        bytesSent: 0,
        count: own ? requests - failed : requests,
        points: pointsOf(percents),
      },
    ],
    whole: undefined,
    course: undefined,
  }
}

type ValueOf = (metric: string, name: string) => number | undefined

/** A rate counts those that are true in `passes`: of http_req_failed, the failures. */
function failuresIn(file: string, requests: number, value: ValueOf): number {
  const [passes, fails] = [value('http_req_failed', 'passes'), value('http_req_failed', 'fails')]
  const rate = value('http_req_failed', 'rate') ?? value('http_req_failed', 'value')
  if (passes !== undefined && fails !== undefined && passes + fails !== requests)
    throw damaged(
      file,
      undefined,
      `http_reqs counts ${counted(requests, 'request')}, and http_req_failed ${passes + fails}`,
      WHOLE_FILE,
    )
  const failed = passes ?? (rate === undefined ? undefined : Math.round(rate * requests))
  if (failed !== undefined && failed <= requests) return failed
  throw damaged(
    file,
    undefined,
    'it does not tell how many requests failed: no http_req_failed',
    'Leave the response callback on (http.setResponseCallback), and the metric in what handleSummary writes.',
  )
}

/** `p(95)`, `med` and `max`. */
function percentOf(name: string): number | undefined {
  if (name === 'med') return 50
  if (name === 'max') return 100
  const percent = Number(/^p\((\d+(?:\.\d+)?)\)$/.exec(name)?.[1] ?? Number.NaN)
  return percent > 0 && percent < 100 ? percent : undefined
}
