import { expect, test } from '@jest/globals'
import { MOST_BLOCKS } from '../../src/baseline/baseline.ts'
import { baselineRun } from '../../src/baseline/baseline-run.ts'
import { checkRun } from '../../src/baseline/check-run.ts'
import type { RunResult } from '../../src/result/result.ts'
import { histogram, type MadeStep, madeRun } from './made-run.ts'

test('answers that came after the window are not counted in it', () => {
  const result = madeRun({
    seconds: 10,
    endWithin: 20,
    steps: [{ times: new Array(100).fill(5), causes: { timeout: 20 } }],
  })
  expect(baselineRun(result).inWindow).toEqual({ succeeded: 50, failed: 10 })
})

test('intervals and blocks are summed up, all else is as it was', () => {
  const { intervals: _, ...result } = madeRun({ seconds: 10 })
  const { inWindow: __, blocks: ___, ...run } = baselineRun(madeRun({ seconds: 10 }))
  expect(run).toEqual({ ...result, steps: result.steps.map((step) => ({ ...step, blocks: undefined })) })
})

/** One run whose steps have these response times in ms in each block of 5 s. */
function blocked(seconds: number, steps: readonly (MadeStep & { readonly blocks: readonly number[][] })[]): RunResult {
  const run = madeRun({ seconds, steps })
  return {
    ...run,
    steps: run.steps.map((step, at) => ({
      ...step,
      blocks: {
        length: 5_000,
        records: steps[at]!.blocks.map((own, index) => ({
          index,
          succeeded: own.length,
          failed: 0,
          response: histogram(own),
        })).filter(({ succeeded }) => succeeded > 0),
      },
    })),
  }
}

test('of each step, each scenario and all, what they were like in each whole block of the window', () => {
  const made = (scenario: string, step: string, blocks: number[][]) => ({
    scenario,
    step,
    times: blocks.flat(),
    blocks,
  })
  // Seventeen seconds: three blocks, one that is cut short, and what came after.
  const { blocks } = baselineRun(
    blocked(17, [
      made('a', 'x', [[1, 1], [2], [], [9], [9]]),
      made('a', 'y', [[1], [4, 4, 4], [6], [9], []]),
      made('b', 'z', [[1], [2], [6, 6], [], []]),
    ]),
  )
  expect(blocks?.length).toBe(5_000)
  expect(
    blocks?.parts.map(({ steps, succeeded, p50 }) => [steps, succeeded, p50.map((us) => Math.round(us / 1000))]),
  ).toEqual([
    [
      [0, 1, 2],
      [4, 5, 3],
      [1, 4, 6],
    ],
    [
      [0, 1],
      [3, 4, 1],
      [1, 4, 6],
    ],
    [[2], [1, 1, 2], [1, 2, 6]],
    [[0], [2, 1, 0], [1, 2, 0]],
    [[1], [1, 3, 1], [1, 4, 6]],
  ])
})

test('a run shorter than a block, or of a version that had none, has no figures', () => {
  expect(baselineRun(madeRun({ seconds: 4 })).blocks).toBeUndefined()
  const run = madeRun()
  expect(
    baselineRun({ ...run, steps: run.steps.map((step) => ({ ...step, blocks: undefined })) }).blocks,
  ).toBeUndefined()
})

test('many blocks are put together', () => {
  const [step] = madeRun({ seconds: 600 }).steps
  expect(step?.blocks?.records).toHaveLength(120)
  const { blocks } = baselineRun(madeRun({ seconds: 600 }))
  expect([blocks?.length, blocks?.parts[0]?.p95.length]).toEqual([10_000, MOST_BLOCKS])
  expect(blocks?.parts[0]?.succeeded.reduce((sum, count) => sum + count, 0)).toBe(6_000)
})

test('what was stored is read again, with blocks and without', () => {
  const run = baselineRun(madeRun())
  expect(run.blocks?.parts[0]?.p95).toHaveLength(12)
  expect(checkRun(JSON.parse(JSON.stringify(run)))).toEqual(run)
  const { blocks: _, ...earlier } = run
  expect(checkRun(JSON.parse(JSON.stringify(earlier)))).toEqual({ ...earlier, blocks: undefined })
})

test.each([
  ['no list', { p50: 3 }],
  ['a negative count', { succeeded: [-1] }],
  ['lists of other lengths', { p95: [1, 2, 3] }],
  ['a number that is none', { p99: [null] }],
  ['steps that are not of the run', { steps: [7] }],
  ['more than was sent', { succeeded: new Array(12).fill(5_000) }],
])('stored blocks with %s are refused', (_, change) => {
  const run = JSON.parse(JSON.stringify(baselineRun(madeRun())))
  Object.assign(run.blocks.parts[0], change)
  expect(() => checkRun(run)).toThrow(/stored run is damaged/)
})
