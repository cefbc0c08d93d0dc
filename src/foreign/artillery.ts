import type { Cause } from '../engine/shard-result.ts'
import { damaged, WHOLE_FILE } from './damaged.ts'
import type { JsonFile } from './json-file.ts'
import { type KnownTimes, pointsOf, type Summary, type SummaryPart } from './summary.ts'

// `artillery run --output FILE`, Artillery 2 (artilleryio/artillery, packages/core/lib/ssms): counters and summaries by name.
// Times are milliseconds from a DDSketch, which is off by at most 1 %, and are written with one place.
const TIMES = 'http.response_time'
const ENDPOINT = 'plugins.metrics-by-endpoint.'
const SKETCH = 0.01

export function isArtillery(json: JsonFile): boolean {
  return json.has('aggregate') && (json.has('aggregate', 'counters') || json.has('aggregate', 'scenariosCreated'))
}

export function artillery(file: string, json: JsonFile): Summary {
  const counter = (name: string) => json.amount('aggregate', 'counters', name) ?? 0
  const requests = counter('http.requests')
  if (requests === 0)
    throw damaged(
      file,
      undefined,
      'there is no request of HTTP in it: no counter http.requests',
      'Read what `artillery run --output` of Artillery 2 wrote, of a script with HTTP requests.',
    )
  const [first, last] = [json.amount('aggregate', 'firstMetricAt'), json.amount('aggregate', 'lastMetricAt')]
  if (first === undefined || last === undefined || last <= first)
    throw damaged(file, undefined, 'it does not tell how long it was: no firstMetricAt and lastMetricAt', WHOLE_FILE)
  return {
    tool: 'Artillery',
    form: 'report as JSON',
    untold: ['intended-start', 'distribution', 'course', 'times-of-failures'],
    remarks: ['to-the-first-byte'],
    users: undefined,
    startedAt: first,
    target: '',
    measured: last - first,
    dropped: counter('vusers.skipped'),
    iterations: counter('vusers.created') || undefined,
    parts: [partOf(file, json, requests)],
    whole: undefined,
    course: undefined,
  }
}

function partOf(file: string, json: JsonFile, requests: number): SummaryPart {
  const statuses: Record<string, number> = {}
  let [answered, badly, errors] = [0, 0, 0]
  for (const [name] of json.members('aggregate', 'counters')) {
    if (name.startsWith(ENDPOINT)) continue
    const count = json.needed('aggregate', 'counters', name)
    const [, code] = /^http\.codes\.([1-9]\d\d)$/.exec(name) ?? []
    if (code !== undefined) {
      statuses[code] = count
      answered += count
      if (Number(code) >= 400) badly += count
    }
    if (name.startsWith('errors.')) errors += count
  }
  if (answered > requests)
    throw damaged(file, undefined, `http.requests counts ${requests}, and http.codes ${answered}`, WHOLE_FILE)
  // An error may be a request without an answer, or an answer that a check refused: whatever is more has failed.
  const others = Math.min(requests - badly, Math.max(requests - answered, errors))
  const causes: [Cause, number][] = [
    ['unexpected-status', badly],
    ['unknown', others],
  ]
  return {
    scenario: 'Artillery',
    step: 'requests',
    sent: requests,
    causes: Object.fromEntries(causes.filter(([, count]) => count > 0)),
    statuses,
    received: json.amount('aggregate', 'counters', 'http.downloaded_bytes') ?? 0,
    bytesSent: 0,
    ...timesIn(json),
  }
}

function timesIn(json: JsonFile): KnownTimes {
  const value = (name: string) => json.amount('aggregate', 'summaries', TIMES, name)
  return {
    count: value('count') ?? 0,
    points: pointsOf(
      [
        [50, value('median') ?? value('p50')],
        [75, value('p75')],
        [90, value('p90')],
        [95, value('p95')],
        [99, value('p99')],
        [99.9, value('p999')],
        [100, value('max')],
      ],
      (ms) => SKETCH * ms + 0.05,
    ),
  }
}
