// wrk, Locust and Artillery; the first two are run for real by test/heavy/other-generators.test.ts.
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { BEGIN, type Place, place, runIn } from './files.ts'

let files: Place
beforeEach(() => {
  files = place()
})
afterEach(() => files[Symbol.dispose]())

const WRK = `Running 30s test @ http://user:secret@127.0.0.1:8080/
  12 threads and 400 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   635.91us    0.89ms  12.92ms   93.69%
    Req/Sec    56.20k     8.07k   62.00k    86.54%
  Latency Distribution
     50%  250.00us
     75%  491.00us
     90%  700.00us
     99%    5.80ms
  22464657 requests in 30.00s, 17.76GB read
  Socket errors: connect 2, read 3, write 4, timeout 5
  Non-2xx or 3xx responses: 100
Requests/sec: 748868.53
Transfer/sec:    606.33MB
`

test('wrk: its few percentiles, as exact as they are printed', async () => {
  const run = await runIn(files.write('wrk.txt', WRK))
  expect(run).toMatchObject({
    plan: { measured: 30_000, target: 'http://***@127.0.0.1:8080/' },
    source: {
      tool: 'wrk',
      users: 400,
      untold: ['intended-start', 'distribution', 'course', 'times-of-failures', 'begin'],
    },
  })
  expect(run.steps[0]).toMatchObject({
    ...{ sent: 22_464_666, failed: 114 },
    causes: { unreachable: 2, 'connection-closed': 7, timeout: 5, 'unexpected-status': 100 },
  })
  expect(run.percentiles).toEqual([
    {
      steps: [0],
      count: 22_464_657,
      points: [
        { percent: 50, us: 250, error: 0 },
        { percent: 75, us: 491, error: 0 },
        { percent: 90, us: 700, error: 0 },
        { percent: 99, us: 5_800, error: 5 },
        { percent: 100, us: 12_920, error: 5 },
      ],
    },
  ])
})

const WRK2 = `Running 1m test @ http://localhost:8081
  1 threads and 64 connections
  Thread calibration: mean lat.: 1.520ms, rate sampling interval: 10ms
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.47ms  705.08us  10.63ms   68.84%
    Req/Sec     2.11k   260.26     3.56k    67.12%
  Latency Distribution (HdrHistogram - Recorded Latency)
 50.000%    1.40ms
 99.900%    6.43ms
100.000%   10.64ms

  Detailed Percentile spectrum:
       Value   Percentile   TotalCount 1/(1-Percentile)

       0.066     0.000000            1         1.00
       1.405     0.500000        49721         2.00
       2.409     0.900000        89481        10.00
       2.703     0.950000        94481        20.00
       2.797     0.962500        95700        26.67
      10.639     1.000000        99421          inf
#[Mean    =        1.467, StdDeviation   =        0.705]
#[Max     =       10.632, Total count    =        99421]
----------------------------------------------------------
  119421 requests in 1.00m, 8.09MB read
Requests/sec:   1990.28
Transfer/sec:    138.00KB
`

test('wrk2: every point of its spectrum', async () => {
  const { percentiles, source, plan } = await runIn(files.write('wrk2.txt', WRK2))
  expect(source).toMatchObject({ tool: 'wrk2', untold: ['distribution', 'course', 'times-of-failures', 'begin'] })
  expect(plan.measured).toBe(60_000)
  expect(percentiles![0]!.points.map(({ percent, us }) => [percent, us])).toEqual([
    [50, 1_405],
    [90, 2_409],
    [95, 2_703],
    [96.25, 2_797],
    [99.9, 6_430],
    [100, 10_639],
  ])
})

test.each<[what: string, text: string, message: RegExp]>([
  ['no end', WRK.slice(0, 300), /the line "… requests in …" is not there/],
  ['two runs', WRK + WRK, /it holds several runs/],
])('a text of wrk with %s is refused', async (_, text, message) => {
  await expect(runIn(files.write('wrk.txt', text))).rejects.toThrow(message)
})

const PERCENTS = '50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%'
const stats = (rows: readonly string[]) =>
  [
    `Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,${PERCENTS}`,
    ...rows,
    '',
  ].join('\r\n')
const HOME = 'GET,/,900,0,12,13.1,3.2,240.7,100.0,30.0,0.0,12,14,16,17,22,41,60,120,210,240,240'
const PAY = 'POST,/pay,100,10,45,52.3,10.1,1300.9,50.0,3.33,0.33,45,50,55,60,150,320,890,1200,1300,1300,1300'
const ALL = ',Aggregated,1000,10,13,17.2,3.2,1300.9,95.0,33.33,0.33,13,15,17,19,31,64,160,420,1300,1300,1300'
const historyRow = (second: number, requests: number, failures: number) =>
  `${BEGIN / 1_000 + second},20,,Aggregated,33.0,0.3,${'1,'.repeat(11)}${requests},${failures},13,17.2,3.2,1300.9,95.0`
const HISTORY = [
  `Timestamp,User Count,Type,Name,Requests/s,Failures/s,${PERCENTS},Total Request Count,Total Failure Count,Total Median Response Time,Total Average Response Time,Total Min Response Time,Total Max Response Time,Total Average Content Size`,
  ...Array.from({ length: 31 }, (_, second) => historyRow(second, second * 33, Math.floor(second / 3))),
].join('\r\n')
const FAILURES = `Method,Name,Error,Occurrences\r\nPOST,/pay,"HTTPError('503 Server Error: Service Unavailable for url: /pay')",7\r\nPOST,/pay,"ConnectionRefusedError(111, 'Connection refused')",2\r\n`

test('Locust: names and methods with the percentiles of each, and of all', async () => {
  const run = await runIn(files.write('run_stats.csv', stats([HOME, PAY, ALL])))
  expect(run.steps.map(({ step, sent, failed }) => [step, sent, failed])).toEqual([
    ['GET /', 900, 0],
    ['POST /pay', 100, 10],
  ])
  expect(run.plan.measured).toBe(30_003)
  expect(run.percentiles!.map(({ steps, count }) => [steps, count])).toEqual([
    [[0, 1], 1_000],
    [[0], 900],
    [[1], 100],
  ])
  const at = (part: number, percent: number) =>
    run.percentiles![part]!.points.find((point) => point.percent === percent)
  expect([at(0, 95), at(2, 95), at(2, 99.9)]).toEqual([
    { percent: 95, us: 64_000, error: 1_000 },
    { percent: 95, us: 320_000, error: 5_000 },
    { percent: 99.9, us: 1_300_000, error: 50_000 },
  ])
  expect(run.steps[1]!.causes).toEqual({ unknown: 10 })
})

test('Locust: what lies beside the statistics tells when and why', async () => {
  files.write('run_stats_history.csv', HISTORY)
  files.write('run_failures.csv', FAILURES)
  const run = await runIn(files.write('run_stats.csv', stats([HOME, PAY, ALL])))
  expect(run).toMatchObject({
    startedAt: BEGIN,
    plan: { measured: 30_000 },
    source: { users: 20, untold: ['intended-start', 'distribution', 'times-of-failures'] },
  })
  expect(run.intervals.records).toHaveLength(30)
  expect(run.intervals.records[5]).toMatchObject({ index: 5, succeeded: 32, failed: 1 })
  // What came after the last row.
  expect(run.intervals.records[29]).toMatchObject({ index: 29, succeeded: 42, failed: 1 })
  expect(run.steps[1]).toMatchObject({
    causes: { 'unexpected-status': 7, 'connection-refused': 2, unknown: 1 },
    statuses: { 503: 7 },
  })
})

test.each<[what: string, beside: readonly [string, string] | undefined, text: string, message: RegExp]>([
  ['no row of all', undefined, stats([HOME, PAY]), /:3: the last row is not that of all requests/],
  ['rows that do not add up', undefined, stats([HOME, ALL]), /:3: "Aggregated" has 1000 requests, and its rows 900/],
  [
    'a cell that is no number',
    undefined,
    stats([HOME.replace('900', 'many'), PAY, ALL]),
    /:2: Request Count is "many"/,
  ],
  [
    'the failures of another run',
    ['run_failures.csv', FAILURES.replace(',7', ',70')],
    stats([HOME, PAY, ALL]),
    /run_failures\.csv:2: POST \/pay has failed 10 times only/,
  ],
  [
    'the history of another run',
    ['run_stats_history.csv', HISTORY.replaceAll(',990,', ',2000,')],
    stats([HOME, PAY, ALL]),
    /run_stats_history\.csv: it counts 2000 requests, and the statistics beside it 1000/,
  ],
])('Locust with %s is refused', async (_, beside, text, message) => {
  if (beside) files.write(...beside)
  await expect(runIn(files.write('run_stats.csv', text))).rejects.toThrow(message)
})

// As the documentation of Artillery has it; never run against Artillery itself.
const ARTILLERY = {
  aggregate: {
    counters: {
      ...{ 'vusers.created': 3_060, 'vusers.failed': 1_797, 'vusers.completed': 1_263, 'vusers.skipped': 3 },
      ...{ 'http.requests': 4_323, 'http.responses': 2_526, 'http.codes.200': 2_500, 'http.codes.500': 26 },
      ...{ 'errors.ETIMEDOUT': 1_797, 'plugins.metrics-by-endpoint./dino.errors.ETIMEDOUT': 1_797 },
    },
    rates: { 'http.request_rate': 13 },
    ...{ firstCounterAt: 1_737_045_325_030, firstHistogramAt: 1_737_045_326_009, period: 1_737_045_690_000 },
    ...{ firstMetricAt: 1_737_045_325_030, lastMetricAt: 1_737_045_694_150 },
    summaries: {
      'http.response_time': {
        ...{ min: 220, max: 1_120, count: 2_526, mean: 242.2, p50: 232.8, median: 232.8 },
        ...{ p75: 247.2, p90: 252.2, p95: 257.3, p99: 415.8, p999: 620.3 },
      },
    },
    histograms: {},
  },
  intermediate: [],
}

test('Artillery: counters, codes and the percentiles of its sketch', async () => {
  const run = await runIn(files.write('report.json', JSON.stringify(ARTILLERY, undefined, 2)))
  expect(run).toMatchObject({
    ...{ startedAt: 1_737_045_325_030, plan: { measured: 369_120 }, iterations: { planned: 3_063, dropped: 3 } },
    source: { tool: 'Artillery', remarks: ['to-the-first-byte'] },
  })
  expect(run.steps[0]).toMatchObject({
    ...{ sent: 4_323, failed: 1_823, causes: { 'unexpected-status': 26, unknown: 1_797 } },
    statuses: { 200: 2_500, 500: 26 },
  })
  expect(run.percentiles![0]!.points.find(({ percent }) => percent === 95)).toEqual({
    ...{ percent: 95, us: 257_300, error: 2_623 },
  })
})

test.each<[what: string, change: object, message: RegExp]>([
  ['no HTTP', { counters: { 'vusers.created': 1 } }, /no counter http\.requests/],
  ['no length', { lastMetricAt: undefined }, /no firstMetricAt and lastMetricAt/],
])('Artillery with %s is refused', async (_, change, message) => {
  const text = JSON.stringify({ aggregate: { ...ARTILLERY.aggregate, ...change } })
  await expect(runIn(files.write('report.json', text))).rejects.toThrow(message)
})
