/** One-sided levels at which a look may decide. */
export interface LookLevels {
  /** Of the bound that must keep, or break, the limit. */
  readonly bound: number
  /** Of "not worse at all", over all relative budgets together. */
  readonly slower: number
}

/** Nobody waits for more; fewer may be asked for. */
export const MOST_ROUNDS = 10

/** With one look only. */
const ALONE: LookLevels = { bound: 0.05, slower: 0.01 }

/**
 * The same level at every look (Pocock 1977), such that all looks together err as often as one look at 5 % and 1 % would.
 * With looks after rounds 2, 3, … K, and Z the standardised sum of the rounds so far, it is the level 1 - Φ(z) for which
 *   P(Z₂ ≤ z, Z₃ ≤ z, … Z_K ≤ z) = 1 - α,   corr(Z_i, Z_j) = √(i/j) for i < j,
 * solved by the recursion of Armitage, McPherson and Rowe (1969). Row n is of n looks, K = n + 1.
 */
// biome-ignore format: a table
const POCOCK: readonly (readonly [bound: number, slower: number])[] = [
  [0.050000, 0.010000], [0.032914, 0.006139], [0.025756, 0.004633], [0.021706, 0.003815], [0.019063, 0.003295],
  [0.017185, 0.002932], [0.015772, 0.002664], [0.014663, 0.002456], [0.013768, 0.002290], [0.013026, 0.002153],
  [0.012400, 0.002039], [0.011863, 0.001942], [0.011396, 0.001858], [0.010986, 0.001784], [0.010622, 0.001719],
  [0.010297, 0.001662], [0.010004, 0.001610], [0.009738, 0.001563], [0.009496, 0.001520], [0.009274, 0.001482],
  [0.009069, 0.001446], [0.008880, 0.001413], [0.008705, 0.001383], [0.008542, 0.001355], [0.008389, 0.001328],
  [0.008246, 0.001304], [0.008112, 0.001281], [0.007986, 0.001259], [0.007867, 0.001239],
]

/** For so many looks in all. Of more than the table has, each gets its part (Bonferroni), which errs less often still. */
export function lookLevels(looks: number): LookLevels {
  const [bound, slower] = POCOCK[looks - 1] ?? [ALONE.bound / looks, ALONE.slower / looks]
  return { bound, slower }
}
