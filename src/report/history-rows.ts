import { WHOLE } from '../compare/scope.ts'
import type { ChangePoint, History, HistoryRun, Series } from '../history/history.ts'
import { formatCount } from '../units.ts'
import { formatBounds, formatDifference, formatMetric, NONE } from './figures.ts'
import { machineText } from './machine-text.ts'
import { short } from './sentences.ts'
import { sparkline } from './sparkline.ts'
import type { Writing } from './writing.ts'

/** `on` is the letter of the environment. */
export const HISTORY_COLUMNS = ['of', 'on', 'runs', 'over time', 'least', 'most', 'last'] as const
/** Of these columns, those that read as text. */
export const HISTORY_TEXT = ['on', 'over time']

/** Series of a thousand steps are for machines to read. */
const MAX_SERIES = 40
const MAX_SENTENCES = 20

/** One row for each series of each environment: all metrics of the whole run, p95 of the steps, and whatever changed. */
export function historyRows(
  history: History,
  writing: Writing,
): { readonly rows: readonly (readonly string[])[]; readonly more: number } {
  const shown = seriesToTell(history).filter(
    ({ scope, metric, changes }) => scope === WHOLE.name || metric === 'p95' || changes.length > 0,
  )
  const rows = shown.flatMap((series) => rowsOf(series, history, writing))
  return { rows: rows.slice(0, MAX_SERIES), more: Math.max(0, rows.length - MAX_SERIES) }
}

/** The only step of a load is the whole run. */
function seriesToTell({ series }: History): readonly Series[] {
  const steps = new Set(series.map(({ scope }) => scope)).size - 1
  return steps === 1 ? series.filter(({ scope }) => scope === WHOLE.name) : series
}

function rowsOf(series: Series, { runs, environments }: History, writing: Writing): readonly (readonly string[])[] {
  return environments.flatMap((_, environment) => {
    const points = series.points.filter(({ run }) => runs[run]!.environment === environment)
    const last = points.at(-1)
    // One run has no course, unless it is the newest.
    if (last === undefined || (points.length === 1 && last.run < runs.length - 1)) return []
    const values = points.map(({ value }) => value)
    const format = (value: number) => formatMetric(series.metric, value)
    const { low, high } = last
    const bounds = low === undefined ? '' : ` (${formatBounds({ value: last.value, low, high }, format)})`
    return [
      [
        subjectOf(series, writing),
        letterOf(environment),
        formatCount(points.length),
        sparkline(values, series.metric === 'errors' ? 0 : undefined),
        format(Math.min(...values)),
        format(Math.max(...values)),
        format(last.value) + bounds,
      ],
    ]
  })
}

function subjectOf({ scope, metric }: Series, { name }: Writing): string {
  return scope === WHOLE.name ? metric : `${metric} of ${name(scope)}`
}

/** A, B, … Z, A2: a window of twenty runs has at most twenty. */
export function letterOf(environment: number): string {
  const round = Math.floor(environment / 26)
  return String.fromCharCode(65 + (environment % 26)) + (round > 0 ? String(round + 1) : '')
}

/** What each letter stands for. */
export function environmentSentences(environments: History['environments'], { name }: Writing): readonly string[] {
  return environments.map(
    (environment, at) =>
      `${letterOf(at)}: ${machineText(environment.machine, name)}, load ${name(environment.plan.slice(0, 7))}`,
  )
}

/** Every change of level and every acceptance, the newest first. */
export function changeSentences(history: History, writing: Writing): readonly string[] {
  const { runs, environments } = history
  const several = environments.length > 1
  const all = [
    ...seriesToTell(history).flatMap((one) =>
      one.changes.map((change) => ({ at: change.to, text: changeText(one, change, { runs, writing, several }) })),
    ),
    ...runs.flatMap((run, at) => run.accepted.map((accepted) => ({ at, text: acceptedText(accepted, run, writing) }))),
  ].sort((a, b) => b.at - a.at)
  const more = all.length - MAX_SENTENCES
  return [
    ...all.slice(0, MAX_SENTENCES).map(({ text }) => text),
    ...(more > 0 ? [`… and ${formatCount(more)} more changes.`] : []),
  ]
}

interface Around {
  readonly runs: readonly HistoryRun[]
  readonly writing: Writing
  readonly several: boolean
}

function changeText(series: Series, change: ChangePoint, { runs, writing, several }: Around): string {
  const { before, after, from, to, environment } = change
  const format = (value: number) => formatMetric(series.metric, value)
  const by = formatDifference(series.metric, after, before) ?? NONE
  const commits = [runs[from]!, runs[to]!].map(({ commit, startedAt }) =>
    commit === undefined ? `the run of ${dayText(startedAt)}` : writing.name(short(commit)),
  )
  const where = several ? ` on ${letterOf(environment)}` : ''
  return `${subjectOf(series, writing)}${where} changed by ${by}, from ${format(before)} to ${format(after)}, between ${commits[0]} and ${commits[1]}.`
}

function acceptedText(
  { regression, limit, until, reason, commit }: HistoryRun['accepted'][number],
  run: HistoryRun,
  { name }: Writing,
): string {
  return `${name(regression)} is accepted up to ${name(limit)} until ${until}, from ${name(short(run.commit ?? commit))} on, since ${name(reason)}.`
}

export function dayText(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
