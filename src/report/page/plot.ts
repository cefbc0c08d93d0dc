import uPlot from 'uplot'
import type { Column } from '../html/thin-out.ts'

export interface Line {
  readonly label: string
  readonly values: Column
  /** A custom property of the page's style, which knows light and dark. */
  readonly colour: string
  readonly width?: number
  readonly dash?: readonly number[]
  /** A custom property, for the area below. */
  readonly fill?: string
  /** Whether lines go on over what is `null`. */
  readonly spans?: boolean
  /** Whether it goes from value to value in steps rather than straight. */
  readonly stepped?: boolean
}

export interface Axis {
  readonly format: (value: number) => string
  readonly log?: boolean
  readonly range?: readonly [from: number, to: number]
  /** Where it is marked; undefined leaves that to the chart. */
  readonly marks?: (width: number) => readonly number[]
  /** Steps from mark to mark that a reader can count in. */
  readonly steps?: readonly number[]
}

export interface PlotFacts {
  readonly name: string
  readonly at: readonly number[]
  readonly lines: readonly Line[]
  /** Areas between two lines, by their number. */
  readonly between?: readonly { readonly lines: readonly [number, number]; readonly fill: string }[]
  readonly x: Axis
  readonly y: Axis
  readonly height: number
  /** Charts of one axis show the same moment. */
  readonly shares?: string
  /** Where on the x axis the measured window ends; what lies behind it is shaded. */
  readonly until?: number
}

export interface Plot {
  readonly show: (facts: PlotFacts) => void
}

/** The room for the marks of the y axis: the same everywhere, so that charts below each other line up. */
const LEFT = 68

/** Draws into a frame of the page, anew when its width or the colours change, and lets the keyboard walk along the lines. */
export function plotIn(frame: HTMLElement, told: HTMLElement): Plot {
  let facts: PlotFacts | undefined
  let chart: uPlot | undefined
  let width = 0
  let chosen: number | undefined
  const draw = () => {
    if (facts === undefined || frame.clientWidth === 0) return
    width = frame.clientWidth
    chart?.destroy()
    frame.replaceChildren()
    chart = new uPlot(optionsOf(facts, width, tell), dataOf(facts), frame)
  }
  const tell = (index: number | null | undefined) => {
    if (facts === undefined) return
    chosen = index ?? undefined
    const text = chosen === undefined ? '' : inWords(facts, chosen)
    told.textContent = text
    frame.setAttribute('aria-valuetext', text || 'nothing chosen')
    frame.setAttribute('aria-valuenow', String(chosen ?? 0))
  }
  const walk = (event: KeyboardEvent) => {
    if (chart === undefined || facts === undefined) return
    const last = facts.at.length - 1
    const now = chosen ?? (event.key === 'ArrowLeft' ? last + 1 : -1)
    const by = event.shiftKey ? 10 : 1
    const to = { ArrowRight: now + by, ArrowLeft: now - by, Home: 0, End: last }[event.key]
    if (event.key === 'Escape') point(chart, facts, undefined)
    if (to === undefined) return
    event.preventDefault()
    const index = Math.max(0, Math.min(last, to))
    point(chart, facts, facts.at[index])
    // Of two values at one place, the chart itself knows but one.
    tell(index)
  }
  frame.addEventListener('keydown', walk)
  new ResizeObserver(() => {
    if (frame.clientWidth !== width) draw()
  }).observe(frame)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)
  return {
    show: (next) => {
      facts = next
      // A slider is what the keyboard moves along values of one axis.
      frame.tabIndex = 0
      frame.setAttribute('role', 'slider')
      frame.setAttribute('aria-label', `${next.name}: choose with the arrow keys`)
      frame.setAttribute('aria-valuemin', '0')
      frame.setAttribute('aria-valuemax', String(next.at.length - 1))
      draw()
      tell(chosen)
    },
  }
}

/** Moves the cursor of a chart, and of all that share its axis, to a place on it; undefined takes it away. */
function point(chart: uPlot, { shares }: PlotFacts, x: number | undefined): void {
  for (const one of shares === undefined ? [chart] : uPlot.sync(shares).plots)
    one.setCursor(x === undefined ? { left: -10, top: -10 } : { left: one.valToPos(x, 'x'), top: 1 })
}

function inWords({ at, lines, x, y }: PlotFacts, index: number): string {
  const values = lines.flatMap(({ label, values }) => {
    const value = values[index]
    return value === null || value === undefined ? [] : [`${label} ${y.format(value)}`]
  })
  return `${x.format(at[index]!)}: ${values.join(' · ') || 'nothing'}`
}

function dataOf({ at, lines }: PlotFacts): uPlot.AlignedData {
  return [[...at], ...lines.map(({ values }) => [...values])] as uPlot.AlignedData
}

function optionsOf(facts: PlotFacts, width: number, tell: (index: number | null | undefined) => void): uPlot.Options {
  const colour = colours()
  const { lines, between = [], x, y, height, shares } = facts
  const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } }
  return {
    width,
    height,
    padding: [10, 24, 0, 0],
    legend: { show: false },
    cursor: {
      points: { size: 7 },
      drag: { x: false, y: false },
      y: false,
      ...(shares === undefined ? {} : { sync: { key: shares, scales: ['x', null] } }),
    },
    scales: { x: scaleOf(x), y: scaleOf(y) },
    axes: [
      { ...axis, ...marksOf(x, width), grid: { show: false }, size: 30, font: FONT },
      { ...axis, ...marksOf(y, height), size: LEFT, font: FONT },
    ],
    series: [
      {},
      ...lines.map(
        (line): uPlot.Series => ({
          label: line.label,
          stroke: colour(line.colour),
          width: line.width ?? 1.5,
          pxAlign: 0,
          points: { show: false },
          spanGaps: line.spans ?? false,
          ...(line.dash ? { dash: [...line.dash] } : {}),
          ...(line.fill ? { fill: colour(line.fill) } : {}),
          ...(line.stepped ? { paths: uPlot.paths.stepped!({ align: 1 }) } : {}),
        }),
      ),
    ],
    bands: between.map(({ lines: [upper, lower], fill }) => ({ series: [upper + 1, lower + 1], fill: colour(fill) })),
    hooks: {
      drawClear: [(u) => shadeBehind(u, facts, colour('--tint'))],
      setCursor: [(u) => tell(u.cursor.idx)],
    },
  }
}

const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

function scaleOf({ log, range }: Axis): uPlot.Scale {
  return {
    time: false,
    ...(log ? { distr: 3 as const } : {}),
    ...(range ? { range: [range[0], range[1]] as uPlot.Range.MinMax } : {}),
  }
}

function marksOf({ format, marks, steps }: Axis, length: number): uPlot.Axis {
  return {
    values: (_, splits) => splits.map((value) => (value === null ? '' : format(value))),
    ...(marks ? { splits: () => [...marks(length)], filter: (_: uPlot, splits: number[]) => splits } : {}),
    ...(steps ? { incrs: [...steps], space: 96 } : {}),
  }
}

function shadeBehind(u: uPlot, { until }: PlotFacts, fill: string): void {
  if (until === undefined) return
  const { left, top, width, height } = u.bbox
  const from = Math.min(left + width, u.valToPos(until, 'x', true))
  u.ctx.fillStyle = fill
  u.ctx.fillRect(from, top, left + width - from, height)
}

function colours(): (name: string) => string {
  const style = getComputedStyle(document.documentElement)
  return (name) => style.getPropertyValue(name).trim()
}
