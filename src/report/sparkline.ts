const BARS = '▁▂▃▄▅▆▇█'

/** One character for each value, from the least to the most of them, or from `floor` where that is given. */
export function sparkline(values: readonly number[], floor?: number): string {
  const least = Math.min(...values, floor ?? Number.POSITIVE_INFINITY)
  const range = Math.max(...values) - least
  return values.map((value) => BARS[range > 0 ? Math.round(((value - least) / range) * (BARS.length - 1)) : 0]).join('')
}
