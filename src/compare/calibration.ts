import type { Ms } from '../units.ts'

/** What the ridge draws θ to: of a service's time some 70 % follow the speed of the processor. */
const USUAL = 0.7
/** How strongly: as four runs whose processors differ by 2 % would. */
const WEIGHT = 4 * 0.02 ** 2
const MOST = 1.5

/** A stored figure, and how long the calibration loop took on its processor. */
export interface Calibrated {
  /** On the logarithmic scale, where worse is more. */
  readonly y: number
  readonly loop: Ms
}

/**
 * What the stored figures would be on the processor of this run, where the loop took `loop`: each is moved by θ times the
 * logarithm of how much slower this processor is. θ is estimated from the figures themselves, by ridge regression (Hoerl &
 * Kennard 1970) towards 0.7, and kept within 0 and 1.5: a service that waits for others does not hang on the processor.
 */
export function onThisProcessor(loop: Ms, before: readonly Calibrated[]): readonly number[] {
  const speeds = before.map((one) => Math.log(one.loop))
  const theta = slope(
    speeds,
    before.map(({ y }) => y),
  )
  return before.map(({ y }, at) => y + theta * (Math.log(loop) - speeds[at]!))
}

function slope(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [mean(x), mean(y)]
  const xy = x.reduce((sum, value, at) => sum + (value - mx) * (y[at]! - my), 0)
  const xx = x.reduce((sum, value) => sum + (value - mx) ** 2, 0)
  return Math.min(MOST, Math.max(0, (xy + WEIGHT * USUAL) / (xx + WEIGHT)))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
