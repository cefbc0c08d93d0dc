import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { renderOpenMetrics } from '../../src/report/openmetrics.ts'
import type { Report } from '../../src/report/report.ts'
import { type MetricFamily, parseOpenMetrics } from '../support/strict-openmetrics.ts'
import { EVERYTHING, KEPT } from './kept-reports.ts'
import { hostile } from './reports.ts'

function familiesOf(report: Report): Map<string, MetricFamily> {
  return new Map(parseOpenMetrics(renderOpenMetrics(report)).map((family) => [family.name, family]))
}

describe.each(KEPT)('%s', (_, report) => {
  const families = familiesOf(report)
  const figure = (name: string, labels: object, sample = name) =>
    families
      .get(name)
      ?.samples.find(
        (one) => one.name === sample && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
      )?.value

  test('has the verdict as the one state', () => {
    const states = families.get('loadgate_verdict')!.samples
    expect(states.filter(({ value }) => value === 1).map(({ labels }) => labels.loadgate_verdict)).toEqual([
      report.verdict.outcome,
    ])
    expect(states).toHaveLength(4)
  })

  test('has the figures of the whole run, in seconds and shares', () => {
    const [whole] = report.comparison.scopes
    const all = { scope: 'all' }
    const time = 'loadgate_response_time_seconds'
    expect(figure(time, { ...all, quantile: '0.95' })).toBeCloseTo(whole!.p95! / 1_000, 9)
    expect(figure(time, all, `${time}_count`)).toBe(whole!.requests - whole!.failed)
    expect(figure('loadgate_requests', { ...all, result: 'failed' }, 'loadgate_requests_total')).toBe(whole!.failed)
    expect(figure('loadgate_error_ratio', all)).toBe(whole!.errors)
    expect(figure('loadgate_throughput', all)).toBe(whole!.throughput)
  })

  test('says of each budget its value, its limit and what became of it, unless the evidence is broken', () => {
    const states = families.get('loadgate_budget_state')?.samples ?? []
    const holding = states.filter(({ value }) => value === 1)
    const texts = new Set(report.comparison.budgets.map(({ budget }) => budget.text))
    expect(holding.length).toBe(report.comparison.defects.length > 0 ? 0 : texts.size)
    const limits = families.get('loadgate_budget_limit')?.samples ?? []
    for (const { budget, limit, metric } of report.comparison.budgets) {
      const found = limits.find(({ labels }) => labels.budget === budget.text)
      if (found && limit !== undefined) expect(found.value).toBe(metric.startsWith('p') ? limit / 1_000 : limit)
    }
  })
})

test('the parser refuses what the standard does', () => {
  const sound = renderOpenMetrics(EVERYTHING)
  const wrong: [string | RegExp, string][] = [
    ['# EOF\n', '# EOF'],
    ['# EOF\n', ''],
    ['_total{', '{'],
    ['# UNIT loadgate_error_ratio ratio', '# UNIT loadgate_error_ratio share'],
    ['# TYPE loadgate_run info', '# TYPE loadgate_run thing'],
    ['quantile="0.5"', 'quantile="0.95"'],
    ['profile="shop"', 'profile="sh\\op"'],
    ['profile="shop"', 'profile="sh"op"'],
    ['# HELP loadgate_run ', '# TYPE loadgate_run info\n# HELP loadgate_run '],
    [/loadgate_verdict="fail"\} \d/, 'loadgate_verdict="fail"} 2'],
  ]
  for (const [right, other] of wrong) {
    const changed = sound.replace(right, other)
    expect(changed).not.toBe(sound)
    expect(() => parseOpenMetrics(changed)).toThrow()
  }
})

const name = fc.string({
  unit: fc.oneof(
    fc.constantFrom('"', '\\', '\n', '\r', '{', '}', ',', '=', '#', ' ', '\u0000', '\u2028', '\ud800', '# EOF\n', 'x'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }),
  ),
  maxLength: 12,
})

test('whatever names are, the text is sound', () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 3, maxLength: 30 }), (names) => {
      familiesOf({ ...hostile(names), result: { ...EVERYTHING.result, profile: names[0]! } })
    }),
    { numRuns: 300 },
  )
})
