/** Numbers from 0 up to 1 that are the same for the same seed. */
export interface Chance {
  (): number
  between(low: number, high: number): number
  /** True as often as this share. */
  happens(share: number): boolean
  /** Another sequence, for one part of the world, which then does not change when another part asks more often. */
  fork(): Chance
}

/** mulberry32 (T. Ettinger): 32 bits of state are plenty for a simulation. */
export function chanceOf(seed: number): Chance {
  let state = (seed * 0x9e3779b1) | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let word = Math.imul(state ^ (state >>> 15), state | 1)
    word = (word + Math.imul(word ^ (word >>> 7), word | 61)) ^ word
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32
  }
  return Object.assign(next, {
    between: (low: number, high: number) => low + next() * (high - low),
    happens: (share: number) => share > 0 && next() < share,
    fork: () => chanceOf(Math.floor(next() * 2 ** 32)),
  })
}
