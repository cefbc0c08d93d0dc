/** Values in their order; `null` where there is none. */
export type Column = readonly (number | null)[]

/**
 * Columns of any one length as columns of at most `most` values, whose extremes are those of the whole: of each group of
 * rows, the least and the greatest value of a column, in the order in which they came (M4 without its first and last:
 * Jugel et al., VLDB 2014). The first column is of positions: of a group, where it begins and its middle.
 */
export function thinnedOut(columns: readonly [at: readonly number[], ...values: Column[]], most: number): Column[] {
  const [at, ...others] = columns
  if (at.length <= most) return [...columns]
  const size = Math.ceil(at.length / Math.floor(most / 2))
  const starts = Array.from({ length: Math.ceil(at.length / size) }, (_, group) => group * size)
  return [
    starts.flatMap((start) => [at[start]!, at[Math.min(at.length - 1, start + (size >> 1))]!]),
    ...others.map((column) =>
      starts.flatMap((start) => extremes(column, start, Math.min(column.length, start + size))),
    ),
  ]
}

function extremes(column: Column, start: number, end: number): readonly [number | null, number | null] {
  let [least, greatest] = [-1, -1]
  for (let at = start; at < end; at++) {
    const value = column[at]
    if (value === null || value === undefined) continue
    if (least < 0 || value < column[least]!) least = at
    if (greatest < 0 || value > column[greatest]!) greatest = at
  }
  if (least < 0) return [null, null]
  return least < greatest ? [column[least]!, column[greatest]!] : [column[greatest]!, column[least]!]
}
