import { expect, test } from '@jest/globals'
import { annotationsOf, annotationsOfMistakes } from '../../src/report/annotations.ts'
import {
  budget,
  exceeded,
  FAIL,
  holds,
  INCONCLUSIVE,
  INVALID,
  noBaseline,
  noSamples,
  PASS,
  report,
  undecided,
} from './reports.ts'

test('what holds is not annotated, nor is what has no baseline yet', () => {
  expect(annotationsOf(PASS)).toEqual([])
  const budgets = [
    budget('p95 < baseline + 5 %', 'p95', noBaseline, { value: 1 }),
    budget('p95 < 1 s', 'p95', holds, {}),
  ]
  expect(annotationsOf(report('pass', 'fine', { comparison: { budgets } }))).toEqual([])
})

test('each exceeded budget is an error on its line, the worst first', () => {
  expect(annotationsOf(FAIL)).toEqual([
    {
      level: 'error',
      file: 'loadgate.yml',
      line: 14,
      column: 5,
      title: 'Loadgate: budget exceeded',
      message: 'errors of "shop › POST /login": 2.1 % (1.99 … 2.21 %), limit 0.5 %',
    },
    {
      level: 'error',
      file: 'loadgate.yml',
      line: 13,
      column: 5,
      title: 'Loadgate: budget exceeded',
      message: 'p95 of "shop › GET /store": 412 ms, limit 275 ms, +64.8 % against 250 ms (+59.9 … +69.7 %)',
    },
    {
      level: 'error',
      file: 'loadgate.yml',
      line: 15,
      column: 5,
      title: 'Loadgate: budget exceeded',
      message: 'throughput: 171/s, limit 190/s, -14.5 % against 200/s (-17.1 … -11.9 %)',
    },
  ])
})

test('doubt is a warning that says what would help', () => {
  const [only, ...others] = annotationsOf(INCONCLUSIVE)
  expect(others).toEqual([])
  expect(only).toMatchObject({ level: 'warning', title: 'Loadgate: budget undecided' })
  expect(only?.message).toContain('Measure about 3 min longer.')
})

test('broken evidence is named in place of budgets that prove nothing', () => {
  const all = annotationsOf(INVALID)
  expect(all.map(({ level, file, line }) => [level, file, line])).toEqual(Array(3).fill(['error', 'loadgate.yml', 1]))
  expect(all[0]?.message).toContain('p99 of the lateness is 84 ms')
})

test.each([
  [8, 8, undefined],
  [9, 9, undefined],
  [10, 9, '2 more findings; the job summary lists them all.'],
  [500, 9, '492 more findings; the job summary lists them all.'],
])('of %i findings %i are shown, for one more says that the step failed', (count, shown, last) => {
  const budgets = Array.from({ length: count }, (_, n) =>
    budget(`p95 of "${n}" < 1 s`, 'p95', exceeded, { of: `${n}`, value: 2_000 + n, limit: 1_000 }),
  )
  const all = annotationsOf(report('fail', 'slow', { comparison: { budgets } }))
  expect(all).toHaveLength(shown)
  expect(all[0]?.message).toContain(`"${count - 1}"`)
  if (last !== undefined) expect(all.at(-1)?.message).toBe(last)
})

test('a message is one line of at most 4096 characters', () => {
  const long = { ...undecided, kind: 'undecided', reason: 'r\n'.repeat(5_000), remedy: 'x' } as const
  const budgets = [budget('p95 < 1 s', 'p95', long, { of: '\u202ea\nb', value: 1, limit: 1 })]
  const [only] = annotationsOf(report('inconclusive', 'close', { comparison: { budgets } }))
  expect(only?.message).toMatch(/^p95 of "a b": /)
  expect(only?.message).not.toMatch(/[\n\u202e]/)
  expect(Array.from(only?.message ?? '')).toHaveLength(4_096)
})

test('a budget without samples is an error on its line although the verdict is invalid', () => {
  const budgets = [budget('p95 of "x" < 1 s', 'p95', noSamples, { of: 'x', limit: 1_000, line: 9 })]
  expect(annotationsOf(report('invalid', 'Nothing was measured.', { comparison: { budgets } }))).toMatchObject([
    { level: 'error', line: 9, title: 'Loadgate: budget without samples', message: 'p95 of "x": –, limit 1000 ms' },
  ])
})

test('mistakes of a file stand on their lines, ten at most', () => {
  const mistake = (line: number) => ({
    place: { file: 'loadgate.yml', line, column: 3 },
    message: `line ${line}:\n::error::x\u001b[31m`,
  })
  const lines = (count: number) => annotationsOfMistakes(Array.from({ length: count }, (_, at) => mistake(at + 1)))
  expect(lines(1)).toEqual([
    {
      level: 'error',
      file: 'loadgate.yml',
      line: 1,
      column: 3,
      title: 'Loadgate: mistake',
      message: 'line 1: ::error::x[31m',
    },
  ])
  expect(lines(10)).toHaveLength(10)
  expect(lines(12)).toHaveLength(10)
  expect(lines(12).at(-1)?.message).toBe('3 more mistakes; the log lists them all.')
})
