import { expect, test } from '@jest/globals'
import { compilePattern } from '../src/pattern.ts'

test.each([
  ['[0-9]+', 'a 12 b 3', '12'],
  ['id=([0-9]+)', 'id=7', '7'],
  ['(?i)ID=(?P<id>[0-9]+) (.*)', 'id=7 x', '7'],
  ['^$', '', ''],
  ['ü(.)', 'süß', 'ß'],
  ['(?s)a(.+)b', 'a\n\nb', '\n\n'],
  ['none', 'nothing', undefined],
])('%s finds in %j: %j', (source, text, value) => {
  expect(compilePattern(source).find(text)).toBe(value)
})

test.each([
  ['(a', 'missing closing ): `(a`'],
  ['a(?=b)', 'invalid or unsupported Perl syntax: `(?=`'],
  ['(a)\\1', 'invalid escape sequence: `\\1`'],
])('%s is none', (source, why) => {
  expect(() => compilePattern(source)).toThrow(why)
})

test('what a backtracking engine takes for ever for takes no more than its text', () => {
  // Twenty-eight of them take V8's own engine seconds, and a thousand longer than there is time.
  const text = 'a'.repeat(20_000)
  expect(compilePattern('^(a+)+$').find(`${text}!`)).toBeUndefined()
  expect(compilePattern('(a|aa)+$').find(text)).toBeDefined()
})
