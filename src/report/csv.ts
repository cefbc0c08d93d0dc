import { cleanText } from './clean-text.ts'

// RFC 4180, with a line feed at the end of each line, as every tool on Unix reads it.

/**
 * One line of a CSV file. Text from outside is cleaned, and a cell that a spreadsheet would take for a formula is led by an
 * apostrophe, which it takes for a text (OWASP, CSV injection); numbers stay as they are.
 */
export function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.map(cell).join(',')}\n`
}

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const line = value === '' ? '' : cleanText(value)
  const safe = /^[=+\-@]/.test(line) && !isNumber(line) ? `'${line}` : line
  return /[",;\t]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const isNumber = (text: string) => /^-?\d+(\.\d+)?$/.test(text)
