import { expect, test } from '@jest/globals'
import { nearest } from '../src/nearest.ts'

test.each([
  ['warmup', ['warm-up', 'rate'], 'warm-up'],
  ['fro', ['for', 'to', 'rate'], 'for'],
  ['stepz', ['stages', 'steps'], 'steps'],
  ['Rate', ['rate'], 'rate'],
  ['wibble', ['for', 'to', 'rate'], undefined],
  ['at', ['for'], undefined],
  ['anything', [], undefined],
])('%s of %j is %s', (given, known, meant) => {
  expect(nearest(given, known)).toBe(meant)
})
