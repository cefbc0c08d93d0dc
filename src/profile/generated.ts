/** Text that is drawn for each use, from the plan's seed: the same in every run, however many workers there are. */
export interface Generated {
  readonly kind: 'generated'
  readonly recipe: Recipe
  /** With `${` and `}`. */
  readonly written: string
}

export type Recipe =
  /** One of each pool, with a blank between. */
  | { readonly from: 'pools'; readonly pools: readonly PoolName[] }
  /** One of the pool and eight random digits (hexadecimal), at a domain that is nobody's. */
  | { readonly from: 'email' }
  | { readonly from: 'words'; readonly count: number }
  | { readonly from: 'list'; readonly texts: readonly string[] }
  /** Days since 1970, inclusive. */
  | { readonly from: 'days'; readonly first: number; readonly last: number }
  | ({ readonly from: 'numbers'; readonly decimals: number } & Distribution)

export type Distribution =
  | { readonly shape: 'uniform'; readonly low: number; readonly high: number }
  | { readonly shape: 'normal'; readonly mean: number; readonly deviation: number }
  | { readonly shape: 'exponential'; readonly mean: number }
  /** Of the ranks 1 to `ranks`, rank k as often as 1 / k^exponent. */
  | { readonly shape: 'zipf'; readonly ranks: number; readonly exponent: number }

/** Texts that are drawn before the load, and travel with the plan. */
export const POOLS = [
  'first-name',
  'last-name',
  'user-name',
  'address',
  'city',
  'postcode',
  'country',
  'phone',
  'company',
  'word',
] as const

export type PoolName = (typeof POOLS)[number]

export function poolsOf(recipe: Recipe): readonly PoolName[] {
  if (recipe.from === 'pools') return recipe.pools
  if (recipe.from === 'email') return ['user-name']
  return recipe.from === 'words' ? ['word'] : []
}
