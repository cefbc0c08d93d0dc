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

/** A value in quotes may hold all that ends one otherwise; one whose closing quote ends no value is as any other. */
function quotedRows(text: string, delimiter: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  const endFrom = endsIn(text, delimiter)
  for (let at = 0; at < text.length || row.length > 0; ) {
    const closing = text[at] === '"' ? closingQuote(text, at) : undefined
    const behind = closing === undefined ? undefined : endFrom(closing + 1)
    const inQuotes = behind !== undefined && behind.at - 1 === closing
    const end = inQuotes ? behind : endFrom(at)
    row.push(inQuotes ? text.slice(at + 1, closing).replaceAll('""', '"') : text.slice(at, end.at))
    at = end.at + end.mark.length
    if (end.mark === delimiter) continue
    rows.push(row)
    row = []
  }
  return rows
}

/** Where the next value from here on ends, and with what; '' at the end of all. */
function endsIn(text: string, delimiter: string) {
  const ends = new RegExp(`${RegExp.escape(delimiter)}|\\r\\n|\\r|\\n`, 'g')
  return (from: number) => {
    ends.lastIndex = from
    const found = ends.exec(text)
    return { at: found?.index ?? text.length, mark: found?.[0] ?? '' }
  }
}

/** Where the value is closed whose quote is opened here: two quotes in a row are one of the value. */
function closingQuote(text: string, open: number): number | undefined {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 2))
    if (text[at + 1] !== '"') return at
  return undefined
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
