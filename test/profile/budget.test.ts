import { expect, test } from '@jest/globals'
import { parseBudget } from '../../src/profile/budget.ts'

const absolute = (value: number) => ({ kind: 'absolute', value })
const relative = (share: number | undefined, amount?: number) => ({ kind: 'baseline', share, amount })

const right: readonly (readonly [text: string, metric: string, limit: object, of?: string])[] = [
  ['p50 < 80ms', 'p50', absolute(80)],
  ['p95 < 1.5 s', 'p95', absolute(1_500)],
  ['p99.9<250 ms', 'p99.9', absolute(250)],
  ['p95.0 < 250 ms', 'p95', absolute(250)],
  ['p0.5 < 1 ms', 'p0.5', absolute(1)],
  ['errors < 0.5 %', 'errors', absolute(0.005)],
  ['errors < 100%', 'errors', absolute(1)],
  ['throughput > 190/s', 'throughput', absolute(190)],
  ['throughput > 600 / m', 'throughput', absolute(10)],
  ['throughput > 0/s', 'throughput', absolute(0)],
  ['p95 < baseline + 10 %', 'p95', relative(0.1)],
  ['p95 < baseline+10%', 'p95', relative(0.1)],
  ['p95 < baseline + 5 ms', 'p95', relative(undefined, 5)],
  ['p95 < baseline + 10 % and + 5 ms', 'p95', relative(0.1, 5)],
  ['p95 < baseline + 0 %', 'p95', relative(0)],
  ['errors < baseline + 0.2 pp', 'errors', relative(undefined, 0.002)],
  ['errors < baseline + 20 % and + 0.2 pp', 'errors', relative(0.2, 0.002)],
  ['throughput > baseline - 5 %', 'throughput', relative(0.05)],
  ['throughput > baseline - 5 % and - 10/s', 'throughput', relative(0.05, 10)],
  ['throughput > baseline - 10/s', 'throughput', relative(undefined, 10)],
  // names with and without quotes
  ['p95 of store < 1 s', 'p95', absolute(1_000), 'store'],
  ['p95 of fan club < 1 s', 'p95', absolute(1_000), 'fan club'],
  ['p95 of "a < b" < 1 s', 'p95', absolute(1_000), 'a < b'],
  ['p95 of store › GET /cart < 1 s', 'p95', absolute(1_000), 'store › GET /cart'],
  ['throughput of "cafe\u0301" > 1/s', 'throughput', absolute(1), 'café'],
]

test.each(right.map(([text, metric, limit, of]) => ({ text, metric, limit, of })))(
  '$text',
  ({ text, metric, limit, of }) => {
    expect(parseBudget(text)).toEqual({ metric, of, limit })
  },
)

test.each(['errors < 20 % or abort', 'errors<20% or  abort', 'p99 < 2 s or abort'])('%s', (text) => {
  expect(parseBudget(text)).toEqual({ ...parseBudget(text.replace(/\s+or.*/, '')), abort: true })
})

test.each([
  ['p95 <= 1 s', 'invalid-budget', '"<"'],
  ['p95 > 1 s', 'invalid-budget', '"<"'],
  ['throughput < 1/s', 'invalid-budget', '">"'],
  ['throughput >= 1/s', 'invalid-budget', '">"'],
  ['p0 < 1 s', 'invalid-budget', 'p95'],
  ['p100 < 1 s', 'invalid-budget', 'p95'],
  ['P95 < 1 s', 'invalid-budget', '"p95"'],
  ['p95 < 250', 'unknown-unit', '250 ms'],
  ['errors < 5', 'unknown-unit', '5 %'],
  ['throughput > 190', 'unknown-unit', '190/s'],
  ['p95 < baseline + 10', 'unknown-unit', '10 % or 10 ms'],
  ['p95 < baseline + 10 % and + 5', 'unknown-unit', '5 ms'],
  ['p95 < 5 %', 'invalid-budget', '250 ms'],
  ['errors < 5 pp', 'invalid-budget', '0.5 %'],
  ['errors < 0 %', 'invalid-budget', 'never'],
  ['p95 < 0 ms', 'invalid-budget', 'never'],
  ['errors < baseline + 10 %', 'invalid-budget', 'pp'],
  ['p95 < baseline + 10 % or abort', 'invalid-budget', 'baseline'],
  ['p95 of store < 1 s or abort', 'invalid-budget', 'part of the run'],
  ['throughput > 190/s or abort', 'invalid-budget', 'rises with the load'],
  ['errors < 5 % or stop', 'invalid-budget', '0.5 %'],
  ['throughput > baseline - 100 %', 'invalid-budget', 'nothing'],
  ['throughput > baseline + 5 %', 'invalid-budget', 'baseline - '],
  ['p95 < baseline - 5 %', 'invalid-budget', 'baseline + '],
  ['p95 < baseline + 10 % and - 5 ms', 'invalid-budget', 'baseline + '],
  ['p95 < baseline + 10 % and 5 ms', 'invalid-budget', 'and + 5 ms'],
  ['p95 < baseline + 5 ms and + 10 %', 'invalid-budget', 'and + 5 ms'],
  ['p95 < baseline + 5/s', 'invalid-budget', 'baseline + '],
  ['p95 < baselines + 10 %', 'invalid-budget', '250 ms'],
  ['p95 of < 1 s', 'invalid-budget', 'of NAME'],
  ['p95', 'invalid-budget', 'p95 < 250 ms'],
  ['', 'invalid-budget', 'p95 < 250 ms'],
  [`p95 of ${'x'.repeat(500)} < 1 s`, 'invalid-budget', '500'],
])('%s is %s, and the message says what to write', (text, code, remedy) => {
  expect(parseBudget(text)).toEqual({ code, message: expect.stringContaining(remedy) })
})
