const BARS = '▁▂▃▄▅▆▇█'
/** Of the most: less than that is the same to the eye. */
const FLAT = 0.01

/** One character for each value, from the least to the most of them, or from `floor` where that is given. */
export function sparkline(values: readonly number[], floor?: number): string {
  const least = Math.min(...values, floor ?? Number.POSITIVE_INFINITY)
  const most = Math.max(...values)
  const range = most - least
  return values
    .map((value) => BARS[range > FLAT * most ? Math.round(((value - least) / range) * (BARS.length - 1)) : 0])
    .join('')
}
