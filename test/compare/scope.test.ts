import { expect, test } from '@jest/globals'
import { metricOf } from '../../src/compare/metrics.ts'
import { partNamed, scopeOf, WHOLE } from '../../src/compare/scope.ts'
import { Histogram } from '../../src/histogram.ts'
import { madeRun, storedRun, sum } from '../baseline/made-run.ts'

const shop = {
  steps: [
    { scenario: 'browse', step: 'GET /', times: [10, 20, 30] },
    { scenario: 'browse', step: 'GET /item', times: [40], causes: { timeout: 1 } },
    { scenario: 'buy', step: 'GET /', times: [50, 60] },
    { scenario: 'buy', step: 'POST /order', times: [70], causes: { timeout: 2, tls: 1 } },
  ],
  dropped: 5,
  seconds: 2,
}
const run = storedRun(shop)
const scope = (of: string | undefined) => scopeOf(run, partNamed(of, run.steps)!)

test('the whole run is all steps, and the dropped arrivals are its own', () => {
  expect(scope(undefined)).toMatchObject({ sent: 11, succeeded: 7, failed: 4, dropped: 5, measured: 2000 })
  expect(scope(undefined).response.toText()).toBe(sum(run.steps.map(({ response }) => response)))
  expect([...scope(undefined).causes]).toEqual([
    ['timeout', 3],
    ['tls', 1],
  ])
})

test.each([
  ['browse', 'browse', { sent: 5, succeeded: 4, failed: 1, dropped: 0 }],
  ['browse › GET /item', 'browse › GET /item', { sent: 2, succeeded: 1, failed: 1, dropped: 0 }],
  ['POST /order', 'buy › POST /order', { sent: 4, succeeded: 1, failed: 3, dropped: 0 }],
])('of "%s" is %s', (of, name, counts) => {
  expect(partNamed(of, run.steps)?.name).toBe(name)
  expect(scope(of)).toMatchObject(counts)
})

test.each(['GET /', 'nothing', '', 'buy › GET /item'])('"%s" names no one part', (of) => {
  expect(partNamed(of, run.steps)).toBeUndefined()
})

test('a scenario goes before a step of the same name', () => {
  const { steps } = madeRun({
    steps: [
      { scenario: 'a', step: 'a', times: [1] },
      { scenario: 'a', step: 'b', times: [2] },
    ],
  })
  expect(partNamed('a', steps)?.name).toBe('a')
})

test('dropped arrivals are failures of the whole run', () => {
  expect(metricOf('errors').read(scope(undefined))).toBe(9 / 16)
  expect(metricOf('errors').read(scope('buy'))).toBe(3 / 6)
})

test('percentiles are in ms, and exact to the histogram', () => {
  const all = Histogram.of(...run.steps.map(({ response }) => response))
  for (const q of [50, 95, 99.9] as const)
    expect(metricOf(`p${q}`).read(scope(undefined))).toBe(all.quantile(q / 100)! / 1000)
  expect(metricOf('p50').read(scope(undefined))).toBeCloseTo(40, 0)
})

test('throughput is what ended in the window, of a part what ended of its own', () => {
  const slow = storedRun({ ...shop, seconds: 2, endWithin: 7 })
  expect(slow.inWindow.succeeded).toBe(2)
  expect(metricOf('throughput').read(scopeOf(slow, WHOLE))).toBe(1)
  const of = (name: string) => metricOf('throughput').read(scopeOf(slow, partNamed(name, slow.steps)!))
  expect([of('browse'), of('buy')]).toEqual([1, 0])
  expect([scopeOf(slow, WHOLE).keptUp, scopeOf(storedRun({ seconds: 9 }), WHOLE).keptUp]).toEqual([false, true])
})

test('without samples there is no number', () => {
  const nothing = scopeOf(storedRun({ steps: [{ times: [] }] }), WHOLE)
  for (const metric of ['p95', 'errors', 'throughput'] as const) expect(metricOf(metric).read(nothing)).toBeUndefined()
})

test('what may have been dropped of a part is of its own load', () => {
  const own = { model: 'open', background: false, curve: [] } as const
  const counts = (dropped: number) => ({ ...run.iterations, dropped })
  const groups = [
    { ...own, scenarios: ['browse'], iterations: counts(4) },
    { ...own, scenarios: ['buy'], iterations: counts(1) },
  ]
  const of = (name: string | undefined) => scopeOf({ ...run, groups }, partNamed(name, run.steps)!)
  expect([of('browse').mayBeDropped, of('POST /order').mayBeDropped, of(undefined).dropped]).toEqual([4, 1, 5])
})
