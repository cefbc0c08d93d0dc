/** Index of the first of the never falling `values` that is above `value`; their number when none is. */
export function firstAbove(values: ArrayLike<number>, value: number): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (values[middle]! > value) high = middle
    else low = middle + 1
  }
  return low
}
