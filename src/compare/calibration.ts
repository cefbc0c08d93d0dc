import type { Ms } from '../units.ts'
import { mean } from './statistics.ts'

/** What the ridge draws θ to: of a service's time some 70 % follow the speed of the processor, give or take 35 %. */
const USUAL = 0.7
const USUAL_SD = 0.35
/** How strongly: as four runs whose processors differ by 2 % would. */
const WEIGHT = 4 * 0.02 ** 2
const MOST = 1.5

/** A stored figure, and the processor that it was measured on. */
export interface Calibrated {
  /** On the logarithmic scale, where worse is more. */
  readonly y: number
  readonly processor: string
  /** How long the calibration loop took there. */
  readonly loop: Ms
}

export interface OnThisProcessor {
  /** In the order of the runs. */
  readonly y: readonly number[]
  /** Standard error that not knowing θ leaves in all of them alike. */
  readonly se: number
}

/**
 * What the stored figures would be on the processor of this run, where the loop took `loop`: each is moved by θ times the
 * logarithm of how much slower this processor is. θ is estimated from the figures themselves, by ridge regression (Hoerl &
 * Kennard 1970) towards 0.7, and kept within 0 and 1.5: a service that waits for others does not hang on the processor. The
 * loop's time of a processor is the mean of its runs: what it varies by from run to run is not what the service varies by,
 * and would draw θ towards 0.
 */
export function onThisProcessor(loop: Ms, before: readonly Calibrated[]): OnThisProcessor {
  const speeds = speedsOf(before)
  const x = before.map(({ processor }) => speeds.get(processor)!)
  const centre = mean(x)
  const spread = x.reduce((sum, value) => sum + (value - centre) ** 2, 0)
  const middle = mean(before.map(({ y }) => y))
  const together = before.reduce((sum, { y }, at) => sum + (x[at]! - centre) * (y - middle), 0)
  const theta = Math.min(MOST, Math.max(0, (together + WEIGHT * USUAL) / (spread + WEIGHT)))
  return {
    y: before.map(({ y }, at) => y + theta * (Math.log(loop) - x[at]!)),
    se: USUAL_SD * Math.sqrt(WEIGHT / (spread + WEIGHT)) * Math.abs(Math.log(loop) - centre),
  }
}

function speedsOf(before: readonly Calibrated[]): ReadonlyMap<string, number> {
  const loops = Map.groupBy(before, ({ processor }) => processor)
  return new Map([...loops].map(([processor, runs]) => [processor, mean(runs.map((run) => Math.log(run.loop)))]))
}
