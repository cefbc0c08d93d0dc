// Tables of faults, as a reader sees them: one row for each call and how often it goes wrong, one column for each kind of
// error, and in each cell what it comes to.

export interface Cell {
  readonly call: string
  readonly often: string
  readonly kind: string
  /** Undefined for a dash: there is no such error. */
  readonly expected: string
}

/** From Markdown. Throws where a row has not all the columns. */
export function cellsOf(table: string): readonly Cell[] {
  const [head = [], , ...rows] = table
    .trim()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  const [, , ...kinds] = head
  return rows.flatMap(([call = '', often = '', ...cells]) => {
    if (cells.length !== kinds.length) throw new Error(`the row "${call}" has ${cells.length} of ${kinds.length} cells`)
    return cells.flatMap((expected, at) => (expected === '–' ? [] : [{ call, often, kind: kinds[at]!, expected }]))
  })
}
