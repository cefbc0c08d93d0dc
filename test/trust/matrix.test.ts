// No edit of a head turns a failure into a pass before it is accepted: every edit in every world that fails, in each way
// of measuring, from the files of both versions to the verdict.
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { HeldTo } from '../../src/held-to.ts'
import { EDITS } from './edits.ts'
import { heldOrRefused, pullRequest } from './pull-request.ts'
import { changed, SHOP, type Written } from './shop.ts'
import { outcomeOf, WAYS } from './worlds.ts'

/** Hundreds of comparisons, on a machine that has other things to do. */
const MATRIX = 180_000
const FLOOD = Array.from({ length: 90 }, (_, n) => `p${n + 1} < baseline + 1000 %`)

describe.each(Object.entries(WAYS))('%s', (_, way) => {
  let from: HeldTo
  const heads: [what: string, held: HeldTo][] = []
  const believed: HeldTo[] = []
  beforeAll(async () => {
    using request = pullRequest({ profile: SHOP })
    from = await request.heldTo({ profile: SHOP }, way)
    for (const { what, effect, ...files } of EDITS) {
      const held = await heldOrRefused(request.heldTo(files, way))
      if (held === undefined) continue
      heads.push([what, held])
      if (effect === 'looser' || effect === 'different')
        believed.push(await request.heldTo(files, { ...way, accepted: true }))
    }
  }, MATRIX)

  describe.each(Object.entries(way.worlds))('%s', (_, { figures, own }) => {
    test('fails as it is', () => {
      expect(outcomeOf(from, { from, figures, way })).toBe('fail')
    })

    test(
      'fails whatever the head makes of its profile, or is refused',
      () => {
        expect(heads.length).toBeGreaterThan(0.4 * EDITS.length)
        const others = heads.filter(([, held]) => outcomeOf(held, { from, figures, way }) !== 'fail')
        expect(others.map(([what]) => what)).toEqual([])
      },
      MATRIX,
    )

    test(
      'fails by its one budget, too, whatever the head makes of that',
      async () => {
        // Errors are limited by default, wherever nothing else limits them.
        const only = changed(SHOP, ['budgets'], own)
        using request = pullRequest({ profile: only })
        const from = await request.heldTo({ profile: only }, way)
        expect(outcomeOf(from, { from, figures, way })).toBe('fail')
        const others = ['p50 < 1 h', 'errors < 90 %', ...own.map((text) => text.replace(/[\d.]+ (ms|s|%|pp)/, '99 $1'))]
        for (const budgets of [undefined, others, ['p50 < 1 h'], [...own, ...FLOOD], FLOOD]) {
          const held = await heldOrRefused(request.heldTo({ profile: changed(only, ['budgets'], budgets) }, way))
          if (held) expect([budgets, outcomeOf(held, { from, figures, way })]).toEqual([budgets, 'fail'])
        }
      },
      MATRIX,
    )
  })

  test(
    'the matrix bites: were the head believed, half of the edits by hand would hide a slow p95',
    () => {
      const hidden = believed.filter((held) => outcomeOf(held, { from, figures: { p95: 300 }, way }) !== 'fail')
      expect(hidden.length).toBeGreaterThan(believed.length / 2)
    },
    MATRIX,
  )
})

test.each([
  // Each between what one budget can tell and what ninety can.
  ['against stored runs', 'p95 < baseline + 10 %', 145],
  ['side by side', 'p95 < baseline + 1 %', 103.2],
] as const)('%s a flood of budgets would drown a failure, were they judged together', async (name, budget, p95) => {
  const way = WAYS[name]!
  const [one, many] = [[budget], [budget, ...FLOOD]].map((budgets) => changed(SHOP, ['budgets'], budgets))
  using request = pullRequest({ profile: one })
  const from = await request.heldTo({ profile: one }, way)
  const outcome = async (profile: Written | undefined, accepted: boolean) =>
    outcomeOf(await request.heldTo({ profile }, { ...way, accepted }), { from, figures: { p95 }, way })
  expect(await outcome(one, false)).toBe('fail')
  expect(await outcome(many, false)).toBe('fail')
  expect(await outcome(many, true)).toBe('inconclusive')
})
