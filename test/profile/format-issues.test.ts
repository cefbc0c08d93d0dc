import { expect, test } from '@jest/globals'
import { formatIssues } from '../../src/profile/format-issues.ts'
import type { Issue } from '../../src/profile/issue.ts'

const issue = (line: number, column: number, length: number, message = 'wrong'): Issue => ({
  code: 'syntax',
  place: { file: 'f.yml', line, column },
  length,
  message,
})

test('the line with its number, and a mark beneath', () => {
  const text = 'load:\n    for: 10 sek\n'
  expect(formatIssues([issue(2, 10, 6)], text)).toBe(
    ['f.yml:2:10  syntax  wrong', '  2 |     for: 10 sek', '    |          ^^^^^^'].join('\n'),
  )
})

test('a long line is cut around the place, and the mark stays beneath it', () => {
  const text = `${'a'.repeat(500)}HERE${'b'.repeat(500)}`
  const [, line = '', mark = ''] = formatIssues([issue(1, 501, 4)], text).split('\n')
  expect(line.length).toBeLessThan(120)
  expect(line.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('HERE')
})

test('a mark longer than the line ends with it, and one behind the end is a single one', () => {
  expect(formatIssues([issue(1, 3, 999)], 'abcd')).toContain('|   ^^\n'.trimEnd())
  expect(formatIssues([issue(1, 5, 1)], 'abcd')).toMatch(/\| {5}\^$/)
  expect(formatIssues([issue(7, 1, 1)], 'abcd')).toMatch(/\| \^$/)
})

test('nothing in a line or a message can hide or move what is shown', () => {
  const text = 'a: \u001b[31m\u202e\u0007x\t\ud800y'
  const shown = formatIssues([issue(1, 1, 1, 'say \u001b[0m\r\n::error::x')], text)
  expect(shown).not.toMatch(/[^\P{C}\n]/u)
  expect(shown.split('\n')).toHaveLength(3)
})

test('after fifty issues the rest is counted', () => {
  const many = Array.from({ length: 60 }, (_, n) => issue(n + 1, 1, 1))
  expect(formatIssues(many, '')).toMatch(/… and 10 more$/)
  expect(formatIssues(many.slice(0, 50), '')).not.toContain('more')
})
