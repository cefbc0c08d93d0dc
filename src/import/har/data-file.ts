import type { DraftData } from '../draft.ts'
import type { Uploads } from '../uploads.ts'
import type { Rows } from './rows.ts'

/** A table as a file beside the profile, and the entry of it there. */
export function dataFile(
  { source, columns, rows, env, people }: Rows & { readonly source: string },
  uploads: Uploads,
): DraftData {
  const lines = [columns, ...rows].map((row) => `${row.map(cell).join(',')}\n`)
  const notes = [noteOf(rows.length, people), ...(env ? ['Secrets stand in it as variables of the environment.'] : [])]
  const file = uploads.pathOf(`${source}.csv`, lines.join(''))
  return {
    name: source,
    file,
    pick: people ? 'unique' : 'sequential',
    ...(env ? { env } : {}),
    notes,
  }
}

function noteOf(rows: number, people: boolean): string {
  if (!people) return 'A row for each iteration.'
  return rows === 1
    ? 'Who logs in: add a row for each further user, or write "pick: sequential".'
    : 'Who logs in, a row for each user: add more for more users, or write "pick: sequential".'
}

/** RFC 4180. An empty one is quoted, since a line of nothing else is no row. */
function cell(text: string): string {
  return /^$|[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
