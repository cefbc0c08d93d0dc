import { expect, test } from '@jest/globals'
import { isAccepted } from '../../src/trust/label.ts'

const labels = [
  { id: 1, name: 'bug' },
  { id: 2, name: 'Performance: accepted' },
]

test.each([
  [labels, 'performance: accepted', true],
  [labels, ' Performance: accepted ', true],
  [labels, 'performance', false],
  [labels, '', false],
  [labels, ' ', false],
  [labels, undefined, false],
  [[], 'bug', false],
  [undefined, 'bug', false],
  [['bug'], 'bug', false],
  [[null, 5, { name: 7 }, { title: 'bug' }], 'bug', false],
  [{ 0: { name: 'bug' }, length: 1 }, 'bug', false],
])('%j with %j: %s', (given, wanted, accepted) => {
  expect(isAccepted(given, wanted)).toBe(accepted)
})
