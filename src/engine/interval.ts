import type { Ms } from '../units.ts'

/** The measured window as it is cut up. */
export interface Cut {
  /** Length of the window. */
  readonly measured: Ms
  /** Of an interval. */
  readonly length: Ms
}

const SECOND: Ms = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** More intervals than a window of minutes or seconds is cut into. A day has 24 hours. */
const MOST = 600

/**
 * How long the intervals of a run are: a second up to ten minutes, a minute up to ten hours, an hour beyond. It follows from
 * the plan alone, so that all shards cut alike and may be added up interval by interval.
 */
export function intervalLength(measured: Ms): Ms {
  return [SECOND, MINUTE].find((length) => measured <= MOST * length) ?? HOUR
}

const SHORTEST_BLOCK = 5 * SECOND
/** Of a step: enough to tell the noise within a run, few enough for a hundred workers with many steps. */
const MOST_BLOCKS = 12

/**
 * How long the blocks of a step are, which are intervals once more: at least 5 s, to hold a percentile, and no more than
 * twelve in a window. Every block begins with an interval.
 */
export function blockLength(measured: Ms): Ms {
  const interval = intervalLength(measured)
  return Math.max(SHORTEST_BLOCK, Math.ceil(measured / (MOST_BLOCKS * interval)) * interval)
}

/** How many there are in the window. */
export function intervalsIn({ measured, length }: Cut): number {
  // A length that is a part of the window need not be one in binary.
  return Math.ceil(measured / length - 1e-9)
}

/**
 * The interval that a moment `into` the window falls into. None holds both sides of the window's end, since what ends after
 * it is no part of the throughput: an interval that the window does not fill is cut short, and the next one begins there.
 */
export function intervalAt(into: Ms, cut: Cut): number {
  const beyond = into - cut.measured
  return beyond < 0 ? Math.floor(into / cut.length) : intervalsIn(cut) + Math.floor(beyond / cut.length)
}

/** Whether what ended in an interval ended within the window. */
export function isWithinWindow(index: number, cut: Cut): boolean {
  return index < intervalsIn(cut)
}
