import { expect, test } from '@jest/globals'
import type { SelfComparison } from '../../src/compare/sharpness.ts'
import { columnsOf } from '../../src/report/columns.ts'
import { renderJson } from '../../src/report/json.ts'
import { renderMarkdown } from '../../src/report/markdown.ts'
import type { Report } from '../../src/report/report.ts'
import { renderSharpness, sharpnessSentence } from '../../src/report/sharpness.ts'
import { MARKDOWN, PLAIN } from '../../src/report/writing.ts'
import { visibleOnly } from '../../src/visible-only.ts'
import { troubles } from '../support/github-page.ts'
import { expectGolden } from '../support/golden.ts'
import * as reports from './reports.ts'

const { SIDE_BY_SIDE, sharpness } = reports
const line = (changes: Parameters<typeof sharpness>[0], report: Report = SIDE_BY_SIDE) =>
  sharpnessSentence({ ...report, sharpness: sharpness(changes) }, PLAIN)
const SAME =
  'How sharp this gate is: 20 comparisons of one version with itself on 2026-01-14: 18 passed, 2 inconclusive, no false alarm (below 11.9 % with 95 % confidence). The smallest change told from noise: 4.1 %.'
const { fingerprint, budgets } = sharpness()

test('what was found of this gate is said in one line', () => {
  expect(line({})).toBe(SAME)
  expect(renderMarkdown(SIDE_BY_SIDE, { limit: 1e6 }).split('\n')).toContain(`- ${SAME}`)
})

test.each<[string, Parameters<typeof sharpness>[0], string]>([
  ['load', { fingerprint: { ...fingerprint, plan: 'b'.repeat(64) } }, 'with another load'],
  ['budgets', { budgets: budgets.slice(0, 1) }, 'with other budgets'],
  ['version', { fingerprint: { ...fingerprint, generator: '0' } }, 'with another version of Loadgate'],
  [
    'CPU',
    { fingerprint: { ...fingerprint, machine: { ...fingerprint.machine, cpu: 'Slow 1' } } },
    'on another machine (Slow 1, 4 cores)',
  ],
  [
    'number of cores',
    { fingerprint: { ...fingerprint, machine: { ...fingerprint.machine, cores: 1 } } },
    'on another machine (AMD EPYC 7763, 1 core)',
  ],
  [
    'load, and another CPU',
    { fingerprint: { ...fingerprint, plan: 'b'.repeat(64), machine: { ...fingerprint.machine, cpu: 'Slow 1' } } },
    'with another load and on another machine (Slow 1, 4 cores)',
  ],
])('that it was another %s is said with it', (_, changes, words) => {
  expect(line(changes)).toBe(`${SAME} That was ${words}.`)
})

test('all of it at once, with what failed and what was left out', () => {
  const machine = { ...fingerprint.machine, cpu: 'Intel(R) Xeon(R) 8370C @ 2.80GHz', cores: 2 }
  const kept = sharpness({
    fingerprint: { plan: 'b'.repeat(64), generator: '0', machine },
    ...{ comparisons: 9, invalid: 1, passed: 7, inconclusive: 0, falseAlarms: 2, falseAlarmsAtMost: 0.476 },
    budgets: [],
  })
  expect(sharpnessSentence({ ...SIDE_BY_SIDE, sharpness: kept }, MARKDOWN)).toBe(
    'How sharp this gate is: 9 comparisons of one version with itself on 2026-01-14: 7 passed, 0 inconclusive, 2 false alarms (below 47.6 % with 95 % confidence). 1 further one left out: the evidence was flawed. That was with another load, with other budgets, with another version of Loadgate and on another machine (`Intel(R) Xeon(R) 8370C @ 2.80GHz`, 2 cores).',
  )
})

test('another kernel or Node is the same machine here', () => {
  const machine = { ...fingerprint.machine, os: 'linux 7', node: '26' }
  expect(line({ fingerprint: { ...fingerprint, machine } })).toBe(SAME)
})

test('what it could tell is said from the finest budget to the coarsest, or not at all', () => {
  const coarse = { ...budgets[0]!, text: 'p99 < baseline + 20 %', resolution: 0.82 }
  expect(line({ budgets: [coarse, ...budgets] })).toContain('told from noise: 4.1 % to 18 %, depending on the budget.')
  expect(line({ budgets: budgets.slice(1) })).toMatch(/confidence\)\. That was with other budgets\.$/)
})

test('a comparison that has nothing to do with it says nothing of it', () => {
  expect(sharpnessSentence(reports.PASS, MARKDOWN)).toBeUndefined()
  expect(renderMarkdown(reports.PASS, { limit: 1e6 })).not.toContain('How sharp')
})

test('report.json has it whole', () => {
  expect(JSON.parse(renderJson(SIDE_BY_SIDE)).sharpness).toEqual(JSON.parse(JSON.stringify(sharpness())))
  expect(JSON.parse(renderJson(reports.PASS))).not.toHaveProperty('sharpness')
})

test('whatever stands in the file changes no more of the page than a code span', () => {
  for (const cpu of reports.HOSTILE) {
    const kept = sharpness({ fingerprint: { ...fingerprint, machine: { ...fingerprint.machine, cpu } } })
    const report = { ...SIDE_BY_SIDE, sharpness: kept }
    expect(troubles(sharpnessSentence(report, MARKDOWN)!)).toEqual([])
    expect(sharpnessSentence(report, MARKDOWN)).toMatch(/^[^`]+`.*`[^`]+$/s)
    const plain = sharpnessSentence(report, PLAIN)!
    expect(visibleOnly(plain)).toBe(plain)
  }
})

const compared: readonly SelfComparison[] = [
  { outcome: 'pass', comparison: SIDE_BY_SIDE.comparison },
  { outcome: 'fail', comparison: SIDE_BY_SIDE.comparison },
  { outcome: 'invalid', comparison: { ...SIDE_BY_SIDE.comparison, budgets: [] } },
]

test('what aa prints: each comparison, each budget, and what it comes to', () => {
  const found = sharpness({
    ...{ comparisons: 2, invalid: 1, passed: 1, inconclusive: 0, falseAlarms: 1, falseAlarmsAtMost: 0.9 },
  })
  expectGolden('report/sharpness.txt', `${renderSharpness(compared, found, { width: 80 })}\n`)
  for (let width = 60; width <= 120; width++)
    for (const line of renderSharpness(compared, found, { width }).split('\n'))
      expect(columnsOf(line)).toBeLessThanOrEqual(width)
})

test('of nothing sound it says so', () => {
  const found = sharpness({
    ...{ comparisons: 0, invalid: 1, passed: 0, inconclusive: 0, falseAlarmsAtMost: undefined, budgets: [] },
  })
  expect(renderSharpness(compared.slice(2), found, { width: 120 })).toMatch(
    /No comparison of this version with itself was sound\. 1 further one left out: the evidence was flawed\.$/,
  )
})
