import { WHOLE } from '../compare/scope.ts'
import type { History, Series } from '../history/history.ts'
import { counted } from '../units.ts'
import { wrapped } from './columns.ts'
import {
  changeSentences,
  dayText,
  environmentSentences,
  HISTORY_COLUMNS,
  HISTORY_TEXT,
  historyRows,
  letterOf,
} from './history-rows.ts'
import { table } from './table.ts'
import { terminalTable } from './terminal-table.ts'
import { MARKDOWN, PLAIN, type Writing } from './writing.ts'

/** For the terminal: what was measured over time, and where it changed. Empty without a run. */
export function renderHistory(history: History, { width }: { readonly width: number }): string {
  if (history.runs.length === 0) return ''
  const { rows, more } = historyRows(history, PLAIN)
  return [
    ...wrapped(title(history, PLAIN), width),
    ...terminalTable([HISTORY_COLUMNS, ...rows], width, HISTORY_TEXT),
    ...(more > 0 ? [`… and ${counted(more, 'more series', 'more series')}`] : []),
    ...[...environmentSentences(history.environments, PLAIN), ...changeSentences(history, PLAIN)].flatMap((line) =>
      wrapped(line, width),
    ),
  ].join('\n')
}

/** For Markdown; blocks without a headline of their own. */
export function historyBlocks(history: History): readonly string[] {
  if (history.runs.length === 0) return []
  const { rows, more } = historyRows(history, MARKDOWN)
  const sentences = [...environmentSentences(history.environments, MARKDOWN), ...changeSentences(history, MARKDOWN)]
  return [
    title(history, MARKDOWN),
    table(HISTORY_COLUMNS, rows, HISTORY_TEXT),
    ...(more > 0 ? [`_… and ${counted(more, 'more series', 'more series')}_`] : []),
    ...(sentences.length > 0 ? [sentences.map((sentence) => `- ${sentence}`).join('\n')] : []),
    ...chart(history),
  ]
}

function title({ store, runs }: History, { name }: Writing): string {
  const [first, last] = [runs[0]!, runs.at(-1)!]
  const days = [dayText(first.startedAt), dayText(last.startedAt)]
  const when = days[0] === days[1] ? `of ${days[0]}` : `from ${days[0]} to ${days[1]}`
  return `${counted(runs.length, 'run')} in ${name(store)}, ${when}.`
}

/** Fewer are told as well by the table. */
const FEWEST_POINTS = 5

/** p95 of the whole run where the newest one was made, between what its samples leave open. Nothing but our own figures. */
function chart(history: History): readonly string[] {
  const environment = history.runs.at(-1)?.environment
  const p95 = history.series.find(({ scope, metric }) => scope === WHOLE.name && metric === 'p95')
  const points = pointsOf(p95, history, environment)
  if (environment === undefined || points.length < FEWEST_POINTS) return []
  const line = (values: readonly number[]) =>
    `  line [${values.map((value) => Number(value.toPrecision(4))).join(', ')}]`
  const where = history.environments.length > 1 ? ` on ${letterOf(environment)}` : ''
  return [
    [
      '```mermaid',
      'xychart-beta',
      `  title "p95 of the whole run${where}, between its bounds"`,
      `  x-axis "run" [${points.map(({ run }) => run + 1).join(', ')}]`,
      '  y-axis "ms"',
      line(points.map(({ low, value }) => low ?? value)),
      line(points.map(({ value }) => value)),
      line(points.map(({ high, value }) => high ?? value)),
      '```',
    ].join('\n'),
  ]
}

function pointsOf(series: Series | undefined, { runs }: History, environment: number | undefined): Series['points'] {
  return series?.points.filter(({ run }) => runs[run]!.environment === environment) ?? []
}
