// The page while the run goes on: fed by the server that it came from, until that has the report.
import { formatCount, formatDuration, formatMs, formatRate } from '../../units.ts'
import type { LiveOf, LivePoint } from '../html/page-data.ts'
import { type LiveChart, liveCharts } from './live-charts.ts'
import { type Plot, plotIn } from './plot.ts'

/** About two hours; older ones are dropped. */
const MOST_POINTS = 7_200
/** One behind the other; the browser waits some seconds between them. */
const MOST_FAILURES = 3
const TITLE: Readonly<Record<LiveOf, string>> = { run: 'this run', base: 'base', head: 'head' }

export function followLive(frames: readonly HTMLElement[]): void {
  const points: LivePoint[] = []
  const plots = new Map(frames.map((frame) => [frame.dataset.chart ?? '', plotOf(frame)]))
  const source = new EventSource('events')
  let failures = 0
  // Whoever connects anew is told everything anew.
  source.addEventListener('open', () => {
    points.length = 0
    failures = 0
  })
  source.addEventListener('points', ({ data }) => {
    points.push(...(JSON.parse(String(data)) as LivePoint[]))
    points.splice(0, points.length - MOST_POINTS)
    show(points, plots)
  })
  source.addEventListener('report', () => {
    source.close()
    location.reload()
  })
  source.addEventListener('error', () => {
    if (++failures < MOST_FAILURES) return
    source.close()
    say('live-state', 'no more is heard of the run: it has ended, or was stopped')
  })
}

function plotOf(frame: HTMLElement): Plot | undefined {
  const told = frame.parentElement?.querySelector('.readout')
  return told instanceof HTMLElement ? plotIn(frame, told) : undefined
}

function show(points: readonly LivePoint[], plots: ReadonlyMap<string, Plot | undefined>): void {
  const last = points.at(-1)
  if (last === undefined) return
  const phase = last.warmingUp ? 'warming up' : 'sending'
  const { elapsed, total } = last
  say('live-state', `${phase}: ${formatDuration(elapsed)}${total === null ? '' : ` of ${formatDuration(total)}`}`)
  const progress = document.getElementById('live-progress') as HTMLProgressElement | null
  if (progress && total === null) progress.removeAttribute('value')
  else if (progress && total !== null) progress.value = total > 0 ? 1 - Math.max(0, total - elapsed) / total : 1
  const kinds = [...new Set(points.map(({ of }) => of))].sort()
  document
    .getElementById('live-now')
    ?.replaceChildren(...kinds.map((of) => row(points.findLast((one) => one.of === of)!)))
  if (points.length < 2) return
  for (const one of liveCharts(points)) {
    plots.get(one.chart)?.show(one.facts)
    fillKey(one)
  }
}

function row(point: LivePoint): HTMLTableRowElement {
  const time = (value: number | null) => (value === null ? '–' : formatMs(value))
  const { rate, p50, p95, p99, max, failed, dropped, active, sent } = point
  const cells = [
    formatRate(rate),
    ...[p50, p95, p99, max].map(time),
    ...[failed, dropped, active, sent].map(formatCount),
  ]
  const row = document.createElement('tr')
  const head = document.createElement('th')
  head.scope = 'row'
  head.textContent = TITLE[point.of]
  row.append(head)
  for (const text of cells) row.insertCell().textContent = text
  return row
}

/** What the lines are, beside the chart's title. */
function fillKey({ chart, key }: LiveChart): void {
  const place = document.querySelector(`#chart-${chart} .key`)
  if (place === null || place.childElementCount === key.length) return
  place.replaceChildren(
    ...key.map(([look, text]) => {
      const item = document.createElement('span')
      item.className = look
      item.textContent = text
      return item
    }),
  )
}

function say(id: string, text: string): void {
  const element = document.getElementById(id)
  if (element && element.textContent !== text) element.textContent = text
}
