import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { arrivalOf, arrivalsOf } from '../../src/plan/arrivals.ts'
import { arrivalAt, arrivalsIn } from '../../src/plan/curve.ts'
import type { Segment } from '../../src/plan/plan.ts'

const level = fc.integer({ min: 0, max: 50 })
const segment = fc.record({ from: level, to: level, over: fc.integer({ min: 1, max: 3_000 }) })
const curves = fc.array(segment, { minLength: 1, maxLength: 4 })
const seeds = fc.integer({ min: 0, max: 1_000 })

const twice = (curve: readonly Segment[]) => curve.map(({ from, to, over }) => ({ from: 2 * from, to: 2 * to, over }))
const moments = (plan: Parameters<typeof arrivalOf>[0], segments?: number) =>
  Array.from({ length: arrivalsOf(plan, segments) }, (_, n) => arrivalOf(plan, n)!)

test('a plan of one version has the arrivals of its curve', () => {
  fc.assert(
    fc.property(curves, seeds, (curve, seed) => {
      const plan = { curve, seed }
      expect(arrivalsOf(plan)).toBe(arrivalsIn(curve))
      expect(moments(plan)).toEqual(Array.from({ length: arrivalsIn(curve) }, (_, n) => arrivalAt(curve, n)))
    }),
  )
})

test('the two sides together have the arrivals of twice the curve, each of them once', () => {
  fc.assert(
    fc.property(curves, seeds, (curve, seed) => {
      const [base, head] = [moments({ curve, seed, side: 'base' }), moments({ curve, seed, side: 'head' })]
      const both = [...base, ...head].sort((a, b) => a - b)
      expect(both).toEqual(Array.from({ length: arrivalsIn(twice(curve)) }, (_, n) => arrivalAt(twice(curve), n)))
      expect(Math.abs(base.length - head.length)).toBeLessThanOrEqual(1)
      expect(arrivalOf({ curve, seed, side: 'head' }, head.length)).toBeUndefined()
    }),
  )
})

test('arrivals of the first segments are those that are due in them', () => {
  const curve = [
    { from: 30, to: 30, over: 1_100 },
    { from: 40, to: 80, over: 900 },
  ]
  for (const side of ['base', 'head', undefined] as const)
    for (let seed = 0; seed < 20; seed++) {
      const plan = side ? { curve, seed, side } : { curve, seed }
      expect(arrivalsOf(plan, 1)).toBe(moments(plan).filter((due) => due < 1_100).length)
    }
})

test('who comes first in a pair is a matter of chance, and of the seed alone', () => {
  const curve = [{ from: 100, to: 100, over: 20_000 }]
  const order = (seed: number) => {
    const [base, head] = [moments({ curve, seed, side: 'base' }), moments({ curve, seed, side: 'head' })]
    return base.map((due, pair) => due < head[pair]!)
  }
  const first = order(1)
  const share = first.filter(Boolean).length / first.length
  // 2,000 tosses of a coin: five standard errors are 0.056.
  expect(Math.abs(share - 0.5)).toBeLessThan(0.056)
  const changes = first.filter((is, n) => n > 0 && is !== first[n - 1]).length / (first.length - 1)
  expect(Math.abs(changes - 0.5)).toBeLessThan(0.056)
  expect(order(1)).toEqual(first)
  expect(order(2)).not.toEqual(first)
})
