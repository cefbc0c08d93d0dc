import { Histogram, type HistogramText } from '../histogram.ts'
import { formatCount, formatDuration, formatMs, formatRate, formatShare, type Ms, type PerSecond } from '../units.ts'
import { NONE } from './figures.ts'

/** How a run stands while it is under way, all workers together. */
export interface ProgressSnapshot {
  readonly elapsed: Ms
  /** Length of the whole curve, warm-up included. */
  readonly total: Ms
  readonly warmingUp: boolean
  /** Requests since the start. */
  readonly sent: number
  readonly succeeded: number
  readonly failed: number
  /** Iterations that found no connection. */
  readonly dropped: number
  /** Iterations under way. */
  readonly active: number
  /** Sent per second, lately. */
  readonly rate: PerSecond
  /** Response times since the snapshot before. */
  readonly recent: HistogramText
  /** The p95 of each snapshot so far in ms, this one last; snapshots without an answer are left out. */
  readonly history: readonly Ms[]
}

const BAR = 30
const SPARKS = [...'▁▂▃▄▅▆▇█']

/** One line for a log: `12 s of 1 min 40 s · 198/s · 24 active · p50 12.3 ms · p95 45 ms · 3 failed (0.15 %)`. */
export function progressLine(snapshot: ProgressSnapshot): string {
  return [time(snapshot), ...counts(snapshot), ...quantiles(snapshot, [50, 95])].join(' · ')
}

/** The same for a terminal, drawn anew each time: a bar, the counts, the percentiles and the course of the p95. */
export function progressView(snapshot: ProgressSnapshot, { width }: { readonly width: number }): readonly string[] {
  const share = snapshot.total > 0 ? Math.min(1, snapshot.elapsed / snapshot.total) : 1
  const filled = Math.round(share * BAR)
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`
  return [
    `${bar} ${Math.floor(share * 100)} %  ${time(snapshot)}`,
    counts(snapshot).join(' · '),
    quantiles(snapshot, [50, 95, 99]).join(' · '),
    ...sparkline(snapshot.history, width),
  ]
}

function time({ elapsed, total, warmingUp }: ProgressSnapshot): string {
  const text = `${formatDuration(Math.min(elapsed, total))} of ${formatDuration(total)}`
  return warmingUp ? `${text} (warm-up)` : text
}

function counts({ rate, active, sent, succeeded, failed, dropped }: ProgressSnapshot): readonly string[] {
  const ended = succeeded + failed
  return [
    formatRate(rate),
    `${formatCount(active)} active`,
    `${formatCount(sent)} sent`,
    failed > 0 ? `${formatCount(failed)} failed (${formatShare(failed / ended)})` : 'none failed',
    ...(dropped > 0 ? [`${formatCount(dropped)} dropped`] : []),
  ]
}

function quantiles({ recent }: ProgressSnapshot, percentiles: readonly number[]): readonly string[] {
  const histogram = Histogram.of(recent)
  return percentiles.map((percentile) => {
    const value = histogram.quantile(percentile / 100)
    return `p${percentile} ${value === undefined ? NONE : formatMs(value / 1000)}`
  })
}

/** From zero to the highest value shown, so that a steady run looks flat. Before the second value there is no course. */
function sparkline(history: readonly Ms[], width: number): readonly string[] {
  if (history.length < 2) return []
  const room = width - 'p95  up to 9999 ms'.length - 1
  const shown = history.slice(-Math.max(2, room))
  const top = Math.max(...shown)
  const bars = shown.map((value) => SPARKS[top > 0 ? Math.round((value / top) * (SPARKS.length - 1)) : 0])
  return [`p95 ${bars.join('')} up to ${formatMs(top)}`]
}
