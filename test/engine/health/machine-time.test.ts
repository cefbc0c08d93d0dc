import { expect, test } from '@jest/globals'
import {
  type MachineTime,
  machineShares,
  machineTime,
  parseMachineTime,
} from '../../../src/engine/health/machine-time.ts'

test('the line of all cores: guests are of the user already, and who waits for a disk is idle', () => {
  const text = 'cpu  100 1 20 700 30 2 3 44 90 9\ncpu0 1 1 1 1 1 1 1 1 1 1\nintr 5\n'
  expect(parseMachineTime(text)).toEqual({ total: 900, idle: 730, stolen: 44 })
})

test.each(['', 'cpu0 1 2 3 4 5 6 7 8\n', 'cpu  1 2 3\n', 'intr 1 2 3 4 5 6 7 8\n'])('%j tells nothing', (text) => {
  expect(parseMachineTime(text)).toBeUndefined()
})

test('shares of what passed between the two', () => {
  const before: MachineTime = { total: 1_000, idle: 600, stolen: 10 }
  expect(machineShares(before, { total: 1_200, idle: 650, stolen: 40 })).toEqual({ idle: 0.25, stolen: 0.15 })
  expect(machineShares(before, { total: 1_200, idle: 590, stolen: 9 })).toEqual({ idle: 0, stolen: 0 })
})

test('without a beginning, an end or time between them nothing is claimed', () => {
  const some: MachineTime = { total: 1_000, idle: 600, stolen: 10 }
  expect(machineShares(undefined, some)).toBeUndefined()
  expect(machineShares(some, undefined)).toBeUndefined()
  expect(machineShares(some, some)).toBeUndefined()
})

test('this machine tells, where it is a Linux', () => {
  if (process.platform !== 'linux') expect(machineTime()).toBeUndefined()
  else
    expect(machineTime()).toEqual({ total: expect.any(Number), idle: expect.any(Number), stolen: expect.any(Number) })
})
