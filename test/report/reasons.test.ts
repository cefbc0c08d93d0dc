// What both renderings of a report say, and say once.
import { expect, test } from '@jest/globals'
import { compare } from '../../src/compare/compare.ts'
import { judge } from '../../src/compare/judge.ts'
import { renderMarkdown } from '../../src/report/markdown.ts'
import type { Report } from '../../src/report/report.ts'
import { renderTerminal } from '../../src/report/terminal.ts'
import { madeRun, spread } from '../baseline/made-run.ts'
import * as reports from './reports.ts'

/** Both, as words only. */
function texts(report: Report): readonly string[] {
  const both = [renderTerminal(report, { colour: false, width: 80 }), renderMarkdown(report, { limit: 1e6 })]
  return both.map((text) => text.replace(/[`"\\]/g, '').replace(/\s+/g, ' '))
}
const times = (text: string, part: string) => text.split(part).length - 1

/** A report of what was measured, with the verdict that it gets. */
function judged(...[result, baseline, budgets, options]: Parameters<typeof compare>): Report {
  const comparison = compare(result, baseline, budgets, options)
  return { ...reports.PASS, comparison, verdict: judge(comparison), result }
}

const absolute = (metric: 'p95' | 'errors', value: number, text = `${metric} < ${value}`) => ({
  ...reports.budget(text, metric, reports.holds, { limit: value }).budget,
})

test('the reason in the headline is not told again, but what to do about it is', () => {
  const broken = judged({ ...madeRun({ health: { cpu: 0.99 } }), complete: false }, undefined, [absolute('p95', 500)])
  expect(broken.verdict.outcome).toBe('invalid')
  const unsure = judged(madeRun({ steps: [{ times: spread(100, 40) }] }), undefined, [
    absolute('p95', 500),
    absolute('errors', 0.01),
  ])
  expect(unsure.verdict.outcome).toBe('inconclusive')
  const says: readonly (readonly [Report, readonly string[]])[] = [
    [
      broken,
      [
        'The run was stopped before its plan was spent',
        'Let it run to its end.',
        'The generator used 99 % of a core',
        'Use more threads or a larger machine, or send less.',
      ],
    ],
    [
      unsure,
      [
        'only 40 of the 59 successes it takes to bound p95',
        'Measure about 29 s longer.',
        'errors: anything from 0 % to 6.34 % is possible, and the limit of 1 % lies in between',
        'Measure about 39 min 9 s longer.',
      ],
    ],
    [reports.INVALID, [reports.INVALID.verdict.reason.slice(0, -1), 'Use more threads or a larger machine']],
  ]
  for (const [report, parts] of says)
    for (const text of texts(report)) {
      expect(parts.map((part) => [part, times(text, part)])).toEqual(parts.map((part) => [part, 1]))
      const places = parts.map((part) => text.indexOf(part))
      expect(places).toEqual([...places].sort((a, b) => a - b))
    }
})

test('an address that was never reached stands as it is written', () => {
  const never = judged(madeRun({ steps: [{ times: [], causes: { 'connection-refused': 9 } }] }), undefined, [])
  for (const text of texts(never)) {
    expect(text).toMatch(/(INVALID|invalid —) http:\/\/127\.0\.0\.1:8080 was never reached: 9 requests ended/)
    expect(text).not.toContain('Http')
  }
})

test('a store that could not be read was asked for', () => {
  const relative = reports.budget('p95 < baseline + 10 %', 'p95', reports.noBaseline, {}).budget
  const message = 'The baseline x.json is damaged: its checksum does not agree'
  const baselineProblem = { message, remedy: 'Restore it from a copy.' }
  for (const text of texts(judged(madeRun(), undefined, [relative], { baselineProblem }))) {
    expect(times(text, message)).toBe(1)
    expect(text).not.toMatch(/no baseline|Nothing to compare/i)
  }
  for (const text of texts(judged(madeRun(), undefined, [relative])))
    expect(text).toContain('Nothing to compare commit ccccccc with: no baseline was asked for.')
})

test('the whole run is not named', () => {
  const budgets = [
    reports.budget('p95 < 500 ms', 'p95', reports.undecided, { value: 490, limit: 500 }),
    reports.budget('p99 < 500 ms', 'p99', reports.undecided, { value: 480, limit: 500 }),
  ]
  for (const text of texts(reports.report('inconclusive', 'It is close.', { comparison: { budgets } }))) {
    expect(text).toContain(`- p95: ${reports.undecided.kind === 'undecided' && reports.undecided.reason}`)
    expect(text).not.toMatch(/of all\b/)
  }
})

test('one of anything is one', () => {
  const one = madeRun({ seconds: 1, steps: [{ times: [9], causes: { timeout: 1 } }], dropped: 1 })
  const health = { ...one.health, connections: { ...one.health.connections, opened: 1, peak: 1, cap: 1 } }
  const warmUp = { sent: 1, succeeded: 1, failed: 0 }
  const result = { ...one, health, warmUp, plan: { ...one.plan, warmUp: 1_000 } }
  for (const text of texts(judged(result, { store: 'x', runs: [] }, [absolute('p95', 500), absolute('errors', 0.9)])))
    expect(text).not.toMatch(/(?<![\d.,])1 (?!ms\b)[a-z]+s\b/)
})

test('rounds that were left out are told with what to do about them', () => {
  const { comparison } = reports.SIDE_BY_SIDE
  const doubted = { ...comparison, baseline: { ...comparison.baseline, rounds: 2, leftOut: 2 } } as typeof comparison
  const verdict = judge(doubted)
  expect(verdict.outcome).toBe('inconclusive')
  for (const text of texts({ ...reports.SIDE_BY_SIDE, comparison: doubted, verdict })) {
    expect(times(text, '2 of 4 rounds were left out')).toBe(1)
    expect(times(text, 'Use a larger machine, send less, or allow more rounds')).toBe(1)
  }
})
