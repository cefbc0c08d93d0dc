import { setTimeout } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { withProcessorSpeed } from '../src/processor-speed.ts'

test('the loop is timed before and after, and what lies between is handed on', async () => {
  const { found, calibration } = await withProcessorSpeed(async () => 'found', new AbortController().signal)
  expect(found).toBe('found')
  const { before, after } = calibration!
  for (const time of [before, after]) expect(time > 0 && time < 1_000).toBe(true)
})

test('timers go on meanwhile, and an abort ends it without a figure', async () => {
  const controller = new AbortController()
  void setTimeout(20).then(() => controller.abort())
  const { found, calibration } = await withProcessorSpeed(async () => controller.signal.aborted, controller.signal)
  expect([found, calibration]).toEqual([true, undefined])
})
