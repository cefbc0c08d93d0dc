import { expect, test } from '@jest/globals'
import { isLoopback, targetIsHere } from '../../src/plan/target-here.ts'

test.each([
  ['http://127.0.0.1:8080', true],
  ['http://127.9.9.9/base', true],
  ['https://localhost', true],
  ['http://shop.localhost:1', true],
  ['http://[::1]:8080', true],
  ['http://10.0.0.1', false],
  ['http://localhost.example.org', false],
  ['***', false],
])('%s is loopback: %s', (target, loopback) => {
  expect(isLoopback(target)).toBe(loopback)
  expect(targetIsHere({ target })).toBe(loopback)
})

test('what Loadgate starts runs here, whatever its address', () => {
  const bounds = { prepare: undefined, prepareWithin: 1, ready: '/', readyWithin: 1, alone: false }
  expect(targetIsHere({ target: 'http://10.0.0.1', service: { start: 'x', ...bounds } })).toBe(true)
})
