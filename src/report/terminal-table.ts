import { columnsOf, toColumns } from './columns.ts'

const GAP = '  '
const NARROWEST = 10

/**
 * Rows under a head, aligned, on lines of at most `width` columns: the first column and those named in `text` read as text,
 * the others as numbers. Where there is no room, text is cut with "…", the longest first; then the last columns are left
 * out, since a number that is cut is another number.
 */
export function terminalTable(
  rows: readonly (readonly string[])[],
  width: number,
  text: readonly string[] = [],
): readonly string[] {
  const head = rows[0]!
  const isText = head.map((name, column) => column === 0 || text.includes(name))
  const widths = head.map((_, column) => Math.max(...rows.map((row) => columnsOf(row[column] ?? ''))))
  const excess = () => widths.reduce((sum, columns) => sum + columns + GAP.length, -GAP.length) - width
  while (excess() > 0) {
    const longest = Math.max(...widths.filter((columns, column) => isText[column] && columns > NARROWEST))
    if (longest === Number.NEGATIVE_INFINITY) break
    widths[widths.findIndex((columns, column) => isText[column] && columns === longest)] = longest - 1
  }
  if (excess() > 0 && head.length > 1)
    return terminalTable(
      rows.map((row) => row.slice(0, -1)),
      width,
      text,
    )
  return rows.map((row) =>
    head
      .map((_, column) => toColumns(row[column] ?? '', widths[column]!, isText[column] ? 'left' : 'right'))
      .join(GAP)
      .trimEnd(),
  )
}
