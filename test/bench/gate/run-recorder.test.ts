import { expect, test } from '@jest/globals'
import { RunRecorder } from '../../../bench/gate/run-recorder.ts'
import { disagreements } from '../../../src/compare/accounting.ts'
import { compare } from '../../../src/compare/compare.ts'
import { Histogram, sumOf } from '../../../src/histogram.ts'

const FACTS = { id: 'run', hour: 1, model: 0 }

function recorded(recorder = new RunRecorder(30_000)) {
  for (let n = 0; n < 3_000; n++) recorder.record(n * 10 + 25, 25)
  return recorder.drain(FACTS)
}

test('a result adds up and is sound evidence', () => {
  const result = recorded()
  expect(disagreements(result)).toEqual([])
  expect(compare(result, undefined, []).defects).toEqual([])
})

test('requests are cut up by when they ended, those after the window apart', () => {
  const { steps, intervals } = recorded()
  const [step] = steps
  expect(step!.sent).toBe(3_000)
  // Those due in the last 25 ms.
  expect(step!.succeededInWindow).toBe(2_998)
  expect(intervals.length).toBe(1_000)
  expect(intervals.records.map(({ index }) => index)).toEqual(Array.from({ length: 31 }, (_, index) => index))
  expect(intervals.records.at(-1)!.succeeded).toBe(2)
  expect(step!.blocks!.length).toBe(5_000)
  expect(step!.blocks!.records.map(({ succeeded }) => succeeded)).toEqual([498, 500, 500, 500, 500, 500, 2])
})

test('the blocks, the intervals and the step hold the same requests', () => {
  const { steps, intervals } = recorded()
  const { response, blocks } = steps[0]!
  expect(sumOf(intervals.records.map((record) => record.response))).toBe(response)
  expect(sumOf(blocks!.records.map((record) => record.response))).toBe(response)
  expect(Histogram.of(response).count).toBe(3_000)
  expect(Math.abs(Histogram.of(response).quantile(0.5)! - 25_000)).toBeLessThan(25)
})

test('a drained recorder takes the next run as the first', () => {
  const recorder = new RunRecorder(30_000)
  expect(recorded(recorder)).toEqual(recorded(recorder))
})
