// Never run against k6 itself: the files are as its documentation and its source have them.
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Histogram } from '../../src/histogram.ts'
import { BEGIN, type Place, place, runIn } from './files.ts'

let files: Place
beforeEach(() => {
  files = place()
})
afterEach(() => files[Symbol.dispose]())

const HEADER =
  'metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,scenario,service,status,subproto,tls_version,url,extra_tags,metadata'

interface Answer {
  readonly second: number
  readonly ms: number
  readonly name?: string
  readonly status?: number
  readonly expected?: boolean
  readonly code?: string
}

function csv(answers: readonly Answer[], more: readonly string[] = []): string {
  const rows = answers.flatMap(
    ({ second, ms, name = 'http://127.0.0.1/', status = 200, expected = true, code = '' }) => {
      const tags = `,,${code},${expected},,GET,${name},HTTP/1.1,default,,${status},,,${name},,`
      const row = (metric: string, value: number) => `${metric},${BEGIN / 1_000 + second},${value.toFixed(6)},${tags}`
      return [
        ...[row('http_reqs', 1), row('http_req_duration', ms), row('http_req_blocked', 0.1)],
        ...[row('http_req_waiting', ms), row('http_req_failed', expected ? 0 : 1)],
      ]
    },
  )
  const vus = `vus,${BEGIN / 1_000},25.000000${',,,,,,,,,,,,,,,,'}`
  return [HEADER, vus, ...rows, ...more].join('\n').concat('\n')
}

const answers = Array.from(
  { length: 1_000 },
  (_, n): Answer => ({ second: Math.floor(n / 100), ms: 1 + (n % 100) / 2 }),
)

test('the CSV of samples: whole seconds, times to the microsecond, and counts that agree', async () => {
  const failing: Answer[] = [
    { second: 3, ms: 5, name: 'pay', status: 503, expected: false, code: '1503' },
    { second: 4, ms: 60_000, name: 'pay', status: 0, expected: false, code: '1050' },
    // A callback may expect what others take for an error.
    { second: 5, ms: 4, name: 'pay', status: 404, expected: true, code: '1404' },
  ]
  const dropped = `dropped_iterations,${BEGIN / 1_000 + 2},7.000000${',,,,,,,,,,,,,,,,'}`
  const { steps, plan, source, iterations } = await runIn(
    files.write('out.csv', csv([...answers, ...failing], [dropped])),
  )
  expect(steps.map(({ scenario, step, sent, failed }) => [scenario, step, sent, failed])).toEqual([
    ['default', 'GET http://127.0.0.1/', 1_000, 0],
    ['default', 'GET pay', 3, 2],
  ])
  expect(steps[1]).toMatchObject({
    causes: { 'unexpected-status': 1, timeout: 1 },
    statuses: { 404: 1, 503: 1 },
  })
  // Within the slot of the histogram, which is 16 µs wide here.
  expect(Math.abs(Histogram.of(steps[0]!.response).quantile(0.5)! - 25_500)).toBeLessThanOrEqual(8)
  expect(iterations).toMatchObject({ planned: 7, dropped: 7 })
  expect(source).toMatchObject({ tool: 'k6', form: 'CSV of samples', users: 25, remarks: ['without-connecting'] })
  // The answer after a minute began before all others; a second is as exact as its moments are.
  expect(plan.measured).toBe(56_000 + 9_000 + 1_000)
})

const point = (metric: string, ms: number, value: number, tags: object) =>
  JSON.stringify({
    metric,
    type: 'Point',
    data: { time: new Date(BEGIN + ms).toISOString().replace('Z', '123456Z'), value, tags },
  })

test('the JSON of samples is the same run', async () => {
  const tags = { expected_response: 'true', group: '', method: 'GET', name: 'home', scenario: 'browse', status: '200' }
  const lines = [
    '{"type":"Metric","data":{"name":"http_req_duration","type":"trend","contains":"time","tainted":null,"thresholds":[],"submetrics":[{"name":"http_req_duration{expected_response:true}"}]},"metric":"http_req_duration"}',
    ...Array.from({ length: 300 }, (_, n) => [
      point('http_reqs', n * 10, 1, tags),
      point('http_req_duration', n * 10, 2 + (n % 10), tags),
      point('http_req_failed', n * 10, 0, tags),
      point('data_sent', n * 10, 80, { group: '' }),
    ]).flat(),
    point('vus', 2_000, 8, {}),
  ]
  const { steps, source, plan } = await runIn(files.write('out.json', `${lines.join('\n')}\n`))
  expect(steps[0]).toMatchObject({ scenario: 'browse', step: 'GET home', sent: 300, statuses: { 200: 300 } })
  expect(source).toMatchObject({ form: 'JSON of samples', users: 8 })
  expect(plan.measured).toBe(2_993)
})

test.each<[what: string, text: string, message: RegExp]>([
  [
    'a request without a time',
    csv(answers.slice(0, 3)).replace(/http_req_duration,.*\n/, ''),
    /http_reqs counts 3, but the times of requests 2/,
  ],
  [
    'a failure that is none by its tag',
    csv([{ second: 0, ms: 3, expected: false }]).replace(/(http_req_duration.*),false,/, '$1,true,'),
    /http_req_failed counts 1, but the times of requests 0/,
  ],
  ['a line that is cut off', `${csv(answers.slice(0, 2))}http_reqs,178`, /:\d+: the line has 2 of 19 columns/],
  ['no moment', csv([{ second: Number.NaN, ms: 3 }]), /:3: timestamp is "NaN", and no moment/],
])('a CSV with %s is refused', async (_, text, message) => {
  await expect(runIn(files.write('out.csv', text))).rejects.toThrow(message)
})

test('a JSON line that is cut off is refused with its place', async () => {
  const text = `${point('http_reqs', 1, 1, {})}\n${point('http_req_duration', 1, 5, {}).slice(0, 60)}`
  await expect(runIn(files.write('out.json', text))).rejects.toThrow(/out\.json:2: the line is no whole object/)
})

const VALUES = { avg: 30.1, min: 2.5, med: 25.25, max: 400.5, 'p(90)': 60.125, 'p(95)': 95.0625 }
const EXPORT = {
  root_group: { name: '', path: '', id: 'd41d8cd98f00b204e9800998ecf8427e', groups: {}, checks: {} },
  metrics: {
    http_reqs: { count: 6_000, rate: 100 },
    http_req_failed: { passes: 30, fails: 5_970, value: 0.005 },
    'http_req_duration{expected_response:true}': VALUES,
    http_req_duration: { ...VALUES, max: 900, thresholds: { 'p(95)<500': false } },
    iterations: { count: 6_000, rate: 100 },
    dropped_iterations: { count: 12, rate: 0.2 },
    vus: { value: 20, min: 1, max: 25 },
  },
}
const HANDLED = {
  root_group: {},
  options: { summaryTrendStats: ['med', 'p(95)'], summaryTimeUnit: '', noColor: false },
  state: { isStdOutTTY: true, isStdErrTTY: true, testRunDurationMs: 60_123.5 },
  metrics: {
    http_reqs: { type: 'counter', contains: 'default', values: { count: 6_000, rate: 99.8 } },
    http_req_failed: { type: 'rate', contains: 'default', values: { rate: 0.005, passes: 30, fails: 5_970 } },
    http_req_duration: { type: 'trend', contains: 'time', values: VALUES, thresholds: { 'p(95)<500': { ok: true } } },
  },
}

test('--summary-export: numbers by percentile, of the successes, and nothing else', async () => {
  const run = await runIn(files.write('summary.json', JSON.stringify(EXPORT, undefined, 4)), 'shop')
  expect(run).toMatchObject({
    profile: 'shop',
    plan: { measured: 60_000 },
    iterations: { planned: 6_012, dropped: 12 },
    source: { form: 'summary as JSON', users: 25, untold: ['intended-start', 'distribution', 'course', 'begin'] },
  })
  expect(run.steps[0]).toMatchObject({ sent: 6_000, failed: 30, causes: { unknown: 30 }, response: 'h1:' })
  expect(run.percentiles).toEqual([
    {
      steps: [0],
      count: 5_970,
      points: [
        { percent: 50, us: 25_250, error: 0 },
        { percent: 90, us: 60_125, error: 0 },
        { percent: 95, us: 95_063, error: 0 },
        { percent: 100, us: 400_500, error: 0 },
      ],
    },
  ])
})

test('what handleSummary is given: without the times of successes alone they are of all requests', async () => {
  const { plan, percentiles, source } = await runIn(files.write('summary.json', JSON.stringify(HANDLED)))
  expect(plan.measured).toBe(60_123.5)
  expect(percentiles![0]!.count).toBe(6_000)
  expect(source?.untold).toContain('times-of-failures')
})

test.each<[what: string, change: object, message: RegExp]>([
  ['failures that are not told', { http_req_failed: undefined }, /does not tell how many requests failed/],
  [
    'counts that do not agree',
    { http_req_failed: { passes: 1, fails: 2 } },
    /http_reqs counts 6,000 requests, and .* 3/,
  ],
  ['no request', { http_reqs: undefined }, /no http_reqs/],
  ['a number that is none', { http_reqs: { count: 'many' } }, /metrics\.http_reqs\.count is no number/],
])('a summary with %s is refused', async (_, change, message) => {
  const text = JSON.stringify({ ...EXPORT, metrics: { ...EXPORT.metrics, ...change } })
  await expect(runIn(files.write('summary.json', text))).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(message),
  })
})
