import { expect, test } from '@jest/globals'
import { columnsOf } from '../../src/report/columns.ts'
import { terminalTable } from '../../src/report/terminal-table.ts'

const NAMES = [
  'GET /',
  'p95 of "shop › GET /a/rather/long/path/that/nobody/reads/to/its/end" < baseline + 10 % and + 5 ms',
  '店舗の一覧を取得する：とても長い名前のステップは途中で切り詰められる必要があります',
  'e\u0301\u0323'.repeat(90),
  '😀🏁数é'.repeat(25),
]
const NUMBERS = ['1,234,567,890', '0.0003 %', '12.3 ms', '3600 s', '1000000/s', '+1,234 %']
const HEAD = ['step', 'requests', 'errors', 'p50', 'p95', 'rate', 'change']
const WIDTHS = Array.from({ length: 61 }, (_, n) => 60 + n)

test.each(WIDTHS)('nothing is wider than %d columns, and no number is cut', (width) => {
  const lines = terminalTable([HEAD, ...NAMES.map((name) => [name, ...NUMBERS])], width)
  expect(lines).toHaveLength(NAMES.length + 1)
  for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(width)
  const columns = lines[0]!.split(/ {2,}/).length
  for (const line of lines.slice(1)) expect(line.endsWith(`  ${NUMBERS.slice(0, columns - 1).join('  ')}`)).toBe(true)
  // What is left out is the least that had to go.
  const numbers = NUMBERS.slice(0, columns).reduce((sum, text) => sum + 2 + text.length, 0)
  if (columns < HEAD.length) expect(10 + numbers).toBeGreaterThan(width)
})

test.each(WIDTHS)('the longest text gives way first in %d columns', (width) => {
  const cause = 'unexpected-status'
  const rows = NAMES.map((name) => [cause, '100', '0.833 %', `${name} × 100, ${name} × 26`])
  const lines = terminalTable([['cause', 'failures', 'share', 'steps'], ...rows], width, ['steps'])
  for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(width)
  for (const line of lines.slice(1)) expect(line).toMatch(/^unexpected-status {7}100 {2}0\.833 % {2}\S.*(…|× 26)$/)
})

test('what has room is shown whole', () => {
  const rows = [
    ['budget', 'value'],
    ['数 < 1', '12 ms'],
    ['p95 of "a" < 1 s', '3 ms'],
  ]
  const whole = ['budget            value', '数 < 1            12 ms', 'p95 of "a" < 1 s   3 ms']
  for (const width of [23, 24, 200]) expect(terminalTable(rows, width)).toEqual(whole)
  expect(terminalTable(rows, 22)[2]).toBe('p95 of "a" < 1…   3 ms')
})
