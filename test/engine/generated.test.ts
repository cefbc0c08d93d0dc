import { expect, test } from '@jest/globals'
import { drawPools } from '../../src/draw-pools.ts'
import { compileRecipe } from '../../src/engine/generated.ts'
import { NOTHING } from '../../src/engine/template.ts'
import { randomAt } from '../../src/plan/choice.ts'
import { callIn } from '../../src/profile/call.ts'
import { POOLS } from '../../src/profile/generated.ts'
import { generatorOf } from '../../src/profile/generators.ts'

const pools = drawPools(POOLS, 1)

/** What `count` uses of it come to. */
function made(source: string, count = 2_000, seed = 1): readonly string[] {
  const value = generatorOf(callIn(source)!, source)
  if (!value || !('kind' in value) || value.kind !== 'generated') throw new Error(JSON.stringify(value))
  const render = compileRecipe(value.recipe, pools)
  return Array.from({ length: count }, (_, n) => {
    let salt = 0
    return render({ ...NOTHING, draw: () => randomAt(seed, n, salt++) })!
  })
}

test('pools are the same for the same seed, whichever others there are, and full of texts that can be sent', () => {
  expect(drawPools(['city'], 1).city).toEqual(pools.city)
  expect(drawPools(['city'], 2).city).not.toEqual(pools.city)
  for (const name of POOLS) {
    expect([name, pools[name]?.length]).toEqual([name, 2_048])
    expect(pools[name]!.filter((text) => !/^[^\p{C}]{1,100}$/u.test(text))).toEqual([])
  }
})

test.each([
  ['name()', /^[\p{L}'. -]+ [\p{L}'. -]+$/u, 1_900],
  ['email()', /^[a-z.]+\.[0-9a-f]{8}@example\.com$/, 2_000],
  ['address()', /^\d+ .+$/, 1_200],
  ['city()', /\p{L}/u, 900],
  ['postcode()', /^\d{5}$/, 1_200],
  ['country()', /\p{L}/u, 150],
  ['phone()', /^\+[\d]+$/, 1_200],
  ['company()', /\p{L}/u, 900],
  ['text(5)', /^(\S+ ){4}.*\S$/, 1_990],
  ['date(2026-01-01, 2026-12-31)', /^2026-\d\d-\d\d$/, 300],
  ['date(2026-02-28, 2026-02-28)', /^2026-02-28$/, 1],
  ['pick(red, "dark, blue", 3)', /^(red|dark, blue|3)$/, 3],
])('%s', (source, pattern, different) => {
  const texts = made(source)
  expect(texts.filter((text) => !pattern.test(text))).toEqual([])
  expect(new Set(texts).size).toBeGreaterThanOrEqual(different)
  expect(made(source)).toEqual(texts)
  if (different > 1) expect(made(source, 2_000, 2)).not.toEqual(texts)
})

const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length
const deviation = (numbers: readonly number[]) => Math.sqrt(mean(numbers.map((one) => (one - mean(numbers)) ** 2)))

// Within five standard errors of 20,000.
test.each([
  ['number(uniform, 1, 100)', 50.5, 28.87, 100],
  ['number(uniform, 0, 1, 3)', 0.5, 0.2887, 1_000],
  ['number(normal, 50, 10, 2)', 50, 10, 2_000],
  ['number(exponential, 5, 3)', 5, 5, 2_000],
])('%s has the mean %d and the standard deviation %d', (source, centre, spread, different) => {
  const numbers = made(source, 20_000).map(Number)
  expect(Math.abs(mean(numbers) - centre)).toBeLessThan((5 * spread) / Math.sqrt(20_000))
  expect(Math.abs(deviation(numbers) / spread - 1)).toBeLessThan(0.06)
  expect(new Set(numbers).size).toBeGreaterThanOrEqual(different)
})

test('bounds of a uniform number are met and not passed', () => {
  const numbers = made('number(uniform, -2, 2)', 5_000).map(Number)
  expect([...new Set(numbers)].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2])
})

test('the first rank of zipf comes as often as its law says, and none is beyond the last', () => {
  const ranks = made('number(zipf, 100, 1)', 20_000).map(Number)
  const harmonic = Array.from({ length: 100 }, (_, index) => 1 / (index + 1)).reduce((sum, one) => sum + one)
  for (const rank of [1, 2, 10]) {
    const share = 1 / rank / harmonic
    const found = ranks.filter((one) => one === rank).length / 20_000
    expect(Math.abs(found - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / 20_000))
  }
  expect(Math.max(...ranks)).toBe(100)
})

test.each([
  ['name(1)', 'invalid-value'],
  ['text()', 'invalid-value'],
  ['text(x)', 'invalid-value'],
  ['text(0)', 'out-of-range'],
  ['text(1001)', 'out-of-range'],
  ['date(2026-01-01)', 'invalid-value'],
  ['date(2026-02-30, 2026-03-01)', 'invalid-value'],
  ['date(2026-02-02, 2026-02-01)', 'out-of-range'],
  ['number(5)', 'invalid-value'],
  ['number(normal, 5)', 'invalid-value'],
  ['number(normal, 5, -1)', 'invalid-value'],
  ['number(normal, 5, 1, 10)', 'invalid-value'],
  ['number(normal, 5, 1, 1, 1)', 'invalid-value'],
  ['number(exponential, 0)', 'invalid-value'],
  ['number(exponential, 1, 2, 3)', 'invalid-value'],
  ['number(zipf, 1.5, 1)', 'invalid-value'],
  ['number(zipf, 1000000, 1)', 'invalid-value'],
  ['number(uniform, 2, 1)', 'invalid-value'],
  ['number(constructor, 2, 1)', 'invalid-value'],
  ['pick()', 'invalid-value'],
  ['pick(a,)', 'invalid-value'],
])('%s is %s', (source, code) => {
  expect(generatorOf(callIn(source)!, source)).toMatchObject({ code })
})
