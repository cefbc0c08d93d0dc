import type { Account } from '../account.ts'
import type { DraftData, DraftFile } from '../draft.ts'
import { identifierOf, uniqueIdentifier } from '../names.ts'
import type { Source } from '../source.ts'
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
    const written = given?.split(/[/\\]/).at(-1)
    if (given === undefined || written === undefined || !/[^/]\.(?:csv|txt|tsv)$/i.test(written)) {
      fates.leave(set, 'with a file that is no .csv')
      continue
    }
    const file = written.replace(/\.\w+$/, '.csv')
    const name = uniqueIdentifier(identifierOf(file.replace(/\.csv$/, ''), 'data'), taken)
    const read = rowsOf(set, source.neighbour?.(given))
    for (const column of read.columns) if (!columns.has(column)) columns.set(column, `${name}.${column}`)
    if (read.content !== undefined) files.push({ name: file, content: read.content })
    else {
      const first = read.columns.join(',') || 'the names of its columns'
      account.note(`"${file}" has to stand beside the profile, with commas, and ${first} as its first line.`)
    }
    fates.take(set)
    data.push({ name, file, ...dealt(set, read.content, around) })
  }
  return { data, files, columns }
}

/** `content` is undefined where the file is not at hand, or is not as simple as can be made into plain CSV here. */
function rowsOf(
  { props }: TestElement,
  text: string | undefined,
): { readonly columns: readonly string[]; readonly content?: string } {
  const given = props.text('delimiter')
  const delimiter = given === '\\t' ? '\t' : given || ','
  const names = props
    .text('variableNames')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const rows = text?.replace(/^\ufeff/, '')
  const first = rows?.split(/\r?\n/)[0] ?? ''
  const columns =
    names.length > 0
      ? names
      : first
          .split(delimiter)
          .map((name) => name.trim().replace(/^"|"$/g, ''))
          .filter((name) => name !== '')
  if (rows === undefined) return { columns }
  const converted =
    delimiter === ',' ? rows : rows.includes(',') || rows.includes('"') ? undefined : rows.replaceAll(delimiter, ',')
  if (converted === undefined) return { columns }
  const body = names.length > 0 && props.flag('ignoreFirstLine') ? converted.replace(/^[^\n]*\n/, '') : converted
  return { columns, content: names.length > 0 ? `${names.join(',')}\n${body}` : body }
}

/** How rows are dealt, and in what way that is not JMeter's. */
function dealt(
  { props }: TestElement,
  content: string | undefined,
  { users }: Around,
): Pick<DraftData, 'pick' | 'notes'> {
  const mode = props.text('shareMode').replace('shareMode.', '')
  if (mode !== '' && mode !== 'all')
    return {
      pick: 'sequential',
      notes: [`JMeter lets each ${mode} begin at the first row; here all users share the rows.`],
    }
  if (props.text('recycle') !== 'false') return { pick: 'sequential' }
  const rows = (content?.trim().split('\n').length ?? Number.POSITIVE_INFINITY) - 1
  return rows < users
    ? {
        pick: 'sequential',
        notes: [`JMeter ends with the last of ${rows} rows, fewer than the users; here they begin again.`],
      }
    : {
        pick: 'unique',
        notes: ['JMeter gives a new row to each iteration and ends with the last; here each user has one row.'],
      }
}
