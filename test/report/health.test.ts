import { expect, test } from '@jest/globals'
import { healthSentence } from '../../src/report/sentences.ts'
import type { GeneratorHealth } from '../../src/result/result.ts'
import * as reports from './reports.ts'

function sentence(health: Partial<GeneratorHealth>): string {
  const { result } = reports.PASS
  return healthSentence({ ...reports.PASS, result: { ...result, health: { ...result.health, ...health } } })
}

test('all that was measured, in one line', () => {
  expect(sentence({ staleRetries: 2 })).toBe(
    'Generator: within its bounds · late by 0.9 ms (p99) · event loop delayed by 1.3 ms (p99) and busy 21 % · CPU 34 %, of the machine 41 % idle and 0.2 % stolen · 61.2 ms of garbage collection, 4.1 ms the longest of 38 pauses · 24 of at most 1,000 connections, 48 opened · bodies of 40 kB/s received and 20 kB/s sent, link 3.1 % full · 2 sent again on a fresh connection.',
  )
})

test('nothing is said of what is not known', () => {
  const silent = sentence({ pauses: undefined, machine: undefined, link: undefined })
  expect(silent).not.toMatch(/garbage|machine|link|undefined|NaN/)
  expect(silent).toContain('CPU 34 % · 24 of')
})

test('what functions took, and that they limit the generator once they take a tenth', () => {
  const functions = { calls: 2_000, total: 1_000, longest: 4, share: 0.05 }
  expect(sentence({ functions })).toContain('· 5 % of the time in 2,000 calls of functions.')
  expect(sentence({ functions: { ...functions, total: 3_000, share: 0.15 } })).toContain(
    "· limited by functions: the profile's functions took 15 % of a worker's time, 1.5 ms for each call, bound 10 %.",
  )
})

test('none and one', () => {
  expect(sentence({ pauses: { count: 0, total: 0, longest: 0 } })).toContain('· no garbage collected ·')
  expect(sentence({ pauses: { count: 1, total: 2, longest: 2 } })).toContain('2 ms the longest of 1 pause ·')
})
