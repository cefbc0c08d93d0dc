import { formatDuration, formatMs, formatRate } from '../../units.ts'
import type { Course, Distribution, Distributions, LoadCourse, PageData } from '../html/page-data.ts'
import type { Column } from '../html/thin-out.ts'
import type { Axis, PlotFacts } from './plot.ts'

/** A value so many times the usual one leaves nothing to see of the others on a straight axis. */
const LOG_FROM = 25
const MINUTE = 60
const HOUR = 60 * MINUTE
// biome-ignore format: read as a list
export const TIME_STEPS = [1, 2, 5, 10, 15, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR]

/** What a chart of each name shows; undefined where there is nothing. */
export function chartsOf({
  measured = 0,
  course,
  load,
  users,
  distributions,
}: PageData): Readonly<Record<string, PlotFacts | undefined>> {
  const time = timeAxis(measured, course)
  return {
    response: course && responseChart(course, time),
    rate: course && rateChart(course, time),
    load: load && loadChart(load, time),
    users: users && loadChart(users, time),
    distribution: distributions && distributionChart(distributions, 0),
  }
}

export function distributionChart({ at, of }: Distributions, choice: number): PlotFacts {
  const { head, base } = of[choice] as Distribution
  const length = Math.max(head.length, base?.length ?? 0)
  const shown = at.slice(0, length)
  const filled = (values: readonly number[]) => shown.map((_, n) => values[n] ?? null)
  return {
    name: 'Response time by percentile',
    at: shown,
    height: 300,
    lines: [
      { label: 'this run', values: filled(head), colour: '--head', width: 2 },
      ...(base ? [{ label: 'compared with', values: filled(base), colour: '--base', width: 2, dash: [6, 4] }] : []),
    ],
    x: { format: percentileText, log: true, range: [1, (shown.at(-1) ?? 2) * 1.02], marks: percentileMarks(shown) },
    y: timesAxis([filled(head), filled(base ?? [])]),
  }
}

const PERCENTILES = [1, 2, 4, 10, 20, 100, 1_000, 10_000, 100_000, 1_000_000]
/** Of a mark's text. */
const NARROW = 560

function percentileMarks(at: readonly number[]): (width: number) => readonly number[] {
  const inside = PERCENTILES.filter((x) => x <= (at.at(-1) ?? 1) * 1.02)
  return (width) => (width < NARROW ? inside.filter((x) => x !== 4 && x !== 20 && x !== 1) : inside)
}

/** 1 / (1 - p) as `99.9 %`. */
function percentileText(x: number): string {
  const above = 100 / x
  const digits = Math.min(5, Math.max(0, Math.ceil(-Math.log10(above)) + 1))
  return `${Number((100 - above).toFixed(digits))} %`
}

type TimeAxis = Pick<PlotFacts, 'x' | 'shares' | 'until'>

function timeAxis(measured: number, course: Course | undefined): TimeAxis {
  const end = Math.max(measured, course?.at.at(-1) ?? 0)
  return { x: { format: clock, range: [0, end], steps: TIME_STEPS }, shares: 'time', until: measured }
}

function responseChart(course: Course, time: TimeAxis): PlotFacts {
  const { at, p50, p95, p99, max } = course
  return {
    ...time,
    name: 'Response times',
    at,
    height: 260,
    lines: [
      { label: 'p50', values: p50, colour: '--p50', width: 2 },
      { label: 'p95', values: p95, colour: '--p95' },
      { label: 'p99', values: p99, colour: '--p99' },
      { label: 'slowest', values: max, colour: '--max', width: 1, dash: [2, 3] },
    ],
    between: [
      { lines: [1, 0], fill: '--band-95' },
      { lines: [2, 1], fill: '--band-99' },
    ],
    y: timesAxis([p50, p95, p99, max]),
  }
}

function rateChart({ at, succeeded, failed }: Course, time: TimeAxis): PlotFacts {
  return {
    ...time,
    name: 'Requests per second',
    at,
    height: 170,
    lines: [
      { label: 'succeeded', values: succeeded, colour: '--ok' },
      { label: 'failed', values: failed, colour: '--failed', width: 2, fill: '--band-failed' },
    ],
    y: { format: formatRate, range: fromZero([succeeded, failed]) },
  }
}

function loadChart({ of, at, planned, achieved }: LoadCourse, time: TimeAxis): PlotFacts {
  const format = of === 'arrivals' ? formatRate : (value: number) => `${Number(value.toPrecision(3))}`
  return {
    ...time,
    name: 'Load',
    at,
    height: 150,
    lines: [
      { label: 'planned', values: planned, colour: '--planned', width: 2, spans: true },
      ...(achieved ? [{ label: 'achieved', values: achieved, colour: '--ok', spans: true }] : []),
    ],
    y: { format, range: fromZero([planned, achieved ?? []]) },
  }
}

/** From zero, unless a few values are so high that the others would lie on the floor. */
export function timesAxis(columns: readonly Column[]): Axis {
  const values = columns.flat().filter((value) => value !== null && value > 0) as number[]
  const [usual = 1, most = 1] = [middle(values), values.reduce((a, b) => Math.max(a, b), 0)]
  const least = values.reduce((a, b) => Math.min(a, b), most)
  if (most <= LOG_FROM * usual || least <= 0) return { format: formatMs, range: fromZero(columns) }
  const range = [10 ** Math.floor(Math.log10(least)), most * 1.15] as const
  return { format: formatMs, log: true, range, marks: () => decades(range) }
}

/** 1, 3, 10, 30, …: even steps to the eye. */
function decades([from, to]: readonly [number, number]): readonly number[] {
  const exponents = Array.from({ length: Math.ceil(Math.log10(to / from)) + 1 }, (_, n) => Math.log10(from) + n)
  const marks = exponents.flatMap((exponent) => [10 ** exponent, 3 * 10 ** exponent])
  return (exponents.length > 4 ? exponents.map((exponent) => 10 ** exponent) : marks).filter((mark) => mark <= to)
}

function middle(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}

export function fromZero(columns: readonly Column[]): readonly [number, number] {
  const most = columns.flat().reduce<number>((highest, value) => Math.max(highest, value ?? 0), 0)
  return [0, most > 0 ? most * 1.06 : 1]
}

export function clock(seconds: number): string {
  return seconds <= 0 ? '0' : formatDuration(seconds * 1000)
}
