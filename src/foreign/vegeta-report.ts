import { damaged, WHOLE_FILE } from './damaged.ts'
import type { JsonFile } from './json-file.ts'
import { pointsOf, type Summary } from './summary.ts'

// `vegeta report -type=json` (tsenart/vegeta, lib/metrics.go). Times are nanoseconds; its percentiles are estimates of a
// t-digest, in earlier versions of one that may be off by a thousandth in rank.
const NS = 1e-6

export function isVegetaReport(json: JsonFile): boolean {
  return json.has('latencies') && json.has('status_codes') && json.has('requests')
}

export function vegetaReport(file: string, json: JsonFile): Summary {
  const requests = json.needed('requests')
  const statuses: Record<string, number> = {}
  let [answered, succeeded] = [0, 0]
  for (const [code] of json.members('status_codes')) {
    const count = json.needed('status_codes', code)
    answered += count
    // Code 0 is no answer.
    if (/^[1-9]\d\d$/.test(code)) statuses[code] = count
    if (/^[23]\d\d$/.test(code)) succeeded += count
  }
  if (answered !== requests)
    throw damaged(file, undefined, `requests are ${requests}, and status_codes count ${answered}`, WHOLE_FILE)
  const withStatus = Object.values(statuses).reduce((sum, count) => sum + count, 0)
  const [badly, unanswered] = [withStatus - succeeded, requests - withStatus]
  const ms = (name: string) => {
    const ns = json.amount('latencies', name)
    return ns === undefined ? undefined : ns * NS
  }
  const startedAt = Date.parse(json.text('earliest') ?? '')
  return {
    tool: 'vegeta',
    form: 'report as JSON',
    untold: ['intended-start', 'distribution', 'course', 'times-of-failures'],
    remarks: [],
    users: undefined,
    startedAt: Number.isNaN(startedAt) ? undefined : startedAt,
    target: '',
    measured: (json.needed('duration') + (json.amount('wait') ?? 0)) * NS,
    dropped: 0,
    iterations: undefined,
    parts: [
      {
        scenario: 'vegeta',
        step: 'requests',
        sent: requests,
        causes: {
          ...(badly > 0 ? { 'unexpected-status': badly } : {}),
          ...(unanswered > 0 ? { unknown: unanswered } : {}),
        },
        statuses,
        received: json.amount('bytes_in', 'total') ?? 0,
        bytesSent: json.amount('bytes_out', 'total') ?? 0,
        count: requests,
        points: pointsOf([
          [50, ms('50th')],
          [90, ms('90th')],
          [95, ms('95th')],
          [99, ms('99th')],
          [100, ms('max')],
        ]),
      },
    ],
    whole: undefined,
    course: undefined,
  }
}
