// What github-action-benchmark takes of a custom tool (its src/extract.ts): a list of names, units and numbers, with a range and
// further words where there are such.
import { expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import { renderBenchmark } from '../../src/report/benchmark.ts'
import { KEPT } from './kept-reports.ts'
import { FAIL, report } from './reports.ts'

const text = { type: 'string', minLength: 1 }
const isTaken = new Ajv().compile({
  type: 'array',
  items: {
    type: 'object',
    properties: {
      name: text,
      unit: text,
      value: { type: 'number' },
      range: { type: 'string', pattern: '^± \\d' },
      extra: text,
    },
    required: ['name', 'unit', 'value'],
    additionalProperties: false,
  },
})

test.each(KEPT)('%s is taken', (_, kept) => {
  const entries: { name: string }[] = JSON.parse(renderBenchmark(kept))
  expect([isTaken(entries), isTaken.errors]).toEqual([true, null])
  expect(entries.length).toBeGreaterThan(3)
})

test('it has what is better when smaller: percentiles, errors, and the p95 of every step', () => {
  const entries: { name: string; value: number; unit: string; range?: string; extra: string }[] = JSON.parse(
    renderBenchmark(FAIL),
  )
  expect(entries.map(({ name, value, unit }) => [name, value, unit])).toEqual([
    ...FAIL.comparison.scopes.slice(0, 1).flatMap(({ p50, p95, p99, errors }) => [
      ['storefront p50', p50, 'ms'],
      ['storefront p95', p95, 'ms'],
      ['storefront p99', p99, 'ms'],
      ['storefront errors', errors * 100, '%'],
    ]),
    ...FAIL.comparison.scopes.slice(1).map(({ scope, p95 }) => [`storefront p95 of ${scope}`, p95, 'ms']),
  ])
  expect(entries.find(({ name }) => name.endsWith('GET /store'))?.range).toBe('± 20.6')
  for (const { extra } of entries) expect(extra).toBe(`fail: ${FAIL.verdict.reason}`)
})

test('what was not measured is left out', () => {
  expect(JSON.parse(renderBenchmark(report('invalid', 'Nothing.', { comparison: { scopes: [] } })))).toEqual([])
})
