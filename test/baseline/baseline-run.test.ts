import { expect, test } from '@jest/globals'
import { baselineRun } from '../../src/baseline/baseline-run.ts'
import { madeRun } from './made-run.ts'

test('answers that came after the window are not counted in it', () => {
  const result = madeRun({
    seconds: 10,
    endWithin: 20,
    steps: [{ times: new Array(100).fill(5), causes: { timeout: 20 } }],
  })
  const { intervals: _, ...rest } = result
  expect(baselineRun(result)).toEqual({ ...rest, inWindow: { succeeded: 50, failed: 10 } })
})
