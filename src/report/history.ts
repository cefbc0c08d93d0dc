import type { History } from '../history/history.ts'
import { counted } from '../units.ts'
import { wrapped } from './columns.ts'
import { historyChart } from './history-chart.ts'
import {
  changeSentences,
  dayText,
  environmentSentences,
  HISTORY_COLUMNS,
  HISTORY_TEXT,
  historyRows,
} from './history-rows.ts'
import type { Report } from './report.ts'
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
export function historyBlocks(history: History, report: Report): readonly string[] {
  if (history.runs.length === 0) return []
  const { rows, more } = historyRows(history, MARKDOWN)
  const sentences = [...environmentSentences(history.environments, MARKDOWN), ...changeSentences(history, MARKDOWN)]
  return [
    title(history, MARKDOWN),
    table(HISTORY_COLUMNS, rows, HISTORY_TEXT),
    ...(more > 0 ? [`_… and ${counted(more, 'more series', 'more series')}_`] : []),
    ...(sentences.length > 0 ? [sentences.map((sentence) => `- ${sentence}`).join('\n')] : []),
    ...historyChart(history, report),
  ]
}

function title({ store, runs }: History, { name }: Writing): string {
  const [first, last] = [runs[0]!, runs.at(-1)!]
  const days = [dayText(first.startedAt), dayText(last.startedAt)]
  const when = days[0] === days[1] ? `of ${days[0]}` : `from ${days[0]} to ${days[1]}`
  return `${counted(runs.length, 'run')} in ${name(store)}, ${when}.`
}
