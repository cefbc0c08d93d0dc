import { formatCount, formatRate } from '../../units.ts'
import type { LiveOf, LivePoint } from '../html/page-data.ts'
import type { Column } from '../html/thin-out.ts'
import { clock, fromZero, TIME_STEPS, timesAxis } from './charts.ts'
import type { Axis, Line, PlotFacts } from './plot.ts'

export interface LiveChart {
  /** Of the frame that it is drawn into. */
  readonly chart: string
  readonly facts: PlotFacts
  /** What the lines are, each with its class in the page's style. */
  readonly key: readonly (readonly [look: string, text: string])[]
}

interface Quantity {
  readonly label: string
  readonly look: string
  readonly colour: string
  readonly dash?: readonly number[]
  readonly read: (point: LivePoint) => number | null
  /** Left out where two versions are shown, which are told apart by colour. */
  readonly ofOne?: true
}

interface Shown {
  readonly chart: string
  readonly name: string
  readonly height: number
  readonly quantities: readonly Quantity[]
  readonly axis: (columns: readonly Column[]) => Axis
}

const CHARTS: readonly Shown[] = [
  {
    chart: 'live-response',
    name: 'Response times',
    height: 260,
    quantities: [
      { label: 'p50', look: 'k-p50', colour: '--p50', read: ({ p50 }) => p50 },
      { label: 'p95', look: 'k-p95', colour: '--p95', read: ({ p95 }) => p95 },
      { label: 'p99', look: 'k-p99', colour: '--p99', read: ({ p99 }) => p99, ofOne: true },
      { label: 'slowest', look: 'k-max', colour: '--max', dash: [2, 3], read: ({ max }) => max, ofOne: true },
    ],
    axis: timesAxis,
  },
  {
    chart: 'live-rate',
    name: 'Requests per second',
    height: 170,
    quantities: [
      { label: 'sent', look: 'k-ok', colour: '--ok', read: ({ rate }) => rate },
      { label: 'failed', look: 'k-failed', colour: '--failed', read: ({ failing }) => failing },
    ],
    axis: (columns) => ({ format: formatRate, range: fromZero(columns) }),
  },
  {
    chart: 'live-active',
    name: 'Iterations under way',
    height: 150,
    quantities: [{ label: 'under way', look: 'k-ok', colour: '--ok', read: ({ active }) => active }],
    axis: (columns) => ({ format: formatCount, range: fromZero(columns) }),
  },
]

const VERSIONS = {
  head: { look: 'k-head', colour: '--head' },
  base: { look: 'k-base-line', colour: '--base', dash: [6, 4] },
} as const

/** Charts of one run, or of the two versions side by side. */
export function liveCharts(points: readonly LivePoint[]): readonly LiveChart[] {
  const at = points.map((point) => point.at)
  const alone = points.every(({ of }) => of === 'run')
  return CHARTS.map(({ chart, name, height, quantities, axis }) => {
    const lines = alone
      ? quantities.map((quantity) => lineOf(points, 'run', quantity))
      : quantities
          .filter(({ ofOne }) => !ofOne)
          .flatMap((quantity) => (['head', 'base'] as const).map((of) => lineOf(points, of, inColourOf(of, quantity))))
    return {
      chart,
      facts: {
        ...{ name, at, height, lines, shares: 'time', x: { format: clock, steps: TIME_STEPS } },
        y: axis(lines.map(({ values }) => values)),
      },
      key: alone
        ? quantities.map(({ look, label }) => [look, label] as const)
        : [[VERSIONS.head.look, 'head'] as const, [VERSIONS.base.look, 'base'] as const],
    }
  })
}

function inColourOf(of: 'head' | 'base', quantity: Quantity): Quantity {
  return { ...quantity, ...VERSIONS[of], label: `${of} ${quantity.label}` }
}

function lineOf(points: readonly LivePoint[], of: LiveOf, { label, colour, dash, read }: Quantity): Line {
  const values = points.map((point) => (point.of === of ? read(point) : null))
  return { label, values, colour, spans: true, ...(dash ? { dash } : {}) }
}
