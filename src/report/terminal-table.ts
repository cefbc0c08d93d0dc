import { columnsOf, toColumns } from './columns.ts'

const GAP = '  '
const NARROWEST = 10

/**
 * Rows under a head, aligned: the first column reads as text, the others as numbers. The first gives way where the rest
 * leaves no room.
 */
export function terminalTable(rows: readonly (readonly string[])[], width: number): readonly string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => columnsOf(row[column] ?? ''))))
  const others = widths.slice(1).reduce((sum, columns) => sum + columns + GAP.length, 0)
  widths[0] = Math.min(widths[0]!, Math.max(NARROWEST, width - others))
  return rows.map((row) =>
    row
      .map((cell, column) => toColumns(cell, widths[column]!, column === 0 ? 'left' : 'right'))
      .join(GAP)
      .trimEnd(),
  )
}
