import { expect, test } from '@jest/globals'
import { historyChart } from '../../src/report/history-chart.ts'
import { percentileBlocks } from '../../src/report/percentiles.ts'
import { step } from './reports.ts'
import { SLOWER, spread } from './situations.ts'

const [before] = SLOWER.beside ?? []

test('percentiles stand side by side, of what the verdict turns on', () => {
  const [title, table, chart] = percentileBlocks(SLOWER)
  expect(title).toBe('`shop › GET /store`, 2,000 successful requests before and 2,000 now:')
  expect(table).toContain('| p95 | 220 ms | 359 ms | +63.1 % |')
  expect(chart).toContain('xychart-beta')
})

test('a percentile of a few requests is none', () => {
  const few = { ...SLOWER, beside: [step('GET /store', { response: spread(190, 120) })] }
  const [, table = ''] = percentileBlocks(few)
  expect(table).toContain('| p95 |')
  expect(table).not.toContain('| p99 |')
})

test.each([
  ['nothing was compared', undefined],
  ['the step is not among what it was compared with', [step('GET /other')]],
  ['a histogram is damaged', before && [{ ...before, response: 'h1:?' }]],
])('there are none where %s', (_, beside) => {
  expect(percentileBlocks({ ...SLOWER, beside })).toEqual([])
})

const chartOf = (changes: Partial<typeof SLOWER>) => {
  const report = { ...SLOWER, ...changes }
  return report.history === undefined ? '' : historyChart(report.history, report).join('\n')
}

test('the course of the deciding number ends with this run, below its limit', () => {
  expect(chartOf({})).toMatch(
    /^p95 of `shop › GET \/store`: 12 runs between 246 ms and 255 ms, now 412 ms, limit 275 ms\.$/m,
  )
  expect(chartOf({})).toMatch(/line \[.*248, 412\]\n {2}line \[275, .*275\]/)
})

test('a run of another machine, or one that proves nothing, is not drawn beside them', () => {
  const { fingerprint } = SLOWER.result
  const elsewhere = { ...fingerprint, machine: { ...fingerprint.machine, cpu: 'Other' } }
  const defects = [{ code: 'generator-late', message: 'Late', remedy: 'Send less.' }] as const
  for (const changes of [
    { result: { ...SLOWER.result, fingerprint: elsewhere } },
    { comparison: { ...SLOWER.comparison, defects } },
  ]) {
    expect(chartOf(changes)).toContain('12 runs between 246 ms and 255 ms.')
    expect(chartOf(changes)).not.toMatch(/now|412|275/)
  }
})
