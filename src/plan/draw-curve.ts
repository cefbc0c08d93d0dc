import { formatDuration, formatRate, type Ms } from '../units.ts'
import { levelAt, peakLevel } from './curve.ts'
import type { LoadPlan, Segment } from './plan.ts'

const EIGHTHS = ' ▁▂▃▄▅▆▇█'

/**
 * The load over time as lines of text, `height` rows of at most `width` characters without the two of the time axis.
 * A column shows the highest level in its piece of time, so that no spike is too short to be seen. The dashed part of
 * the axis is the warm-up.
 */
export function drawCurve(plan: LoadPlan, { width, height }: { width: number; height: number }): string {
  const top = peakLevel(plan.curve)
  const levels = [levelText(plan, top), levelText(plan, top / 2), levelText(plan, 0)]
  const margin = Math.max(...levels.map((text) => text.length))
  const columns = Math.max(10, width - margin - 2)
  const heights = columnPeaks(plan.curve, plan.duration, columns).map((level) => (level / top) * height)
  const rows = Array.from({ length: height }, (_, row) => {
    const label = row === 0 ? levels[0] : row * 2 === height ? levels[1] : ''
    const bars = heights.map((filled) => EIGHTHS[eighths(filled - (height - 1 - row))])
    return `${label!.padStart(margin)} ${label ? '┤' : '│'}${bars.join('')}`.trimEnd()
  })
  const warmUp = Math.round((plan.measureFrom / plan.duration) * columns)
  const axis = `${levels[2]!.padStart(margin)} └${'╌'.repeat(warmUp)}${'─'.repeat(columns - warmUp)}`
  return [...rows, axis, ' '.repeat(margin + 2) + timeLabels(plan, columns, warmUp)].join('\n')
}

function levelText({ model }: LoadPlan, level: number): string {
  return model === 'open' ? formatRate(level) : `${Number(level.toFixed(1))} users`
}

/** How much of a character cell a bar fills, from 0 to 8; what is not nothing shows. */
function eighths(filled: number): number {
  const part = Math.min(1, Math.max(0, filled)) * 8
  return part > 0 ? Math.max(1, Math.round(part)) : 0
}

/** Highest level within each of `columns` equal pieces of the time. Segments are straight, so their ends decide. */
function columnPeaks(curve: readonly Segment[], duration: Ms, columns: number): readonly number[] {
  const peaks = Array.from({ length: columns }, (_, column) => levelAt(curve, (column / columns) * duration))
  let start = 0
  for (const { from, to, over } of curve) {
    const first = Math.floor((start / duration) * columns)
    const last = Math.min(columns - 1, Math.ceil(((start + over) / duration) * columns) - 1)
    raise(peaks, first, from)
    raise(peaks, last, to)
    for (let column = first + 1; column <= last; column++)
      raise(peaks, column - 1, from + (to - from) * (((column / columns) * duration - start) / over))
    start += over
  }
  return peaks
}

function raise(peaks: number[], column: number, level: number): void {
  peaks[column] = Math.max(peaks[column]!, level)
}

/** The start, the end of the warm-up where there is room for it, and the end. */
function timeLabels({ duration, measureFrom }: LoadPlan, columns: number, warmUp: number): string {
  const end = formatDuration(duration)
  const measured = `${formatDuration(measureFrom)} warm-up`
  const start = '0 s'
  const room = warmUp > start.length && warmUp + measured.length + 1 < columns - end.length
  const left = measureFrom > 0 && room ? start.padEnd(warmUp) + measured : start
  return left + end.padStart(columns - left.length)
}
