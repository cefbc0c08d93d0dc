/** How JMeter reads a data file. */
export interface CsvReading {
  readonly delimiter: string
  /** Whether "double quotes" are around a value, or a part of it as any other character. */
  readonly quoted: boolean
}

/** The values of each line as JMeter has them. */
export function csvRows(text: string, { delimiter, quoted }: CsvReading): readonly (readonly string[])[] {
  if (quoted) return quotedRows(text, delimiter)
  return linesOf(text).map((line) => line.split(delimiter))
}

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r\n|\r|\n/)
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

function quotedRows(text: string, delimiter: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  // A value in quotes, which may hold all that ends one otherwise, or another one; and what ends it.
  const end = `${escaped(delimiter)}|\\r\\n|\\r|\\n|$`
  const value = new RegExp(`(?:"((?:[^"]|"")*)"(?=${end})|([\\s\\S]*?))(${end})`, 'y')
  while (value.lastIndex < text.length || row.length > 0) {
    const [, inQuotes, plain = '', ended = ''] = value.exec(text) ?? []
    row.push(inQuotes === undefined ? plain : inQuotes.replaceAll('""', '"'))
    if (ended === delimiter) continue
    rows.push(row)
    row = []
  }
  return rows
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** As many values in each row as there are columns, in the CSV that a profile reads (RFC 4180). */
export function plainCsv(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (values: readonly string[]) =>
    columns.map((_, index) => plainValue(values[index] ?? '', columns)).join(',')
  return [columns, ...rows].map((values) => `${line(values)}\n`).join('')
}

/** A line with nothing on it would be no row. */
function plainValue(value: string, { length }: readonly string[]): string {
  return /[",\r\n]/.test(value) || (value === '' && length === 1) ? `"${value.replaceAll('"', '""')}"` : value
}
