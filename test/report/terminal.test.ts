import { expect, test } from '@jest/globals'
import type { ScopeRow } from '../../src/compare/comparison.ts'
import { columnsOf, toColumns, wrapped } from '../../src/report/columns.ts'
import { renderMarkdown } from '../../src/report/markdown.ts'
import { renderTerminal } from '../../src/report/terminal.ts'
import { expectGolden } from '../support/golden.ts'
import * as reports from './reports.ts'
import { SITUATIONS } from './situations.ts'

const ESC = '\u001b'

const cases = SITUATIONS

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

test.each(cases)('nor is %s wider than a terminal of 60 to 120 columns', (_, report) => {
  for (let width = 60; width <= 120; width++)
    for (const line of renderTerminal(report, { colour: false, width }).split('\n'))
      expect(columnsOf(line)).toBeLessThanOrEqual(width)
})

test('why requests failed is told where any did: as in Markdown, the most frequent cause first', () => {
  const shop = (causes: ScopeRow['causes']) => reports.scope('shop › GET /', { causes })
  const all = reports.scope('all', {
    requests: 90,
    failed: 9,
    causes: [
      ['tls', 3],
      ['timeout', 6],
      ['dropped', 10],
    ],
  })
  const report = reports.report('fail', 'x', {
    comparison: {
      scopes: [
        all,
        shop([
          ['tls', 3],
          ['timeout', 5],
        ]),
        reports.scope('late', { causes: [['timeout', 1]] }),
      ],
    },
    result: { steps: [reports.step('GET /', { statuses: { 200: 81, 304: 1_000 } })] },
  })
  const text = renderTerminal(report, { colour: false, width: 80 })
  expect(
    text
      .split('\n\n')
      .find((block) => block.startsWith('cause'))
      ?.split('\n'),
  ).toEqual([
    'cause    failures  share  steps',
    'dropped        10   10 %',
    'timeout         6    6 %  shop › GET / × 5, late × 1',
    'tls             3    3 %  shop › GET / × 3',
    'Answers by status: 304 × 1,000, 200 × 81.',
  ])
  const markdown = renderMarkdown(report, { limit: 1e6 }).replaceAll('`', '')
  expect(markdown).toContain('| timeout | 6 | 6 % | shop › GET / × 5, late × 1 |')
  expect(markdown).toContain('Answers by status: 304 × 1,000, 200 × 81.')
})

test('of many steps and statuses the most frequent are named, and the others counted', () => {
  const steps = [1, 5, 3, 2, 4].map((n) => reports.scope(`step ${n}`, { causes: [['timeout', n]] }))
  const all = reports.scope('all', { requests: 100, failed: 15, causes: [['timeout', 15]] })
  const statuses = Object.fromEntries(Array.from({ length: 25 }, (_, n) => [400 + n, 100 - n]))
  const text = renderTerminal(
    reports.report('fail', 'x', {
      comparison: { scopes: [all, ...steps] },
      result: { steps: [reports.step('x', { statuses })] },
    }),
    { colour: false, width: 100 },
  )
  expect(text).toContain('step 5 × 5, step 4 × 4, step 3 × 3, … 2 more')
  expect(text.replace(/\s+/g, ' ')).toMatch(/: 400 × 100, 401 × 99, .*, 419 × 81, … 5 more\./)
})

test('where nothing failed there is nothing to tell', () => {
  expect(renderTerminal(reports.PASS, { colour: false, width: 80 })).not.toMatch(/cause|Answers by status/)
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
