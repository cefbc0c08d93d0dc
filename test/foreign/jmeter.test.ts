import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Histogram } from '../../src/histogram.ts'
import type { StepResult } from '../../src/result/result.ts'
import { BEGIN, JTL_HEADER, jtl, type MadeRequest, type Place, place, requests, runIn } from './files.ts'

let files: Place
beforeEach(() => {
  files = place()
})
afterEach(() => files[Symbol.dispose]())

// Slots of a histogram are up to 0.1 % wide.
const p = (step: Pick<StepResult, 'response'>, q: number) =>
  Math.round(Histogram.of(step.response).quantile(q)! / 1_000)
const total = (steps: readonly StepResult[], count: 'sent' | 'succeeded' | 'failed') =>
  steps.reduce((sum, step) => sum + step[count], 0)

test('a JTL becomes a run with every request in its histogram, its second and its block', async () => {
  const times = Array.from({ length: 100 }, (_, n) => n + 1)
  const { steps, intervals, plan, source, startedAt } = await runIn(
    files.write('result.jtl', jtl(requests(6_000, 100, times))),
  )
  expect(steps).toHaveLength(1)
  expect(steps[0]).toMatchObject({ scenario: 'JMeter', step: 'store', sent: 6_000, statuses: { 200: 6_000 } })
  expect([p(steps[0]!, 0.5), p(steps[0]!, 0.95), p(steps[0]!, 1)]).toEqual([50, 95, 100])
  expect(startedAt).toBe(BEGIN)
  // The last of them begins at 59.99 s and takes 100 ms.
  expect(plan.measured).toBe(60_091)
  expect(intervals.length).toBe(1_000)
  expect(intervals.records.length).toBeGreaterThanOrEqual(60)
  expect(steps[0]!.blocks!.records.length).toBe(11)
  expect(source).toMatchObject({ tool: 'JMeter', form: 'JTL as CSV', grain: 1, users: 10, untold: ['intended-start'] })
})

test('the order of the lines does not matter: files of several machines are put one behind the other', async () => {
  const rows = requests(3_000, 50, [5, 80, 20])
  const mixed = [...rows.filter((_, n) => n % 2 === 1), ...rows.filter((_, n) => n % 2 === 0)]
  const [inOrder, outOfIt] = await Promise.all([
    runIn(files.write('a.jtl', jtl(rows))),
    runIn(files.write('b.jtl', jtl(mixed))),
  ])
  expect(outOfIt.steps).toEqual(inOrder.steps)
  expect(outOfIt.intervals).toEqual(inOrder.intervals)
  expect(outOfIt.id).not.toBe(inOrder.id)
})

test('labels are steps, and failures have the cause that JMeter tells', async () => {
  const failing = (at: number, code: string, message = ''): MadeRequest => ({
    at: BEGIN + at,
    ms: 7,
    label: 'pay',
    code,
    message,
    success: false,
  })
  const text = jtl([
    ...requests(10, 10, [3]),
    failing(10, '500', 'Internal Server Error'),
    failing(20, '200', 'Test failed: text expected to contain /paid, in "full"/'),
    failing(30, 'Non HTTP response code: java.net.SocketTimeoutException', 'Non HTTP response message: Read timed out'),
    failing(40, 'Non HTTP response code: org.apache.http.conn.HttpHostConnectException', 'refused'),
    failing(50, 'Non HTTP response code: java.lang.IllegalStateException', 'broken\nin two lines'),
  ])
  const { steps } = await runIn(files.write('result.jtl', text))
  expect(steps.map(({ step }) => step)).toEqual(['store', 'pay'])
  expect(steps[1]).toMatchObject({
    failed: 5,
    succeeded: 0,
    causes: { 'unexpected-status': 1, 'unexpected-answer': 1, timeout: 1, 'connection-refused': 1, unknown: 1 },
    statuses: { 200: 1, 500: 1 },
  })
  expect(Histogram.of(steps[1]!.failures).count).toBe(5)
})

const inTransactions = (parent: boolean) =>
  Array.from({ length: 20 }, (_, n): readonly MadeRequest[] => {
    const at = BEGIN + n * 100
    const whole = {
      at,
      ms: 30,
      label: 'buy',
      message: 'Number of samples in transaction : 2, number of failing samples : 0',
    }
    return parent ? [whole] : [{ at, ms: 10, label: 'login' }, { at: at + 10, ms: 20, label: 'pay' }, whole]
  }).flat()

test('transactions count where their requests do not stand beside them, and only then', async () => {
  const beside = await runIn(files.write('beside.jtl', jtl(inTransactions(false))))
  expect(beside.steps.map(({ step, sent }) => [step, sent])).toEqual([
    ['login', 20],
    ['pay', 20],
  ])
  expect(beside.source?.sums).toBe(20)
  const alone = await runIn(files.write('alone.jtl', jtl(inTransactions(true))))
  expect(alone.steps.map(({ step, sent }) => [step, sent])).toEqual([['buy', 20]])
  const both = jtl([...inTransactions(true), ...requests(5, 10, [3])])
  await expect(runIn(files.write('both.jtl', both))).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(/both\.jtl: some of its transactions/),
    hint: expect.stringMatching(/Generate parent sample/),
  })
})

test('the most frequent labels are steps, all others one, and nothing is lost', async () => {
  const rows = Array.from({ length: 900 }, (_, n) => ({
    at: BEGIN + n,
    ms: 5,
    label: n % 3 === 0 ? 'common' : `/item/${n}`,
  }))
  const { steps, source } = await runIn(files.write('result.jtl', jtl(rows)))
  expect(steps).toHaveLength(201)
  expect(steps[0]).toMatchObject({ step: 'common', sent: 300 })
  expect(steps.at(-1)).toMatchObject({ step: 'other labels', sent: 900 - 300 - 199 })
  expect(total(steps, 'sent')).toBe(900)
  expect(source?.together).toBe(401)
})

test('other columns, another separator, CRLF and a byte order mark are read as well', async () => {
  const text = '\uFEFFlabel;success;elapsed;timeStamp\r\nhome;true;12;1780272000000\r\nhome;true;14;1780272000500\r\n'
  const { steps } = await runIn(files.write('anything.txt', text))
  expect(steps[0]).toMatchObject({ step: 'home', sent: 2, statuses: {} })
  expect(p(steps[0]!, 1)).toBe(14)
})

test.each<[what: string, text: string, message: RegExp, hint: RegExp]>([
  [
    'a line that is cut off',
    `${jtl(requests(3, 10, [5]))}1780272000900,5,st`,
    /:5: the line has 3 of 17 columns/,
    /killed/,
  ],
  ['no number', jtl([{ at: BEGIN, ms: Number.NaN }]), /:2: elapsed is "NaN", and not a number/, /as the generator/],
  [
    'a date',
    jtl([{ at: Number.NaN, ms: 5 }]).replace('NaN', '2026/06/01 12:00:00'),
    /:2: timeStamp is "2026/,
    /timestamp_format=ms/,
  ],
  [
    'two runs',
    jtl(requests(2, 10, [5])) + jtl(requests(2, 10, [5])),
    /:4: the header stands here once more/,
    /of its own/,
  ],
  ['no request', `${JTL_HEADER}\n`, /: there is no request in it/, /as the generator/],
  [
    'another year',
    jtl([
      { at: BEGIN, ms: 5 },
      { at: BEGIN * 2, ms: 5 },
    ]),
    /is no one run/,
    /Check its times/,
  ],
  [
    'an open quote',
    `${JTL_HEADER}\n1780272000900,5,"st\n1780272000900,5,st`,
    /:2: a quote is opened here/,
    /as the generator/,
  ],
])('%s is refused with its place', async (_, text, message, hint) => {
  const read = runIn(files.write('result.jtl', text))
  await expect(read).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  })
  await expect(read).rejects.toThrow(/result\.jtl:/)
})

const XML = (inside: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<testResults version="1.2">\n${inside}</testResults>\n`
const httpSample = (label: string, at: number, rest = '/>') =>
  `<httpSample t="12" it="0" lt="11" ct="1" ts="${BEGIN + at}" s="true" lb="${label}" rc="200" rm="OK" tn="Group 1-1" dt="text" by="300" sby="120" ng="4" na="4"${rest}\n`

test('a JTL as XML is the same run: what a request waited for is no request of its own', async () => {
  const text = XML(
    httpSample('a &amp; b &#8250; &quot;c&quot;', 0) +
      httpSample(
        'page',
        100,
        `>${httpSample('style.css', 101)}<responseData class="java.lang.String">&lt;httpSample</responseData>\n</httpSample>`,
      ) +
      `<!-- <httpSample t="1"/> -->\n<sample t="30" ts="${BEGIN + 200}" s="true" lb="buy" rc="200" rm="Number of samples in transaction : 2, number of failing samples : 0">\n${httpSample('login', 200)}${httpSample('pay', 210)}</sample>\n`,
  )
  const { steps, source } = await runIn(files.write('result.xml', text))
  expect(steps.map(({ step, sent }) => [step, sent])).toEqual([
    ['a & b > "c"', 1],
    ['page', 1],
    ['login', 1],
    ['pay', 1],
  ])
  expect(source).toMatchObject({ form: 'JTL as XML', users: 4, sums: 1 })
})

test.each<[what: string, text: string, message: RegExp]>([
  ['no end', XML(httpSample('a', 0)).replace('</testResults>', ''), /it ends before <\/testResults>/],
  [
    'a DTD',
    XML(httpSample('a', 0)).replace('<testResults', '<testResults><!DOCTYPE a [<!ENTITY b "c">]>'),
    /:2: it has a DTD/,
  ],
  ['no time', XML(httpSample('a', 0).replace('t="12"', '')), /:3: t is missing/],
])('XML with %s is refused', async (_, text, message) => {
  await expect(runIn(files.write('result.jtl', text))).rejects.toThrow(message)
})
