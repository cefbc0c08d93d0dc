import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  blockNeeds,
  blocksWithMoreFailures,
  paceChanges,
  quantileChanges,
  roundNeeds,
} from '../../src/compare/blocks.ts'
import { partOfStep, WHOLE } from '../../src/compare/scope.ts'
import { groupSteps } from '../../src/compare/step-groups.ts'
import { type MadeBlocks, madeRound, madeRounds } from './made-rounds.ts'

const all = (...groups: readonly (readonly number[])[]) => groups

test.each([
  [0.5, 20, 20],
  [0.9, 100, 100],
  [0.95, 200, 200],
  [0.99, 500, 1000],
  [0.999, 5000, 10_000],
])('the %d-quantile takes %d successes in a block and %d in a round', (q, block, round) => {
  expect([blockNeeds(q), roundNeeds(q)]).toEqual([block, round])
})

test('a higher quantile never takes fewer', () => {
  for (let q = 0.5; q < 0.999; q += 0.001) expect(blockNeeds(q + 0.001)).toBeGreaterThanOrEqual(blockNeeds(q))
})

// --- quantiles, against the sorted samples --------------------------------------------------------------------------

const ms = fc.integer({ min: 1, max: 2000 })
const block = fc.array(ms, { maxLength: 40 })
const madeStep = fc.array(block, { minLength: 3, maxLength: 3 })

/** By sorting, block after block. */
function slowChanges(base: readonly number[][][], head: readonly number[][][], q: number, needed: number): number[] {
  const quantile = (times: readonly number[]) => {
    const sorted = [...times].sort((a, b) => a - b)
    return sorted[Math.ceil(q * sorted.length - 1e-9) - 1]!
  }
  const count = base[0]!.length
  const blocks: number[][] = []
  let open: number[] = []
  for (let at = 0; at < count; at++) {
    // Nothing ended in it on either side: there is no such block.
    if ([...base, ...head].every((step) => step[at]!.length === 0)) continue
    open.push(at)
    const full = [...base, ...head].every((step) => open.flatMap((index) => step[index]!).length >= needed)
    if (full) {
      blocks.push(open)
      open = []
    }
  }
  if (open.length > 0) {
    if (blocks.length > 0) blocks[blocks.length - 1]!.push(...open)
    else blocks.push(open)
  }
  return blocks.flatMap((indexes) => {
    let sum = 0
    for (let step = 0; step < base.length; step++) {
      const of = (side: readonly number[][][]) => quantile(indexes.flatMap((index) => side[step]![index]!))
      sum += Math.log(of(head) / of(base))
    }
    return Number.isNaN(sum) ? [] : [sum / base.length]
  })
}

test('random blocks of two steps: the mean of the changes of each, as by sorting', () => {
  fc.assert(
    fc.property(madeStep, madeStep, madeStep, madeStep, fc.constantFrom(0.5, 0.9), (a, b, c, d, q) => {
      const side = (...steps: number[][][]) => ({
        model: 'closed' as const,
        steps: steps.map((blocks, n): MadeBlocks => ({ step: `GET /${n}`, blocks })),
      })
      const round = madeRound(side(a, b), side(c, d))
      const expected = slowChanges([a, b], [c, d], q, blockNeeds(q))
      const found = quantileChanges(round, all([0], [1]), q)
      expect(found).toHaveLength(expected.length)
      // A slot of the histogram is 0.1 % wide.
      for (const [at, change] of found.entries()) expect(Math.abs(change - expected[at]!)).toBeLessThan(0.002)
    }),
    { numRuns: 200 },
  )
})

test('blocks with too few successes are put together, and the rest joins the last', () => {
  const counts = (...counts: readonly number[]) => ({ steps: [{ blocks: counts.map((n) => new Array(n).fill(10)) }] })
  const lengths = (base: readonly number[], head: readonly number[]) =>
    quantileChanges(madeRound(counts(...base), counts(...head)), all([0]), 0.5).length
  expect(lengths([20, 20, 20, 20], [20, 20, 20, 20])).toBe(4)
  expect(lengths([10, 10, 10, 10], [20, 20, 20, 20])).toBe(2)
  expect(lengths([10, 10, 10, 5], [20, 20, 20, 20])).toBe(1)
  expect(lengths([5, 5], [5, 5])).toBe(1)
  expect(lengths([5, 5], [0, 0])).toBe(0)
})

// --- throughput -----------------------------------------------------------------------------------------------------

test('the pace is what ended in each block of the window', () => {
  const counts = (...counts: readonly number[]) => ({ steps: [{ blocks: counts.map((n) => new Array(n).fill(10)) }] })
  expect(paceChanges(madeRound(counts(100, 200), counts(50, 400)), [0])).toEqual([Math.log(2), Math.log(0.5)])
  // A block in which the head stood still is part of the one before.
  expect(paceChanges(madeRound(counts(100, 100), counts(100, 0)), [0])).toEqual([Math.log(2)])
  expect(paceChanges(madeRound(counts(100, 100), counts(0, 0)), [0])).toEqual([Math.log(200)])
})

test('what ended after the window is no pace', () => {
  const late = { endWithin: 20, steps: [{ blocks: [new Array(100).fill(10), new Array(100).fill(10)] }] }
  const round = madeRound(late, late)
  const [step] = round.head.steps
  const moved = step!.blocks!.records.map((record, index) => ({ ...record, index: index + 1 }))
  const head = { ...round.head, steps: [{ ...step!, blocks: { length: 5_000, records: moved } }] }
  // 200 within the window on the base, 100 on the head.
  expect(paceChanges({ base: round.base, head }, [0])).toEqual([Math.log(2)])
})

// --- errors ---------------------------------------------------------------------------------------------------------

test('blocks with more failures, over all steps together', () => {
  const side = (a: readonly number[], b: readonly number[]) => ({
    steps: [a, b].map((failed, n) => ({ step: `GET /${n}`, blocks: failed.map(() => [1]), failed })),
  })
  const round = madeRound(side([0, 1, 2, 0], [1, 0, 0, 0]), side([1, 1, 2, 0], [0, 1, 1, 0]))
  expect([[0, 1], [0], [1]].map((steps) => blocksWithMoreFailures(round, steps))).toEqual([2, 1, 2])
})

// --- groups of steps ------------------------------------------------------------------------------------------------

const ofCounts = (...counts: readonly number[]) => {
  const side = {
    steps: counts.map((count, n) => ({ step: `GET /${n}`, blocks: [new Array<number>(count).fill(10)] })),
  }
  return madeRounds(2, () => madeRound(side, side))
}

test.each([
  [
    [300, 300, 300],
    [[0], [1], [2]],
  ],
  [
    [300, 90, 300],
    [[0], [2, 1]],
  ],
  [
    [300, 150, 400, 60],
    [[2], [0], [1, 3]],
  ],
  [[90, 90, 90], [[0, 1, 2]]],
  [[300, 0], [[0, 1]]],
])('steps with %j successes per round are measured as %j', (counts, groups) => {
  expect(groupSteps(ofCounts(...counts), WHOLE, 0.95)).toEqual({ kind: 'groups', groups })
})

test('no request is left out, and each group has enough', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 6 }), (counts) => {
      const grouping = groupSteps(ofCounts(...counts), WHOLE, 0.95)
      const sum = counts.reduce((sum, count) => sum + count, 0)
      if (grouping.kind === 'too-few') {
        expect([grouping.successes, grouping.needed, sum < 200]).toEqual([sum, 200, true])
        return
      }
      expect(grouping.groups.flat().sort((a, b) => a - b)).toEqual(counts.map((_, id) => id))
      for (const ids of grouping.groups)
        expect(ids.reduce((sum, id) => sum + counts[id]!, 0)).toBeGreaterThanOrEqual(200)
    }),
  )
})

test('the side with fewer successes counts, on average over the rounds', () => {
  const side = (count: number) => ({
    model: 'closed' as const,
    steps: [{ blocks: [new Array<number>(count).fill(10)] }],
  })
  const rounds = [madeRound(side(300), side(190)), madeRound(side(180), side(208))]
  const part = partOfStep(rounds[0]!.head.steps[0]!)
  expect(groupSteps(rounds, part, 0.95)).toEqual({ kind: 'too-few', successes: 199, needed: 200 })
  expect(groupSteps([...rounds, madeRound(side(300), side(300))], part, 0.95).kind).toBe('groups')
})
