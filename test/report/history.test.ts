import { expect, test } from '@jest/globals'
import type { Baseline, BaselineRun } from '../../src/baseline/baseline.ts'
import type { AcceptedAt, History } from '../../src/history/history.ts'
import { historyOf } from '../../src/history/history-of.ts'
import { windowRows } from '../../src/history/window-rows.ts'
import { columnsOf } from '../../src/report/columns.ts'
import { historyBlocks, renderHistory } from '../../src/report/history.ts'
import { renderHistoryJson, renderJson } from '../../src/report/json.ts'
import { renderMarkdown } from '../../src/report/markdown.ts'
import { sparkline } from '../../src/report/sparkline.ts'
import { renderWindow } from '../../src/report/window.ts'
import { visibleOnly } from '../../src/visible-only.ts'
import { madeRun, NOW, spread, storedRun } from '../baseline/made-run.ts'
import { troubles } from '../support/github-page.ts'
import { expectGolden } from '../support/golden.ts'
import * as reports from './reports.ts'

const DAY = 24 * 3_600_000

/** One run a day; the third was made on another machine, the first of another load and long ago. */
function window(names: readonly string[] = ['store', 'GET /', 'Fast 9000']): Baseline {
  const [scenario = '', step = '', cpu = ''] = names
  const runs = [90, 100, 101, 50, 99, 100, 130, 131, 129].map((p95, n): BaselineRun => {
    const startedAt = n === 0 ? NOW - 70 * DAY : NOW - (9 - n) * DAY
    const run = storedRun({
      id: `run-${n}`,
      startedAt,
      steps: [
        { scenario, step, times: spread(p95) },
        { scenario, step: `${step} again`, times: spread(p95, 600) },
      ],
    })
    const { machine } = run.fingerprint
    return {
      ...run,
      commit: n === 4 ? undefined : `${n}a5e11`.padEnd(40, '0'),
      fingerprint: {
        ...run.fingerprint,
        plan: n === 0 ? 'b'.repeat(64) : run.fingerprint.plan,
        machine: { ...machine, cpu: n === 3 ? 'Faster 1' : cpu },
      },
    }
  })
  return { store: 'file:.loadgate/baseline.json', runs }
}
const accepted = (baseline: Baseline, text = 'prices are checked twice'): AcceptedAt => ({
  commit: baseline.runs[6]?.commit ?? '',
  at: NOW,
  regression: 'p95 of "store"',
  limit: '+ 35 %',
  until: '2026-12-31',
  reason: text,
})
const baseline = window()
const history = historyOf(baseline, [accepted(baseline)])
const rows = windowRows(baseline, history, madeRun())

test('the window is a table that says which runs count, and why the others do not', () => {
  expect(rows.map(({ refusal }) => refusal?.split(':')[0])).toEqual([
    'another load',
    undefined,
    undefined,
    'another machine',
    ...Array.from({ length: 5 }, () => undefined),
  ])
  expectGolden('report/window.txt', `${renderWindow(rows, history, { width: 80 })}\n`)
})

test('the history is drawn on the terminal and in Markdown', () => {
  expectGolden('report/history.txt', `${renderHistory(history, { width: 80 })}\n`)
  const blocks = historyBlocks(history, reports.PASS).join('\n\n')
  expectGolden('report/history.md', `${blocks}\n`)
  expect(troubles(blocks)).toEqual([])
  const report = renderMarkdown({ ...reports.PASS, history }, { limit: 65_536 })
  expect(report).toContain('<details><summary>The stored runs over time</summary>')
  expect(report).toContain(blocks)
})

test('an empty history is not drawn', () => {
  const empty = historyOf({ store: 'file:x', runs: [] })
  expect([renderHistory(empty, { width: 80 }), historyBlocks(empty, reports.PASS)]).toEqual(['', []])
  const report = { ...reports.PASS, history: empty }
  expect(renderMarkdown(report, { limit: 65_536 })).toBe(renderMarkdown(reports.PASS, { limit: 65_536 }))
})

test('60 to 120 columns are enough', () => {
  for (let width = 60; width <= 120; width++)
    for (const text of [renderHistory(history, { width }), renderWindow(rows, history, { width })])
      for (const line of text.split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(width)
})

test('whatever a name, a machine or a reason holds changes no more of the page than a code span', () => {
  for (const name of reports.HOSTILE) {
    const hostile = window([name, name, name])
    const marked = historyOf(hostile, [{ ...accepted(hostile, name), regression: name, limit: name }])
    expect(troubles(historyBlocks(marked, reports.PASS).join('\n\n'))).toEqual([])
    const shown = windowRows(hostile, marked, madeRun())
    for (const text of [renderHistory(marked, { width: 100 }), renderWindow(shown, marked, { width: 100 })])
      for (const line of text.split('\n')) expect(visibleOnly(line)).toBe(line)
  }
})

test('machines get all of it, without secrets', () => {
  const text = renderHistoryJson(history, rows, (value) => value.replaceAll('twice', '***'))
  const read: History & { kind: string; window: unknown[] } = JSON.parse(text)
  expect(read).toMatchObject({ kind: 'loadgate-history', schema: 1, environments: history.environments })
  expect([read.runs.length, read.series.length, read.window.length]).toEqual([9, 15, 9])
  expect(text).toContain('prices are checked ***')
})

test.each([
  [[], undefined, ''],
  [[5], undefined, '▁'],
  [[5, 5, 5], undefined, '▁▁▁'],
  [[0, 1, 2, 3, 4, 5, 6, 7], undefined, '▁▂▃▄▅▆▇█'],
  [[100, 107], undefined, '▁█'],
  [[6, 7], 0, '▇█'],
  [[0, 0], 0, '▁▁'],
])('a line of %j is %s', (values, floor, line) => {
  expect(sparkline(values, floor)).toBe(line)
})

test('report.json has the history with its marks', () => {
  const { history: written } = JSON.parse(renderJson({ ...reports.PASS, history }))
  expect(written).toEqual(JSON.parse(JSON.stringify(history)))
  expect(written.runs[6].accepted).toHaveLength(1)
})
