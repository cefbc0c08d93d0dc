import { visible } from '../../profile/show.ts'
import type { Account } from '../account.ts'
import type { DraftData, DraftFile } from '../draft.ts'
import { identifierOf, uniqueIdentifier } from '../names.ts'
import { type Source, stemOf } from '../source.ts'
import { csvRows, plainCsv } from './csv-rows.ts'
import type { Fates } from './fates.ts'
import { enabledIn, type TestElement } from './plan-tree.ts'
import { constantOf, type Variables } from './variables.ts'

export interface ImportedData {
  readonly data: readonly DraftData[]
  readonly files: readonly DraftFile[]
  /** Variables of the plan, as `source.column`. */
  readonly columns: ReadonlyMap<string, string>
}

interface Around {
  readonly source: Source
  /** Of the whole load. */
  readonly users: number
  readonly variables: Variables
  readonly fates: Fates
  readonly account: Account
}

/** CSV Data Set Configs as the profile's data. */
export function dataOf(plan: readonly TestElement[], around: Around): ImportedData {
  const { source, variables, fates, account } = around
  const data: DraftData[] = []
  const files: DraftFile[] = []
  const columns = new Map<string, string>()
  const taken = new Set<string>()
  for (const set of enabledIn(plan).filter(({ tag }) => tag === 'CSVDataSet')) {
    const given = constantOf(set.props.text('filename'), variables)
    const stem = given === undefined ? '' : stemOf(given).replace(/[^\w-]+/g, '_')
    if (given === undefined || stem === '') {
      fates.leave(set, 'with a file whose name is no constant')
      continue
    }
    const name = uniqueIdentifier(identifierOf(stem, 'data'), taken)
    const file = files.some((other) => other.name === `${stem}.csv`) ? `${name}.csv` : `${stem}.csv`
    const { columns: own, rows } = rowsOf(set, source.neighbour?.(given))
    for (const column of own) if (!columns.has(column)) columns.set(column, `${name}.${column}`)
    if (rows) files.push({ name: file, content: plainCsv(own, rows) })
    else {
      const first = own.join(',') || 'the names of its columns'
      const named = file === given ? '' : ` (${visible(given)} in the source)`
      const how = `with commas, and ${first} as its first line`
      account.note(`"${file}"${named} is read: copy it beside the profile yourself, ${how}.`)
    }
    fates.take(set)
    data.push({ name, file, ...dealt(set, rows?.length, around) })
  }
  return { data, files, columns }
}

interface Rows {
  readonly columns: readonly string[]
  /** Undefined where the file is not at hand. */
  readonly rows?: readonly (readonly string[])[]
}

/** Columns by their names in the plan; else by those in the first line. */
function rowsOf({ props }: TestElement, content: Buffer | undefined): Rows {
  const given = props.text('delimiter')
  const reading = { delimiter: given === '\\t' ? '\t' : given || ',', quoted: props.flag('quotedData') }
  const named = names(props.text('variableNames').split(','))
  const encoding = /^(?:iso-?8859-1|latin-?1|windows-1252)$/i.test(props.text('fileEncoding')) ? 'latin1' : 'utf8'
  const rows = content && csvRows(content.toString(encoding).replace(/^\ufeff/, ''), reading)
  if (named.length === 0) return { columns: names(rows?.[0] ?? []), ...(rows ? { rows: rows.slice(1) } : {}) }
  return { columns: named, ...(rows ? { rows: props.flag('ignoreFirstLine') ? rows.slice(1) : rows } : {}) }
}

function names(given: readonly string[]): readonly string[] {
  const trimmed = given.map((name) => name.trim())
  const last = trimmed.findLastIndex((name) => name !== '')
  return trimmed.slice(0, last + 1).map((name, index) => name || `column${index + 1}`)
}

/** How rows are dealt, and in what way that is not JMeter's. */
function dealt({ props }: TestElement, rows: number | undefined, { users }: Around): Pick<DraftData, 'pick' | 'notes'> {
  const mode = props.text('shareMode').replace('shareMode.', '')
  if (mode !== '' && mode !== 'all')
    return {
      pick: 'sequential',
      notes: [`JMeter lets each ${mode} begin at the first row; here all users share the rows.`],
    }
  if (props.text('recycle') !== 'false') return { pick: 'sequential' }
  return rows !== undefined && rows < users
    ? {
        pick: 'sequential',
        notes: [`JMeter ends with the last of ${rows} rows, fewer than the users; here they begin again.`],
      }
    : {
        pick: 'unique',
        notes: ['JMeter gives a new row to each iteration and ends with the last; here each user has one row.'],
      }
}
