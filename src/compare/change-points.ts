import { studentAbove } from './distributions.ts'
import { mean } from './statistics.ts'

/** A value on a scale on which values of one level scatter alike, and what its own samples leave open of it. */
export interface Level {
  readonly value: number
  readonly variance: number
}

export interface LevelChange extends Split {
  /** Means of either side as far as the next change. */
  readonly before: number
  readonly after: number
}

/** The splits of `changePoints` with the levels between them. */
export function levelChanges(
  levels: readonly Level[],
  matters: (before: number, after: number) => boolean,
): readonly LevelChange[] {
  const splits = changePoints(levels, matters)
  return splits.map((split, n) => ({
    ...split,
    before: meanOf(levels.slice(splits[n - 1]?.at ?? 0, split.at)),
    after: meanOf(levels.slice(split.at, splits[n + 1]?.at)),
  }))
}

export interface Split {
  /** Index of the first value behind it. */
  readonly at: number
  readonly chance: number
}

/** On either side: fewer are an odd run, not a level. */
const FEWEST = 3
const LEVEL = 0.001

/**
 * Where the level changes: the split with the largest two-sample t, if chance makes so large a one in less than one of a
 * thousand cases, and then the same on both sides of it. Of 20 runs without a change about 1 % show one, since the best of
 * many splits is taken. The variance is that of the values about their two means, or what their own samples leave open where
 * that is more: runs that happen to agree to the digit prove no small change.
 */
export function changePoints(
  levels: readonly Level[],
  matters: (before: number, after: number) => boolean,
): readonly Split[] {
  const best = bestSplit(levels)
  if (best === undefined || !(best.chance < LEVEL)) return []
  const [left, right] = [levels.slice(0, best.at), levels.slice(best.at)]
  const inside = [
    ...changePoints(left, matters),
    ...changePoints(right, matters).map(({ at, chance }) => ({ at: at + best.at, chance })),
  ]
  const own = matters(meanOf(left), meanOf(right)) ? [best] : []
  return [...own, ...inside].sort((a, b) => a.at - b.at)
}

function bestSplit(levels: readonly Level[]): Split | undefined {
  let best: Split | undefined
  for (let at = FEWEST; at <= levels.length - FEWEST; at++) {
    const chance = chanceOf(levels.slice(0, at), levels.slice(at))
    if (best === undefined || chance < best.chance) best = { at, chance }
  }
  return best
}

/** Of Student's two-sample t with one variance for both, two-sided. */
function chanceOf(left: readonly Level[], right: readonly Level[]): number {
  const freedom = left.length + right.length - 2
  const between = (squaresOf(left) + squaresOf(right)) / freedom
  const within = mean([...left, ...right].map(({ variance }) => variance))
  const se = Math.sqrt(Math.max(between, within) * (1 / left.length + 1 / right.length))
  const difference = Math.abs(meanOf(right) - meanOf(left))
  if (difference === 0) return 1
  return 2 * studentAbove(difference / se, freedom)
}

function squaresOf(levels: readonly Level[]): number {
  const mean = meanOf(levels)
  return levels.reduce((sum, { value }) => sum + (value - mean) ** 2, 0)
}

function meanOf(levels: readonly Level[]): number {
  return mean(levels.map(({ value }) => value))
}
