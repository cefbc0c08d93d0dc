import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { compareCommand, compareFiles } from '../../src/command-line/compare-files.ts'
import { createOutput } from '../../src/output/output.ts'
import { readReport } from '../../src/report/report-file.ts'
import { BEGIN, jtl, type MadeRequest, type Place, place, requests } from '../foreign/files.ts'

let files: Place
let told: string
beforeEach(() => {
  files = place()
  told = ''
})
afterEach(() => files[Symbol.dispose]())

const stream = { columns: 100, write: (text: string) => (told += text) }
const output = () => createOutput({ stdout: stream, stderr: stream, github: false })
const compared = (...argv: readonly string[]) => compareFiles(argv, output())
const command = (...argv: readonly string[]) => compareCommand(argv, output(), new AbortController().signal)

/** Twenty values around a p95 of `slow`, in an order that no block sees a different mix of. */
const times = (slow: number) => Array.from({ length: 20 }, (_, n) => (n === 7 ? slow + 2 : n === 13 ? slow : 20 + n))
const run = (name: string, slow: number, later = 0, more: readonly MadeRequest[] = []) =>
  files.write(name, jtl([...requests(3_000, 50, times(slow)).map((row) => ({ ...row, at: row.at + later })), ...more]))
const before = () => [1, 2, 3].map((n) => run(`before-${n}.jtl`, 100 + n, n * 100_000))

test('a JTL is judged beside three others by the default budgets', async () => {
  const { comparison, result } = await compared(run('now.jtl', 103, 900_000), ...before())
  expect(comparison.budgets.map(({ budget }) => budget.text)).toEqual([
    'p95 < baseline + 10 % and + 5 ms (default)',
    'errors < 1 % (default)',
  ])
  expect(comparison.baseline).toMatchObject({ comparable: 3, refused: [] })
  expect(result.source?.tool).toBe('JMeter')
  // Three runs bound a p95 to some 30 %.
  expect(comparison.budgets.map(({ judgement }) => judgement.kind)).toEqual(['undecided', 'holds'])
  const same = await compared('--budget', 'p95 < baseline + 50 %', run('now.jtl', 103, 900_000), ...before())
  expect(same.verdict).toMatchObject({ outcome: 'pass' })
  const slow = await compared(run('slow.jtl', 220, 900_000), ...before())
  expect(slow.verdict).toMatchObject({ outcome: 'fail', reason: expect.stringMatching(/^p95 is 22\d ms, above/) })
})

test('budgets are named one by one, and all mistakes in them are told at once', async () => {
  const now = run('now.jtl', 103)
  const { comparison, verdict } = await compared(
    ...['--budget', 'p95 < 250 ms', '--budget', 'throughput > 40/s', '--budget', 'p50 of store < 5 ms'],
    ...[now, run('before.jtl', 101)],
  )
  expect(comparison.budgets.map(({ budget, judgement }) => [budget.text, judgement.kind])).toEqual([
    ['p50 of store < 5 ms', 'exceeded'],
    ['throughput > 40/s', 'holds'],
    ['p95 < 250 ms', 'holds'],
    ['errors < 1 % (default)', 'holds'],
  ])
  expect(verdict.outcome).toBe('fail')
  const wrong = [
    '--budget',
    'p95 < 250',
    '--budget',
    'p95 of stroe < 9 ms',
    '--budget=errors < 2 %',
    '--budget=errors < 1 %',
  ]
  await expect(compared(...wrong, now, now)).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(/3 mistakes.*250 has no unit.*did you mean "store"\?.*limits the same/s),
  })
})

test('a run of another generator has no profile', async () => {
  const refused = compared('--profile', 'loadgate.yml', run('now.jtl', 100), run('before.jtl', 100))
  await expect(refused).rejects.toThrow(/now\.jtl is a run of JMeter, which no profile/)
})

test('a store keeps what is judged: the first run begins it, and the fourth is judged by it', async () => {
  const store = `file:${files.at('kept.json')}`
  for (const [n, name] of ['a', 'b', 'c'].entries()) {
    const now = run(`${name}.jtl`, 100 + n, n * 100_000)
    expect(await command('--save-baseline', now, store)).toBe(0)
    expect(await command('--save-baseline', now, store)).toBe(0)
  }
  const flags = ['--report', files.at('out'), '--format', 'junit', '--save-baseline']
  expect(await command(...flags, run('d.jtl', 260, 900_000), store)).toBe(1)
  const report = readReport(readFileSync(files.at('out/report.json'), 'utf8'))
  expect(report.comparison.baseline).toMatchObject({ comparable: 3 })
  expect(report.history?.runs).toHaveLength(3)
  expect(report.run.baselineNote).toMatch(/^Not added to the baseline .*: the verdict is fail/)
  expect(report.result.source).toMatchObject({ tool: 'JMeter' })
  const markdown = readFileSync(files.at('out/report.md'), 'utf8')
  expect(markdown).toMatch(/Sent by JMeter \(JTL as CSV\).*Not told: how fit the generator was/)
  expect(markdown).not.toMatch(/Iterations|seed 0|within its bounds/)
  expect(existsSync(files.at('out/junit.xml'))).toBe(true)
  expect(told).toMatch(/Sent by JMeter/)
})

test('without a store there is nothing to keep a run in', async () => {
  const refused = command('--save-baseline', run('now.jtl', 100), run('before.jtl', 100))
  await expect(refused).rejects.toThrow(/`--save-baseline` takes a store/)
})

test('the run of a pull request joins no baseline', async () => {
  const job = {
    ...{ GITHUB_REPOSITORY: 'owner/name', GITHUB_RUN_ID: '1', GITHUB_SHA: 'c'.repeat(40) },
    ...{ GITHUB_EVENT_NAME: 'pull_request', GITHUB_BASE_REF: 'main' },
  }
  const before = { ...process.env }
  Object.assign(process.env, job)
  try {
    const store = `file:${files.at('kept.json')}`
    await expect(command('--save-baseline', run('now.jtl', 100), store)).rejects.toThrow(/joins no baseline/)
    expect(existsSync(files.at('kept.json'))).toBe(false)
  } finally {
    for (const name of Object.keys(job)) delete process.env[name]
    Object.assign(process.env, before)
  }
})

test('another load is not compared with: another name, and other users where they are what was asked for', async () => {
  const wrk = (name: string, connections: number, count: number) =>
    files.write(
      name,
      `Running 10s test @ http://127.0.0.1/\n  2 threads and ${connections} connections\n  Latency Distribution\n     50%    5.00ms\n  ${count} requests in 10.00s, 1MB read\n`,
    )
  const reasonOf = async (...argv: readonly string[]) => {
    const { baseline } = (await compared(...argv)).comparison
    return baseline.kind === 'stored' ? baseline.refused[0]?.reason : undefined
  }
  expect(await reasonOf(wrk('now.txt', 8, 900), wrk('before.txt', 64, 9_000))).toBe('another load: 64 users, now 8')
  // A service that is slow has fewer requests, more users at once, or a longer run: that is what is to be found.
  const slow = files.write('slow.jtl', jtl(requests(1_000, 5, times(900)), 40))
  expect(await reasonOf(slow, run('before.jtl', 100))).toBeUndefined()
  expect(await reasonOf(wrk('few.txt', 8, 100), wrk('many.txt', 8, 9_000))).toBeUndefined()
  const store = `file:${files.at('kept.json')}`
  await command('--save-baseline', '--name', 'checkout', run('a.jtl', 100), store)
  expect(await reasonOf('--name', 'search', run('now.jtl', 101), store)).toBe('another load: it has another --name')
})

test('labels that only one side has are a flaw of the evidence, whatever the numbers are', async () => {
  const pay = Array.from({ length: 600 }, (_, n): MadeRequest => ({ at: BEGIN + n * 100, ms: 30, label: 'pay' }))
  const [without, with_] = [run('without.jtl', 100), run('with.jtl', 100, 0, pay)]
  const lacks = await compared(without, with_)
  expect(lacks.verdict).toMatchObject({
    outcome: 'invalid',
    reason: expect.stringMatching(/JMeter › pay" has no requests/),
  })
  const has = await compared(with_, without)
  expect(has.comparison.defects).toMatchObject([{ code: 'unequal-load' }])
})

test('a change within what a clock of milliseconds can tell is none', async () => {
  const constant = (name: string, ms: number, later: number) =>
    files.write(name, jtl(requests(3_000, 50, [ms]).map((row) => ({ ...row, at: row.at + later }))))
  const same = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => constant(`before-${n}.jtl`, 2, n * 100_000))
  const { comparison } = await compared('--budget', 'p95 < baseline + 10 %', constant('now.jtl', 3, 9e6), ...same)
  expect(comparison.budgets.find(({ metric }) => metric === 'p95')?.judgement.kind).toBe('undecided')
  const clear = await compared('--budget', 'p95 < baseline + 10 %', constant('slow.jtl', 6, 9e6), ...same)
  expect(clear.verdict.outcome).toBe('fail')
})

interface K6 {
  readonly p95: number
  readonly more?: object
  readonly count?: number
  readonly failed?: number
}

function summary(name: string, { p95, more = {}, count = 6_000, failed = 0 }: K6): string {
  const metrics = {
    http_reqs: { count, rate: count / 60 },
    http_req_failed: { passes: failed, fails: count - failed, value: failed / count },
    'http_req_duration{expected_response:true}': {
      med: p95 / 2,
      'p(90)': 0.8 * p95,
      'p(95)': p95,
      max: 5 * p95,
      ...more,
    },
    vus: { value: 20, min: 20, max: 20 },
  }
  return files.write(name, JSON.stringify({ root_group: {}, metrics }))
}
const summaries = () => [100, 102, 101].map((p95, n) => summary(`before-${n}.json`, { p95 }))

test('a summary: a relative budget is judged by the number, beside the noise of the stored runs', async () => {
  const relative = ['--budget', 'p95 < baseline + 50 %']
  const same = await compared(...relative, summary('now.json', { p95: 104 }), ...summaries())
  expect(same.verdict.outcome).toBe('pass')
  const slow = await compared(...relative, summary('slow.json', { p95: 250 }), ...summaries())
  expect(slow.verdict).toMatchObject({ outcome: 'fail', reason: expect.stringMatching(/^p95 is 250 ms, above/) })
  // Three runs tell little of the noise.
  const near = await compared('--budget', 'p95 < baseline + 10 %', summary('near.json', { p95: 106 }), ...summaries())
  expect(near.verdict.outcome).toBe('inconclusive')
  const first = await compared(...relative, summary('first.json', { p95: 104 }), ...summaries().slice(1))
  expect(first.verdict).toMatchObject({ outcome: 'inconclusive', reason: expect.stringMatching(/2 of 3 runs/) })
})

const judged = async (budget: string, path: string) =>
  (await compared('--budget', budget, path, ...summaries())).comparison.budgets.find((row) => row.metric !== 'errors')!

test('a summary: an absolute budget holds and breaks by the percentiles on either side', async () => {
  const close = { 'p(94)': 97, 'p(96)': 108 }
  const kind = async (budget: string, more: object) =>
    (await judged(budget, summary('now.json', { p95: 100, more }))).judgement.kind
  expect(await kind('p95 < 600 ms', {})).toBe('holds')
  expect(await kind('p95 < 79 ms', {})).toBe('exceeded')
  expect(await kind('p95 < 110 ms', {})).toBe('undecided')
  expect(await kind('p95 < 110 ms', close)).toBe('holds')
  expect(await kind('p95 < 96 ms', close)).toBe('exceeded')
  expect(await kind('p95 < 90 ms', {})).toBe('undecided')
  const { judgement } = await judged('p95 < 110 ms', summary('now.json', { p95: 100 }))
  expect(judgement).toMatchObject({
    reason: expect.stringMatching(/anything from 80 ms to 500 ms is possible/),
    remedy: expect.stringMatching(/such as p94 and p96, or every request/),
  })
})

test.each<[budget: string, made: K6, reason: RegExp]>([
  ['p99 < 900 ms', { p95: 100 }, /the summary has only p50, p90, p95 of it/],
  ['p99 < baseline + 10 %', { p95: 100 }, /the summary has only p50, p90, p95 of it/],
  ['throughput > 50/s', { p95: 100 }, /does not tell how steady the throughput was/],
  ['p95 < baseline + 90 %', { p95: 100, count: 12 }, /this run has only 12 of the 20 requests/],
])('a summary does not tell enough for "%s" of %j', async (budget, made, reason) => {
  const row = await judged(budget, summary('now.json', made))
  expect(row.judgement).toMatchObject({ kind: 'undecided', reason: expect.stringMatching(reason) })
  const { verdict } = await compared('--budget', budget, summary('now.json', made), ...summaries())
  expect(verdict.outcome).toBe('inconclusive')
})

test('a summary: users who wait for a slow service send fewer requests, which says less and still enough', async () => {
  const relative = async (p95: number, count: number) =>
    (await judged('p95 < baseline + 90 %', summary('now.json', { p95, count }))).judgement.kind
  expect(await relative(101.5, 6_000)).toBe('holds')
  expect(await relative(100, 300)).toBe('undecided')
  expect(await relative(400, 6_000)).toBe('exceeded')
  expect(await relative(400, 300)).toBe('undecided')
  expect(await relative(2_000, 300)).toBe('exceeded')
})

test('a summary: errors are counted, and their budgets are judged as ever', async () => {
  const { verdict } = await compared(summary('now.json', { p95: 100, failed: 120 }), ...summaries())
  expect(verdict).toMatchObject({ outcome: 'fail', reason: expect.stringMatching(/^errors are 2 %/) })
})

test('a summary is reported in every form, with nothing in the place of what it does not tell', async () => {
  const out = files.at('out')
  const flags = ['--report', out, '--format', 'junit,csv,openmetrics,benchmark', '--budget', 'p95 < 600 ms']
  expect(await command(...flags, summary('now.json', { p95: 100 }), ...summaries())).toBe(0)
  const { result, verdict } = readReport(readFileSync(`${out}/report.json`, 'utf8'))
  expect([verdict.outcome, result.percentiles?.length]).toEqual(['pass', 1])
  expect(readFileSync(`${out}/steps.csv`, 'utf8')).toMatch(/\nall,6000,0,0,100,50,100,,,/)
  expect(readFileSync(`${out}/report.html`, 'utf8')).toMatch(/Sent by k6 \(summary as JSON\)/)
  expect(readFileSync(`${out}/openmetrics.txt`, 'utf8')).not.toMatch(/quantile="0\.99"/)
})

test('generators and forms are not compared with each other', async () => {
  const { comparison } = await compared(run('now.jtl', 100), ...summaries())
  const reason = 'another generator: k6, summary as JSON, now JMeter, JTL as CSV'
  expect(comparison.baseline).toMatchObject({ comparable: 0, refused: [{ runs: 3, reason }] })
})

test('the command that repeats it can be typed', async () => {
  writeFileSync(files.at("it's.jtl"), jtl(requests(300, 100, times(100))))
  const { run: context } = await compared('--budget', 'p95 < 250 ms', files.at("it's.jtl"), run('before.jtl', 100))
  expect(context.reproduce).toContain(`compare --budget 'p95 < 250 ms' '`)
  expect(context.reproduce).toContain(`it'\\''s.jtl'`)
})
