import type { ChangePoint, History, Point, Series } from '../../history/history.ts'
import { formatBounds, formatMetric } from '../figures.ts'
import { dayText, letterOf } from '../history-rows.ts'
import { short } from '../sentences.ts'
import { type Html, html } from './markup.ts'
import { voice } from './voice.ts'

const WIDTH = 480
const HEIGHT = 132
const LEFT = 66
const RIGHT = 14
const TOP = 14
const BOTTOM = 14

/** Of one machine and load; further ones than there are marks share the last. */
const MARKS = ['circle', 'square', 'triangle', 'diamond'] as const

interface Frame {
  readonly x: (run: number) => number
  readonly y: (value: number) => number
}

/**
 * One figure over the stored runs, the oldest first, each with its bounds in the mark of its machine; where the level
 * changed, the means on either side.
 * @param now the same figure of this run
 */
export function historyPanel(series: Series, now: number | undefined, history: History): Html {
  const { metric, points, changes } = series
  const format = (value: number) => formatMetric(metric, value)
  const values = [
    ...points.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]),
    ...(now === undefined ? [] : [now]),
  ]
  const [least, most] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]
  const frame = frameOf({ least, most, runs: history.runs.length, withNow: now !== undefined })
  const { x, y } = frame
  const newest = history.runs.length
  return html`<svg class="history" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${inWords(series, now, history)}">
${[...new Set([most, least])].map((value) => html`<text class="tick" x="${LEFT - 8}" y="${y(value) + 4}">${format(value)}</text>`)}
<line class="axis" x1="${LEFT - 4}" x2="${LEFT - 4}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>
${changes.map((change) => level(change, series, history, frame))}
${points.map((point) => mark(point, format, { history, frame }))}
${now === undefined ? undefined : html`<g class="now"><circle cx="${x(newest)}" cy="${y(now)}" r="5"><title>this run: ${format(now)}</title></circle></g>`}</svg>`
}

function frameOf({
  least,
  most,
  runs,
  withNow,
}: {
  least: number
  most: number
  runs: number
  withNow: boolean
}): Frame {
  const columns = Math.max(1, runs - (withNow ? 0 : 1))
  const range = most - least
  return {
    x: (run) => digits(LEFT + 8 + (WIDTH - LEFT - RIGHT - 8) * (run / columns)),
    y: (value) =>
      digits(range > 0 ? HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * ((value - least) / range) : HEIGHT / 2),
  }
}

interface Around {
  readonly history: History
  readonly frame: Frame
}

function mark({ run, value, low, high }: Point, format: (value: number) => string, { history, frame }: Around): Html {
  const { commit, startedAt, environment } = history.runs[run]!
  const [x, y] = [frame.x(run), frame.y(value)]
  const bounds = low === undefined ? '' : ` (${formatBounds({ value, low, high }, format)})`
  const what = commit === undefined ? 'the run' : `commit ${voice.plain(short(commit))}`
  const title = `${what} of ${dayText(startedAt)} on ${letterOf(environment)}: ${format(value)}${bounds}`
  return html`<g class="env${Math.min(environment, MARKS.length - 1)}">${low === undefined || high === undefined ? undefined : html`<line class="bounds" x1="${x}" x2="${x}" y1="${frame.y(low)}" y2="${frame.y(high)}"/>`}<path d="${shape(environment, x, y)}"><title>${title}</title></path></g>
`
}

/** Means as far as the next change on the same machine, and a rule where the level changed. */
function level(change: ChangePoint, series: Series, { runs }: History, { x, y }: Frame): Html {
  const same = series.changes.filter(({ environment }) => environment === change.environment)
  const at = same.indexOf(change)
  const first = same[at - 1]?.to ?? 0
  const last = same[at + 1]?.from ?? runs.length - 1
  const rule = digits((x(change.from) + x(change.to)) / 2)
  return html`<g class="change"><line class="rule" x1="${rule}" x2="${rule}" y1="${TOP - 6}" y2="${HEIGHT - BOTTOM + 6}"/>
<line x1="${x(first)}" x2="${x(change.from)}" y1="${y(change.before)}" y2="${y(change.before)}"/><line x1="${x(change.to)}" x2="${x(last)}" y1="${y(change.after)}" y2="${y(change.after)}"/></g>
`
}

/** The mark of a machine and load, for a key. */
export function keyMark(environment: number): Html {
  return html`<svg class="mark" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><g class="env${Math.min(environment, MARKS.length - 1)}"><path d="${shape(environment, 6, 6)}"/></g></svg>`
}

function shape(environment: number, x: number, y: number): string {
  switch (MARKS[Math.min(environment, MARKS.length - 1)]!) {
    case 'circle':
      return `M${digits(x - 4)} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z`
    case 'square':
      return `M${digits(x - 3.6)} ${digits(y - 3.6)}h7.2v7.2h-7.2z`
    case 'triangle':
      return `M${x} ${digits(y - 4.6)}l4.6 8h-9.2z`
    case 'diamond':
      return `M${x} ${digits(y - 5)}l5 5l-5 5l-5 -5z`
  }
}

function inWords({ metric, points, changes }: Series, now: number | undefined, { runs }: History): string {
  const format = (value: number) => formatMetric(metric, value)
  const values = points.map(({ value }) => value)
  const all = `${points.length} of ${runs.length} runs, from ${format(Math.min(...values))} to ${format(Math.max(...values))}`
  const changed = changes.map(({ before, after }) => `, a change from ${format(before)} to ${format(after)}`).join('')
  return `${metric}: ${all}${changed}${now === undefined ? '' : `; this run ${format(now)}`}`
}

function digits(value: number): number {
  return Math.round(value * 10) / 10
}
