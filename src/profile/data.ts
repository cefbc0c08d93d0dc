import { CsvError, parse } from 'csv-parse/sync'
import { LoadgateError, messageOf } from '../errors.ts'
import { formatCount } from '../units.ts'
import { show } from './show.ts'

/** Rows of test data, every value as text. */
export interface ParsedData {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Every worker holds all rows in memory. */
const MAX_ROWS = 1_000_000
const MAX_CHARACTERS = 64 * 1_048_576
const MAX_COLUMNS = 1_000

interface DataFile {
  /** As shown in messages. */
  readonly file: string
  readonly format: 'csv' | 'json'
  /** What a value stands for; left out: itself. `place` is the file and its line. */
  readonly meaning?: (value: string, place: () => string) => string
}

/** The rows of a data file. Throws LoadgateError 'usage' with the line and what to do. */
export function parseData(text: string, { file, format, meaning }: DataFile): ParsedData {
  if (text.length > MAX_CHARACTERS)
    throw broken(
      file,
      `more than ${formatCount(MAX_CHARACTERS)} characters`,
      'Use a smaller file, or a random part of it.',
    )
  const content = text.replace(/^\ufeff/, '')
  if (content.trim() === '') throw broken(file, 'the file is empty', EMPTY[format])
  const data = format === 'csv' ? parseCsv(content, file, meaning) : parseJson(content, file, meaning)
  if (data.rows.length === 0) throw broken(file, 'there are no rows', EMPTY[format])
  if (data.rows.length > MAX_ROWS)
    throw broken(file, `more than ${formatCount(MAX_ROWS)} rows`, 'Use a smaller file, or a random part of it.')
  return data
}

const EMPTY = {
  csv: 'Write the names of the columns in the first line and a row in each further one.',
  json: 'Write a list of maps, as in [{"email": "ada@example.com"}].',
}

/** @param place the file, and `:line` behind it where there is one to name */
function broken(place: string, problem: string, hint: string, cause?: unknown): LoadgateError {
  const [, file = place, line = '1'] = /^(.*):(\d+)$/s.exec(place) ?? []
  const mistakes = [{ place: { file, line: Number(line), column: 1 }, message: `${problem}. ${hint}` }]
  return new LoadgateError('usage', `${place}: ${problem}`, { hint, cause, mistakes })
}

function parseCsv(text: string, file: string, meaning: DataFile['meaning']): ParsedData {
  const records = readCsv(text, file)
  const [first, ...rows] = records
  const columns = (first?.record ?? []).map((name) => name.trim().normalize('NFC'))
  checkColumns(columns, `${file}:${first?.line ?? 1}`)
  const ragged = rows.find(({ record }) => record.length !== columns.length)
  if (ragged)
    throw broken(
      `${file}:${ragged.line}`,
      `${ragged.record.length} values for ${columns.length} columns`,
      'Put values that hold a comma in "double quotes".',
    )
  const meant = ({ record, line }: CsvRecord) =>
    meaning ? record.map((value) => meaning(value, () => `${file}:${line}`)) : record
  return { columns, rows: rows.map(meant) }
}

interface CsvRecord {
  readonly record: readonly string[]
  /** Line on which it ends; the same as its first but for quoted line breaks. */
  readonly line: number
}

function readCsv(text: string, file: string): readonly CsvRecord[] {
  try {
    const records: CsvRecord[] = []
    parse(text, {
      relax_column_count: true,
      skip_empty_lines: true,
      to: MAX_ROWS + 2,
      on_record: (record: string[], { lines }) => {
        records.push({ record, line: lines })
        return null
      },
    })
    return records
  } catch (cause) {
    const line = cause instanceof CsvError && typeof cause.lines === 'number' ? `:${cause.lines}` : ''
    const problem = cause instanceof CsvError ? (CSV_PROBLEM[cause.code] ?? cause.message) : messageOf(cause)
    throw broken(
      `${file}${line}`,
      problem,
      'Put the whole value in "double quotes", and write quotes in it twice.',
      cause,
    )
  }
}

const CSV_PROBLEM: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote that is opened here or above is never closed',
  CSV_INVALID_CLOSING_QUOTE: 'text stands behind a closing quote',
  INVALID_OPENING_QUOTE: 'a quote stands inside a value that is not quoted',
}

function checkColumns(columns: readonly string[], place: string): void {
  if (columns.length > MAX_COLUMNS)
    throw broken(place, `more than ${formatCount(MAX_COLUMNS)} columns`, 'Keep those that the profile uses.')
  const nameless = columns.indexOf('')
  if (nameless >= 0) throw broken(place, `column ${nameless + 1} has no name`, 'The first line names the columns.')
  const twice = columns.find((name, index) => columns.indexOf(name) !== index)
  if (twice !== undefined) throw broken(place, `two columns are called ${show(twice)}`, 'Rename one of them.')
  const odd = columns.find((name) => name.includes('}'))
  if (odd !== undefined) throw broken(place, `column ${show(odd)} has a "}" in its name`, 'Rename it.')
}

function parseJson(text: string, file: string, meaning: DataFile['meaning']): ParsedData {
  const list = readJson(text, file)
  if (!Array.isArray(list)) throw broken(`${file}:1`, 'this is not a list', EMPTY.json)
  const placeOf = (index: number) => `${file}:${lineOfItem(text, index)}`
  const columns = list.length > 0 ? Object.keys(flatMap(list[0], placeOf(0))) : []
  if (list.length > 0) checkColumns(columns, placeOf(0))
  const rows = list.slice(0, MAX_ROWS + 1).map((item: unknown, index) => {
    const row = flatMap(item, () => placeOf(index))
    const missing = columns.find((column) => !Object.hasOwn(row, column))
    const surplus = Object.keys(row).length > columns.length
    if (missing !== undefined || surplus) {
      const odd = missing ?? Object.keys(row).find((key) => !columns.includes(key)) ?? ''
      throw broken(
        placeOf(index),
        `${show(odd)} is not in every row`,
        'Give all rows the same keys, with null for no value.',
      )
    }
    const place = () => placeOf(index)
    const values = columns.map((column) => textOf(row[column], column, place))
    return meaning ? values.map((value) => meaning(value, place)) : values
  })
  return { columns, rows }
}

/** Throws LoadgateError 'usage' with the line. */
export function readJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const position = Number(/at position (\d+)/.exec(messageOf(cause))?.[1] ?? text.length)
    const said = messageOf(cause)
      .replace(/,? \.{0,3}"[\s\S]*/, '')
      .replace(/ in JSON at position.*/s, '')
    throw broken(
      `${file}:${lineAt(text, position)}`,
      said,
      'Is a comma or a quote missing, or one too many there?',
      cause,
    )
  }
}

function flatMap(item: unknown, place: string | (() => string)): Readonly<Record<string, unknown>> {
  if (typeof item === 'object' && item !== null && !Array.isArray(item)) return item as Record<string, unknown>
  throw broken(typeof place === 'string' ? place : place(), 'this row is not a map of names to values', EMPTY.json)
}

function textOf(value: unknown, column: string, place: () => string): string {
  if (value === null) return ''
  if (typeof value === 'object')
    throw broken(place(), `${show(column)} is a list or a map`, 'Values are text, numbers, true, false or null.')
  return String(value)
}

function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length
}

/** Line on which entry `index` of a JSON list begins: behind that many commas outside of strings and inner brackets. */
function lineOfItem(text: string, index: number): number {
  let depth = 0
  let commas = 0
  for (const { 0: token, index: at } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]/g)) {
    if (token === '[' || token === '{') depth++
    if (token === ']' || token === '}') depth--
    if (token === ',' && depth === 1) commas++
    const begins = (token === '[' && depth === 1 && index === 0) || (token === ',' && depth === 1 && commas === index)
    if (begins) return lineAt(text, at + 1 + text.slice(at + 1).search(/\S/))
  }
  return 1
}
