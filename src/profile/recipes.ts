import { literalIn } from './call.ts'
import type { Distribution, PoolName, Recipe } from './generated.ts'
import { type Wrong, wrong } from './scalars.ts'
import { show } from './show.ts'

type Read = (given: readonly string[], written: string) => Recipe | Wrong

const MOST_WORDS = 1_000
const MOST_RANKS = 100_000
const MOST_DECIMALS = 9
const DAY = 86_400_000

/** Generators that draw, each with how it is written. */
export const RECIPES: ReadonlyMap<string, { readonly as: string; readonly read: Read }> = new Map([
  ['name', { as: 'name()', read: pooled('first-name', 'last-name') }],
  ['email', { as: 'email()', read: nothingGiven({ from: 'email' }) }],
  ['address', { as: 'address()', read: pooled('address') }],
  ['city', { as: 'city()', read: pooled('city') }],
  ['postcode', { as: 'postcode()', read: pooled('postcode') }],
  ['country', { as: 'country()', read: pooled('country') }],
  ['phone', { as: 'phone()', read: pooled('phone') }],
  ['company', { as: 'company()', read: pooled('company') }],
  ['text', { as: 'text(words)', read: words }],
  ['date', { as: 'date(from, to)', read: days }],
  ['number', { as: 'number(normal, mean, deviation)', read: numbers }],
  ['pick', { as: 'pick(a, b)', read: picked }],
])

function pooled(...pools: readonly PoolName[]): Read {
  return nothingGiven({ from: 'pools', pools })
}

function nothingGiven(recipe: Recipe): Read {
  return (given, written) =>
    given.length === 0 ? recipe : wrong('invalid-value', `${show(written)} takes nothing in its brackets`)
}

function words(given: readonly string[], written: string): Recipe | Wrong {
  const count = Number(given[0])
  if (given.length !== 1 || !/^\d+$/.test(given[0] ?? ''))
    return wrong('invalid-value', `${show(written)} needs a number of words, as in \${text(20)}`)
  return count >= 1 && count <= MOST_WORDS
    ? { from: 'words', count }
    : wrong('out-of-range', `${show(written)}: possible is from 1 to ${MOST_WORDS} words`)
}

function days(given: readonly string[], written: string): Recipe | Wrong {
  const [first, last] = given.map(dayOf)
  if (first === undefined || last === undefined || given.length !== 2)
    return wrong('invalid-value', `${show(written)} needs two days, as in \${date(2026-01-01, 2026-12-31)}`)
  return first <= last
    ? { from: 'days', first, last }
    : wrong('out-of-range', `${show(written)} runs backwards; write the earlier day first`)
}

function dayOf(text: string): number | undefined {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN
  // 2026-02-30 would be March.
  return new Date(time || 0).toISOString().startsWith(text) ? time / DAY : undefined
}

const SHAPES =
  '${number(uniform, 1, 100)}, ${number(normal, 50, 10)}, ${number(exponential, 5)} or ${number(zipf, 1000, 1.1)}, and decimals behind it'

function numbers([shape = '', ...given]: readonly string[], written: string): Recipe | Wrong {
  const [a, b, ...more] = given.map((text) => (/^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN))
  const distribution = distributionOf(shape, a, shape === 'exponential' ? 0 : b)
  const rest = shape === 'exponential' ? given.slice(1) : given.slice(2)
  const decimals = rest.length === 0 ? 0 : Number(shape === 'exponential' ? b : more[0])
  if (!distribution || rest.length > 1 || !(Number.isInteger(decimals) && decimals >= 0 && decimals <= MOST_DECIMALS))
    return wrong('invalid-value', `${show(written)} is not understood; write ${SHAPES}`)
  return { from: 'numbers', decimals, ...distribution }
}

function distributionOf(shape: string, a = Number.NaN, b = Number.NaN): Distribution | undefined {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return undefined
  if (shape === 'uniform' && a <= b) return { shape, low: a, high: b }
  if (shape === 'normal' && b >= 0) return { shape, mean: a, deviation: b }
  if (shape === 'exponential' && a > 0) return { shape, mean: a }
  const isRanks = Number.isInteger(a) && a >= 1 && a <= MOST_RANKS
  return shape === 'zipf' && isRanks && b >= 0 && b <= 10 ? { shape, ranks: a, exponent: b } : undefined
}

function picked(given: readonly string[], written: string): Recipe | Wrong {
  const texts = given.map((text) => String(literalIn(text)?.value ?? text))
  return texts.length > 0 && texts.every((text) => text !== '')
    ? { from: 'list', texts }
    : wrong('invalid-value', `${show(written)} has nothing to pick from; write \${pick(red, "dark blue")}`)
}
