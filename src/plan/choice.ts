import { firstAbove } from './first-above.ts'
import type { DataTable } from './plan.ts'

/**
 * A number in [0, 1) that looks random and follows from its arguments alone: whichever shard asks for the choice `salt`
 * of arrival (or iteration) `n`, in whatever order, gets the same. All three are whole numbers within ±2^53.
 */
export function randomAt(seed: number, n: number, salt: number): number {
  const state = absorb(absorb(absorb(0x9e3779b9, seed), n), salt)
  const high = scramble(state)
  const low = scramble(state ^ 0x85ebca6b)
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53
}

/** Index of the scenario that `u` in [0, 1) falls to, by weight. */
export function chooseScenario(scenarios: readonly { readonly weight: number }[], u: number): number {
  let total = 0
  for (const { weight } of scenarios) total += weight
  let left = u * total
  let chosen = 0
  for (const [index, { weight }] of scenarios.entries()) {
    if (weight > 0) chosen = index
    if (left < weight) return index
    left -= weight
  }
  // Only rounding leads here.
  return chosen
}

/** A whole number from `from` to `to`, both included, for `u` in [0, 1). */
export function wholeNumber(from: number, to: number, u: number): number {
  return Math.min(to, from + Math.floor(u * (to - from + 1)))
}

/** Index of the row for arrival (or user) `n`; `u` in [0, 1) decides where rows are picked at random. */
export function rowFor({ pick, rows, cumulative, from = 0 }: DataTable, n: number, u: number): number {
  if (cumulative) return firstAbove(cumulative, u * cumulative.at(-1)!)
  if (pick === 'random') return Math.floor(u * rows.length)
  return pick === 'sequential' ? n % rows.length : n - from
}

/** Takes both halves of `value` into the state. */
function absorb(state: number, value: number): number {
  return scramble(scramble(state ^ (value | 0)) ^ Math.floor(value / 2 ** 32))
}

// MurmurHash3's 32-bit finaliser (Appleby, public domain): every bit of the input turns about half of the output's.
// The constant lets 0 not be its own image.
function scramble(value: number): number {
  let h = (value + 0x6d2b79f5) | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
