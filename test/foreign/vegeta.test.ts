// Never run against vegeta itself: the files are as its source has them (lib/results.go, lib/metrics.go).
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Histogram } from '../../src/histogram.ts'
import { BEGIN, type Place, place, runIn } from './files.ts'

let files: Place
beforeEach(() => {
  files = place()
})
afterEach(() => files[Symbol.dispose]())

const attempts = Array.from({ length: 500 }, (_, n) => ({
  at: BEGIN + n * 10,
  ms: 1 + (n % 50),
  code: n % 100 === 99 ? 503 : 200,
  error: n % 100 === 99 ? '503 Service Unavailable' : '',
}))

const JSON_LINES = attempts
  .map(({ at, ms, code, error }, seq) =>
    JSON.stringify({
      ...{ attack: 'nightly', seq, code, timestamp: new Date(at).toISOString(), latency: ms * 1_000_000 },
      ...{ bytes_out: 10, bytes_in: 2, error, body: 'b2s=', method: 'GET', url: 'http://127.0.0.1/', headers: null },
    }),
  )
  .concat(
    JSON.stringify({
      ...{ attack: 'nightly', seq: 500, code: 0, timestamp: '2026-06-01T00:00:05.123456789Z', latency: 2_500_000 },
      ...{ bytes_out: 0, bytes_in: 0, body: null, method: 'GET', url: 'http://127.0.0.1/', headers: {} },
      error: 'Get "http://127.0.0.1/": dial tcp 127.0.0.1:80: connect: connection refused',
    }),
  )
  .join('\n')

test('the JSON of attempts: successes as its own report counts them, causes by the words of Go', async () => {
  const { steps, source, plan } = await runIn(files.write('results.json', `${JSON_LINES}\n`))
  expect(steps).toHaveLength(1)
  expect(steps[0]).toMatchObject({
    ...{ scenario: 'nightly', step: 'GET http://127.0.0.1/', sent: 501, failed: 6, bytesReceived: 1_000 },
    causes: { 'unexpected-status': 5, 'connection-refused': 1 },
    statuses: { 200: 495, 503: 5 },
  })
  expect(plan.measured).toBe(5_127)
  expect(source).toMatchObject({ tool: 'vegeta', form: 'JSON of samples', grain: 0 })
})

test('the CSV of attempts, of either age, is the same run', async () => {
  const row = ({ at, ms, code, error }: (typeof attempts)[number], seq: number) =>
    [`${at}000000`, code, ms * 1_000_000, 10, 2, error, 'b2s=', 'nightly', seq].join(',')
  const old = attempts.map(row).join('\n')
  const later = attempts.map((attempt, seq) => `${row(attempt, seq)},GET,http://127.0.0.1/,`).join('\n')
  const [before, now] = [await runIn(files.write('a.csv', old)), await runIn(files.write('b.csv', later))]
  expect([before.steps[0]!.step, now.steps[0]!.step]).toEqual(['requests', 'GET http://127.0.0.1/'])
  expect(before.steps[0]).toMatchObject({ sent: 500, failed: 5 })
  expect(now.steps[0]!.response).toBe(before.steps[0]!.response)
  expect(Histogram.of(now.steps[0]!.response).count).toBe(495)
})

const REPORT = {
  latencies: {
    ...{ total: 3_009_995_580_656, mean: 273_785_299, '50th': 223_315_257, '90th': 262_145_632 },
    ...{ '95th': 271_603_494, '99th': 2_137_159_641, max: 5_772_979_420, min: 17_831_002 },
  },
  bytes_in: { total: 1_363_256, mean: 124 },
  bytes_out: { total: 373_796, mean: 34 },
  ...{ earliest: '2020-08-07T16:55:39.319895683Z', latest: '2020-08-07T16:56:09.320730933Z' },
  ...{ end: '2020-08-07T16:56:09.523609512Z', duration: 30_000_835_250, wait: 202_878_579 },
  ...{ requests: 10_994, rate: 366.4, throughput: 363.9, success: 0.99 },
  status_codes: { 0: 4, 200: 10_890, 500: 100 },
  errors: ['500 Internal Server Error'],
}

test('its report: percentiles of all attempts, failures by their codes', async () => {
  const run = await runIn(files.write('report.json', `${JSON.stringify(REPORT)}\n`))
  expect(run).toMatchObject({
    startedAt: Date.parse('2020-08-07T16:55:39.319Z'),
    source: { form: 'report as JSON', untold: ['intended-start', 'distribution', 'course', 'times-of-failures'] },
  })
  expect(run.plan.measured).toBeCloseTo(30_203.7, 1)
  expect(run.steps[0]).toMatchObject({
    ...{ sent: 10_994, failed: 104, causes: { 'unexpected-status': 100, unknown: 4 } },
    statuses: { 200: 10_890, 500: 100 },
  })
  expect(run.percentiles![0]!.points.map(({ percent, us }) => [percent, us])).toEqual([
    [50, 223_315],
    [90, 262_146],
    [95, 271_603],
    [99, 2_137_160],
    [100, 5_772_979],
  ])
})

test.each<[what: string, text: string, message: RegExp]>([
  [
    'codes that do not add up',
    JSON.stringify({ ...REPORT, requests: 9 }),
    /requests are 9, and status_codes count 10994/,
  ],
  ['a line that is cut off', JSON_LINES.slice(0, -10), /:501: the line is no whole object/],
  ['a negative latency', JSON_LINES.replace('"latency":1000000', '"latency":-5'), /:1: latency is "-5"/],
])('a file with %s is refused', async (_, text, message) => {
  await expect(runIn(files.write('results.json', text))).rejects.toThrow(message)
})
