import { expect, test } from '@jest/globals'
import { columnsOf, toColumns, wrapped } from '../../src/report/columns.ts'
import type { Report } from '../../src/report/report.ts'
import { renderTerminal } from '../../src/report/terminal.ts'
import { expectGolden } from '../support/golden.ts'
import * as reports from './reports.ts'

const ESC = '\u001b'

const cases: readonly (readonly [string, Report])[] = [
  ['pass', reports.PASS],
  ['fail', reports.FAIL],
  ['inconclusive', reports.INCONCLUSIVE],
  ['invalid', reports.INVALID],
  ['no-baseline', reports.NO_BASELINE],
  ['huge', reports.HUGE],
  ['hostile', reports.hostile(reports.HOSTILE)],
]

test.each(cases)('the terminal shows %s', (name, report) => {
  expectGolden(`report/${name}.txt`, `${renderTerminal(report, { colour: false, width: 80 })}\n`)
})

test.each(cases)('80 columns are enough for %s, and colours take none', (_, report) => {
  const plain = renderTerminal(report, { colour: false, width: 80 })
  for (const line of plain.split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(80)
  const coloured = renderTerminal(report, { colour: true, width: 80 })
  expect(coloured).not.toBe(plain)
  expect(coloured.replaceAll(new RegExp(`${ESC}\\[\\d+m`, 'g'), '')).toBe(plain)
})

test('names bring no escape sequences, no lines and no invisible characters of their own', () => {
  const text = renderTerminal(reports.hostile(reports.HOSTILE), { colour: false, width: 80 })
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
})

test('columns are counted as a terminal shows them', () => {
  expect(columnsOf('abc')).toBe(3)
  expect(columnsOf('数é😀')).toBe(5)
  expect(columnsOf('e\u0301')).toBe(1)
  expect(toColumns('数数数', 4)).toBe('数… ')
  expect(toColumns('ab', 4, 'right')).toBe('  ab')
  expect(toColumns('abcde', 4)).toBe('abc…')
  expect(wrapped('one two three', 7)).toEqual(['one two', 'three'])
  expect(wrapped('busy 21 %', 8)).toEqual(['busy', '21 %'])
  expect(wrapped('unbreakable', 5)).toEqual(['unbreakable'])
})
