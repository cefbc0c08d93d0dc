// Read by the library that reads the profiles' own files, and held to the report.
import { expect, test } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { Recorder } from '../../src/histogram.ts'
import { csvLine } from '../../src/report/csv.ts'
import { renderSecondsCsv } from '../../src/report/csv-seconds.ts'
import { renderStepsCsv } from '../../src/report/csv-steps.ts'
import type { Report } from '../../src/report/report.ts'
import { EVERYTHING, KEPT } from './kept-reports.ts'
import { MIXED } from './pages.ts'
import { SIDE_BY_SIDE } from './reports.ts'
import { EVENTS } from './situations.ts'

type Row = Readonly<Record<string, string>>
const rows = (text: string): Row[] => parse(text, { columns: true, record_delimiter: '\n' })

test.each(KEPT)('%s: steps.csv has a line for each part, with its figures', (_, { comparison, ...rest }) => {
  const found = rows(renderStepsCsv({ comparison, ...rest }))
  expect(found).toHaveLength(comparison.scopes.length)
  for (const [at, row] of comparison.scopes.entries()) {
    const { requests, failed, error_rate, per_second, p95_ms, baseline_p95_ms } = found[at]!
    expect([Number(requests), Number(failed)]).toEqual([row.requests, row.failed])
    expect(Number(error_rate)).toBeCloseTo(row.errors, 5)
    expect(Number(per_second)).toBeCloseTo(row.throughput, 2)
    expect(p95_ms === '' ? undefined : Number(p95_ms)).toBe(row.p95)
    expect(baseline_p95_ms === '' ? undefined : Number(baseline_p95_ms)).toBe(row.baseline?.p95)
  }
})

test('the columns are these, in this order, for they are interface', () => {
  expect(renderStepsCsv(EVERYTHING).split('\n')[0]).toBe(
    'scope,requests,failed,error_rate,per_second,p50_ms,p95_ms,p99_ms,service_p95_ms,' +
      'baseline_error_rate,baseline_per_second,baseline_p50_ms,baseline_p95_ms,baseline_p99_ms,background,' +
      'events,between_p50_ms,between_p95_ms,between_p99_ms,last_p50_ms,last_p95_ms,last_p99_ms',
  )
  expect(renderSecondsCsv(EVERYTHING).split('\n')[0]).toBe(
    'second,length_s,time,in_window,succeeded,failed,per_second,p50_ms,p95_ms,p99_ms,planned,active,planned_arrivals,planned_users',
  )
})

test('what streams of events took stands behind the rest, and nothing where there are none', () => {
  const told = rows(renderStepsCsv(EVENTS)).map((row) => Object.values(row).slice(-7).join())
  expect(told).toEqual([',,,,,,', '184211,21.4,140,210,2310,5200,6004', '0,,,,,,'])
})

function times(...ms: readonly number[]): string {
  const recorder = new Recorder()
  for (const one of ms) recorder.record(one * 1_000)
  return recorder.drain()
}

function running(measured: number, length: number, records: Report['result']['intervals']['records']): Report {
  const { result } = EVERYTHING
  const plan = {
    ...result.plan,
    measured,
    warmUp: 2_000,
    curve: [{ from: 10, to: 30, over: measured }],
  }
  const changes = { startedAt: Date.UTC(2026, 0, 1), plan, intervals: { length, records }, active: [9.5, 0.125] }
  return { ...EVERYTHING, result: { ...result, ...changes } }
}

test('seconds.csv has every second of the window, those without an answer too, and what ended behind it', () => {
  const text = renderSecondsCsv(
    running(2_500, 1_000, [
      { index: 0, succeeded: 3, failed: 1, response: times(10, 20, 30) },
      { index: 2, succeeded: 1, failed: 0, response: times(40) },
      { index: 3, succeeded: 0, failed: 2, response: times() },
    ]),
  )
  expect(text.split('\n').slice(1)).toEqual([
    '0,1,2026-01-01T00:00:02.000Z,true,3,1,3,20.008,30.008,30.008,14,9.5,14,',
    '1,1,2026-01-01T00:00:03.000Z,true,0,0,0,,,,22,0.125,22,',
    '2,0.5,2026-01-01T00:00:04.000Z,true,1,0,2,40.016,40.016,40.016,28,0,28,',
    '2.5,1,2026-01-01T00:00:04.500Z,false,0,2,0,,,,0,,0,',
    '',
  ])
})

test('rounds side by side have no moments: there is time between them', () => {
  const report = running(2_000, 1_000, [])
  const comparison = { ...report.comparison, baseline: SIDE_BY_SIDE.comparison.baseline }
  expect(rows(renderSecondsCsv({ ...report, comparison })).map(({ second, time }) => [second, time])).toEqual([
    ['0', ''],
    ['1', ''],
  ])
})

test('a run that did not keep how much was under way leaves the column empty', () => {
  const report = running(2_000, 1_000, [])
  const [first] = rows(renderSecondsCsv({ ...report, result: { ...report.result, active: undefined } }))
  expect(first).toMatchObject({ planned: '15', active: '' })
})

test('of arrivals and users at once each has its own column', () => {
  const [first, , , , , , , , , , , , last] = rows(renderSecondsCsv(MIXED)).filter((_, at) => at % 4 === 0)
  expect(first).toMatchObject({ planned: '', planned_arrivals: '50.833', planned_users: '5.188' })
  expect(last).toMatchObject({ second: '48', planned: '', planned_arrivals: '100', planned_users: '0' })
})

test('a load of users leaves the arrivals empty', () => {
  const report = running(2_000, 1_000, [])
  const closed = { ...report.result, plan: { ...report.result.plan, model: 'closed' as const } }
  const [first] = rows(renderSecondsCsv({ ...report, result: closed }))
  expect(first).toMatchObject({ planned: '15', planned_arrivals: '', planned_users: '15' })
})

test('a run of hours is told by the minute', () => {
  const [first, second, ...more] = rows(renderSecondsCsv(running(1_200_000, 60_000, [])))
  expect([first, second]).toMatchObject([
    { second: '0', length_s: '60' },
    { second: '60', time: '2026-01-01T00:01:02.000Z' },
  ])
  expect(more).toHaveLength(18)
})

test.each([
  ['=1+1', "'=1+1"],
  ['+cmd|x', "'+cmd|x"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'=1"],
  ['\u200b=1', "'=1"],
  [' =1', "'=1"],
  ['-1.5', '-1.5'],
  ['a,"b"', '"a,""b"""'],
  ['a\r\nb', 'a b'],
  ['x;y', '"x;y"'],
  ['', ''],
])('%j is the cell %s', (text, cell) => {
  expect(csvLine([text])).toBe(`${cell}\n`)
})

test('whatever a name is, it is one cell, and none that a spreadsheet computes', () => {
  const name = fc.string({
    unit: fc.oneof(
      fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', ';', "'", ' ', '\u0000', '\u202e'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }),
    ),
    maxLength: 12,
  })
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
      const line = csvLine([...names, 'end'])
      const [cells = []]: string[][] = parse(line, { record_delimiter: '\n' })
      expect(cells).toHaveLength(names.length + 1)
      expect(cells.at(-1)).toBe('end')
      for (const cell of cells) if (!/^-?\d+(\.\d+)?$/.test(cell)) expect(cell).not.toMatch(/^[=+\-@\t\r]/)
    }),
    { numRuns: 1_000 },
  )
})
