import { formatCount, formatDuration, formatMs, formatRate, type Ms } from '../../units.ts'
import { NONE } from '../figures.ts'
import type { Report } from '../report.ts'
import { chart } from './chart.ts'
import { type Moment, requestsPerArrival } from './course.ts'
import { type Html, html } from './markup.ts'
import type { LoadCourse } from './page-data.ts'

/** Rows of the table of figures. */
const MOST_ROWS = 60

/** As the page's script knows them. */
const CHARTS_OF_LOADS = ['load', 'users']

/** Response times, rate, failures and load over time, one below the other on one axis of time. */
export function overTime(report: Report, moments: readonly Moment[], loads: readonly LoadCourse[]): Html | undefined {
  if (moments.length < 2 && loads.length === 0) return undefined
  const charts = [
    ...(moments.length < 2
      ? []
      : [
          chart({
            name: 'response',
            title: 'Response times',
            key: html`<span class="k-p50">p50</span> <span class="k-p95">p95</span> <span class="k-p99">p99</span> <span class="k-max">slowest</span>`,
            says: timesInWords(moments),
          }),
          chart({
            name: 'rate',
            title: 'Requests per second, by when they ended',
            key: html`<span class="k-ok">succeeded</span> <span class="k-failed">failed</span>`,
            says: ratesInWords(moments),
          }),
        ]),
    ...loads.map((load, at) => loadChart(report, load, CHARTS_OF_LOADS[at]!)),
  ]
  return html`<section id="over-time"><h2>Over time</h2>
${charts}
${moments.length < 2 ? undefined : table(moments)}
</section>`
}

function loadChart(report: Report, load: LoadCourse, name: string): Html {
  const isOpen = load.of === 'arrivals'
  return chart({
    name,
    title: isOpen ? 'Load: arrivals per second' : 'Load: users',
    key: html`<span class="k-planned">planned</span>${
      load.achieved &&
      html` <span class="k-achieved">achieved</span> <span class="k-note">${
        isOpen
          ? `requests that ended, ${digits(requestsPerArrival(report.result))} to an arrival on average`
          : 'at work, on average'
      }</span>`
    }`,
    says: loadInWords(load),
  })
}

function timesInWords(moments: readonly Moment[]): string {
  const timed = moments.flatMap(({ at, times }) => (times ? [{ at, ...times }] : []))
  if (timed.length === 0) return 'No request succeeded.'
  const p95 = timed.map((moment) => moment.p95)
  const worst = highest(timed, ({ p99 }) => p99)
  const slowest = highest(timed, ({ max }) => max)
  return `p95 from ${formatMs(Math.min(...bounded(p95)))} to ${formatMs(Math.max(...bounded(p95)))}; highest p99 ${formatMs(worst.p99)}, at ${clock(worst.at)}; slowest request ${formatMs(slowest.max)}, at ${clock(slowest.at)}.`
}

function ratesInWords(moments: readonly Moment[]): string {
  const failing = moments.filter(({ failed }) => failed > 0)
  const most = highest(moments, ({ succeeded }) => succeeded)
  const worst = highest(moments, ({ failed }) => failed)
  const failures =
    failing.length === 0
      ? 'none failed'
      : `failures in ${formatCount(failing.length)} of ${formatCount(moments.length)} intervals, most ${formatRate(worst.failed)}, at ${clock(worst.at)}`
  return `At most ${formatRate(most.succeeded)} succeeded, at ${clock(most.at)}; ${failures}.`
}

function loadInWords({ of, planned, achieved }: LoadCourse): string {
  const format = (value: number) => (of === 'arrivals' ? formatRate(value) : `${formatCount(value)} users`)
  const peak = `Planned up to ${format(greatest(planned))}`
  return achieved === undefined ? `${peak}.` : `${peak}, achieved up to ${format(greatest(achieved))}.`
}

/** For whoever cannot see the charts, or wants the figures: whole intervals side by side, no more than fit. */
function table(moments: readonly Moment[]): Html {
  const size = Math.ceil(moments.length / MOST_ROWS)
  const rows = Array.from({ length: Math.ceil(moments.length / size) }, (_, row) =>
    tableRow(moments.slice(row * size, (row + 1) * size)),
  )
  const note = size > 1 ? `Each row is of ${size} intervals: the highest of each figure, and the mean rate.` : ''
  return html`<details><summary>The same as a table</summary><div class="scroll" role="region" aria-label="Figures over time" tabindex="0">
<table class="figures"><thead><tr><th scope="col">from</th><th scope="col">p50</th><th scope="col">p95</th><th scope="col">p99</th><th scope="col">slowest</th><th scope="col">succeeded</th><th scope="col">failed</th></tr></thead>
<tbody>${rows}</tbody></table></div>${note === '' ? undefined : html`<p class="note">${note}</p>`}</details>`
}

function tableRow(moments: readonly Moment[]): Html {
  const times = moments.flatMap((moment) => moment.times ?? [])
  const most = (name: 'p50' | 'p95' | 'p99' | 'max') =>
    times.length === 0 ? NONE : formatMs(Math.max(...times.map((time) => time[name])))
  const length = moments.reduce((sum, moment) => sum + moment.length, 0)
  const rate = (name: 'succeeded' | 'failed') =>
    formatRate(moments.reduce((sum, moment) => sum + moment[name] * moment.length, 0) / length)
  return html`<tr><th scope="row">${clock(moments[0]!.at)}</th><td>${most('p50')}</td><td>${most('p95')}</td><td>${most('p99')}</td><td>${most('max')}</td><td>${rate('succeeded')}</td><td>${rate('failed')}</td></tr>
`
}

function highest<Item>(items: readonly Item[], value: (item: Item) => number): Item {
  return items.reduce((best, item) => (value(item) > value(best) ? item : best))
}

function greatest(column: readonly (number | null)[]): number {
  return column.reduce<number>((most, value) => Math.max(most, value ?? 0), 0)
}

/** Spread into a call, a day of seconds would be too many arguments. */
function bounded(values: readonly number[]): readonly [number, number] {
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]
}

function clock(at: Ms): string {
  return at === 0 ? '0 s' : formatDuration(at)
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)))
}
