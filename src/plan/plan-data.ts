import { LoadgateError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import type { ParsedData } from '../profile/data.ts'
import { type DocumentValue, parseDocument } from '../profile/document.ts'
import { valuesIn } from '../profile/functions.ts'
import { POOLS, type PoolName, poolsOf } from '../profile/generated.ts'
import type { LoadProfile, Reference, Scenario } from '../profile/profile.ts'
import { formatCount } from '../units.ts'
import type { DataTable } from './plan.ts'
import type { Takers } from './takers.ts'
import { templatesOf } from './templates.ts'

const HEAVIEST = 1e9

/**
 * The tables that the scenarios refer to, checked: the columns are there, and a `unique` table has a row for each of its
 * `takers`, the arrivals or users of the loads that use it.
 */
export function tablesOf(
  { data: sources, scenarios }: LoadProfile,
  data: Readonly<Record<string, ParsedData>>,
  takersOf: (table: string) => Takers,
): Readonly<Record<string, DataTable>> {
  const tables: Record<string, DataTable> = {}
  for (const [name, columns] of columnsUsed(scenarios)) {
    const source = sources[name]
    const read = Object.hasOwn(data, name) ? data[name] : undefined
    if (!source || !read)
      throw new LoadgateError('usage', `\${${name}.…} refers to data that there is none of`, {
        hint: suggestion(name, Object.keys(sources)) ?? 'Name its file under `data`.',
      })
    for (const column of columns) if (!read.columns.includes(column)) throw unknownColumn(source.file, column, read)
    const takers = takersOf(name)
    const needed = source.pick === 'unique' ? takers.count : 1
    if (read.rows.length < needed)
      throw new LoadgateError(
        'usage',
        `${source.file} has ${rowsText(read.rows.length)}, and ${
          source.pick === 'unique'
            ? `the load has ${formatCount(takers.count)} ${takers.word}, each of which needs one of its own`
            : 'the load needs at least one'
        }`,
        { hint: source.pick === 'unique' ? 'Add rows, shorten the load, or write `pick: sequential`.' : 'Add rows.' },
      )
    const cumulative = source.by === undefined ? undefined : weightsOf(source.file, source.by, read)
    tables[name] = { columns: read.columns, rows: read.rows, pick: source.pick, cumulative }
  }
  return tables
}

/** Running sums of the weights in a column. */
function weightsOf(file: string, by: string, read: ParsedData): readonly number[] {
  const column = read.columns.indexOf(by)
  if (column < 0) throw unknownColumn(file, by, read)
  let sum = 0
  const cumulative = read.rows.map((row, index) => {
    const weight = Number(row[column] || Number.NaN)
    if (!(weight >= 0 && weight <= HEAVIEST))
      throw new LoadgateError('usage', `${file} has no weight in column "${by}" of row ${index + 1}`, {
        hint: 'A weight is a number from 0 to a billion.',
      })
    sum += weight
    return sum
  })
  if (sum === 0)
    throw new LoadgateError('usage', `All weights in column "${by}" of ${file} are 0`, { hint: 'Raise some of them.' })
  return cumulative
}

/** Column names by data source, of all templates of all scenarios. */
export function columnsUsed(scenarios: readonly Scenario[]): ReadonlyMap<string, ReadonlySet<string>> {
  const used = new Map<string, Set<string>>()
  for (const value of valuesUsed(scenarios))
    if (value.kind === 'data') used.set(value.source, (used.get(value.source) ?? new Set()).add(value.column))
  return used
}

/** Pools that the generators of a profile choose from. */
export function poolsNeeded(
  { scenarios }: Pick<LoadProfile, 'scenarios'>,
  files: Readonly<Record<string, Buffer>> = {},
): readonly PoolName[] {
  const values = valuesUsed(scenarios)
  const inDocuments = values.flatMap((value) => (value.kind === 'document' ? documentValues(value, files) : []))
  const used = [...values, ...inDocuments].flatMap((value) => (value.kind === 'generated' ? poolsOf(value.recipe) : []))
  return POOLS.filter((name) => used.includes(name))
}

function documentValues(
  document: DocumentValue,
  files: Readonly<Record<string, Buffer>>,
): readonly Reference['value'][] {
  const { before, entries, after } = parseDocument(String(files[document.file]), document)
  return [before, ...entries, after].flat().flatMap((part) => (typeof part === 'string' ? [] : [part.value]))
}

function valuesUsed(scenarios: readonly Scenario[]): readonly Reference['value'][] {
  const parts = scenarios.flatMap(templatesOf).flat()
  return parts.flatMap((part) => (typeof part === 'string' ? [] : valuesIn(part.value)))
}

function unknownColumn(file: string, column: string, { columns }: ParsedData): LoadgateError {
  return new LoadgateError('usage', `${file} has no column "${column}"`, {
    hint: suggestion(column, columns) ?? `Its columns are ${columns.map((name) => `"${name}"`).join(', ')}.`,
  })
}

function suggestion(given: string, known: readonly string[]): string | undefined {
  const meant = nearest(given, known)
  return meant === undefined ? undefined : `Did you mean "${meant}"?`
}

function rowsText(rows: number): string {
  return rows === 0 ? 'no rows' : rows === 1 ? 'one row' : `${formatCount(rows)} rows`
}
