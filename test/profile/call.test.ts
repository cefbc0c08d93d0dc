import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { callIn, literalIn } from '../../src/profile/call.ts'

test.each([
  ['sign()', 'sign', []],
  ['sign( )', 'sign', []],
  ['sign (a)', 'sign', ['a']],
  ['sign(a.first name, 7)', 'sign', ['a.first name', '7']],
  [`sign("a, (b", 'c)')`, 'sign', ['"a, (b"', "'c)'"]],
  ['sign("a\\"b", c)', 'sign', ['"a\\"b"', 'c']],
  ['sign(random(1, 2), uuid())', 'sign', ['random(1, 2)', 'uuid()']],
  ['sign(,)', 'sign', ['', '']],
])('%s', (text, name, given) => {
  expect(callIn(text)).toEqual({ name, given })
})

test.each(['', 'sign', 'sign(', 'sign)', 'sign("a)', "sign(')", 'sign(a))', 'sign((a)', '1(a)', 'a.b(c)', '(a)'])(
  '%s is none',
  (text) => {
    expect(callIn(text)).toBeUndefined()
  },
)

test.each([
  ['"a b"', 'a b'],
  ['\'a "b"\'', 'a "b"'],
  ['"a \\"b\\" \\\\"', 'a "b" \\'],
  ['""', ''],
  ['-7', -7],
  ['1.50', 1.5],
  ['true', true],
  ['false', false],
  ['null', null],
])('%s is a literal', (text, value) => {
  expect(literalIn(text)).toEqual({ value })
})

test.each(['', 'a', '"a', '"a"b"', '1e3', '0x1', 'constructor', '--1', 'NaN'])('%s is none', (text) => {
  expect(literalIn(text)).toBeUndefined()
})

test('whatever is written is read in a time that grows with its length alone', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('f', '(', ')', '"', "'", ',', '\\', ' '), maxLength: 200 }),
      (text) => {
        const call = callIn(`f(${text})`)
        if (call) expect(call.given.join(',').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''))
      },
    ),
  )
  const long = '"\\'.repeat(200_000)
  expect(callIn(`f(${long})`)).toBeUndefined()
  expect(literalIn(long)).toBeUndefined()
})
