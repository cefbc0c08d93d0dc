import type { Pause } from '../profile/profile.ts'
import type { Ms } from '../units.ts'

/** One in twenty thousand is longer, and would keep its user for good. */
const LONGEST_OF_MEANS = 10

/** Gives numbers in [0, 1), one after the other. */
interface Source {
  draw(): number
}

export function pauseTime(pause: Pause, source: Source): Ms {
  switch (pause.shape) {
    case undefined:
      return pause.from + (pause.to - pause.from) * source.draw()
    case 'normal':
      return Math.max(0, pause.mean + pause.deviation * standardNormal(source))
    case 'exponential':
      // The inverse of its distribution function.
      return pause.mean * Math.min(LONGEST_OF_MEANS, -Math.log(1 - source.draw()))
  }
}

/** Expected. */
export function meanPause(pause: Pause): Ms {
  return pause.shape === undefined ? (pause.from + pause.to) / 2 : pause.mean
}

/** Box and Muller (1958). */
export function standardNormal(source: Source): number {
  const radius = Math.sqrt(-2 * Math.log(1 - source.draw()))
  return radius * Math.cos(2 * Math.PI * source.draw())
}
