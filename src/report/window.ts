import type { History } from '../history/history.ts'
import type { WindowRow } from '../history/window-rows.ts'
import { counted } from '../units.ts'
import { wrapped } from './columns.ts'
import { formatMetric, NONE } from './figures.ts'
import { environmentSentences, letterOf } from './history-rows.ts'
import { short } from './sentences.ts'
import { terminalTable } from './terminal-table.ts'
import { PLAIN } from './writing.ts'

const COLUMNS = ['began (UTC)', 'commit', 'on', 'p95', 'errors', 'throughput', 'comparable'] as const

/** The stored runs as a table for the terminal, oldest first, and why some would not be compared with. */
export function renderWindow(
  rows: readonly WindowRow[],
  { environments }: Pick<History, 'environments'>,
  { width }: { readonly width: number },
): string {
  const refusals = [...new Set(rows.flatMap(({ refusal }) => refusal ?? []))]
  const cells = rows.map((row) => [
    new Date(row.startedAt).toISOString().slice(0, 16).replace('T', ' '),
    row.commit === undefined ? NONE : PLAIN.name(short(row.commit)),
    letterOf(row.environment),
    row.p95 === undefined ? NONE : formatMetric('p95', row.p95),
    row.errors === undefined ? NONE : formatMetric('errors', row.errors),
    row.throughput === undefined ? NONE : formatMetric('throughput', row.throughput),
    row.refusal === undefined ? 'yes' : `no (${refusals.indexOf(row.refusal) + 1})`,
  ])
  const comparable = rows.filter(({ refusal }) => refusal === undefined).length
  return [
    ...terminalTable([COLUMNS, ...cells], width, ['commit', 'on', 'comparable']),
    '',
    ...environmentSentences(environments, PLAIN).flatMap((line) => wrapped(line, width)),
    ...refusals.flatMap((refusal, at) => wrapped(`(${at + 1}) ${PLAIN.sentence(refusal)}`, width)),
    ...wrapped(
      `A run of this profile on this machine would be compared with ${counted(comparable, 'run')} of ${rows.length}.`,
      width,
    ),
  ].join('\n')
}
