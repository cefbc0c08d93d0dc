import { Histogram, type HistogramText } from '../histogram.ts'
import {
  counted,
  formatCount,
  formatDuration,
  formatMs,
  formatRate,
  formatShare,
  type Ms,
  type PerSecond,
  type Share,
} from '../units.ts'
import { NONE } from './figures.ts'

/** How a run stands while it is under way, all workers together. */
export interface ProgressSnapshot {
  readonly elapsed: Ms
  /** Length of the whole curve, warm-up included; undefined where only a script knows. */
  readonly total: Ms | undefined
  readonly warmingUp: boolean
  /** Of the load: in a closed one, iterations under way are users. */
  readonly model: 'open' | 'closed'
  /** Requests since the start. */
  readonly sent: number
  readonly succeeded: number
  readonly failed: number
  /** Of the requests that ended since the snapshot before; undefined where none did. */
  readonly failedLately: Share | undefined
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
  /** Undefined where the load comes from one machine. */
  readonly workers?: WorkersSnapshot | undefined
}

export interface WorkersSnapshot {
  readonly all: number
  /** Those that have told of themselves. */
  readonly seen: number
  /** Whose answers took longest, by its last report; `number` counts from 1. */
  readonly worst: { readonly number: number; readonly p95: Ms } | undefined
}

/** Two versions that are loaded at once. */
export interface SidesSnapshot {
  readonly base: ProgressSnapshot
  readonly head: ProgressSnapshot
}

const BAR = 30
const SPARKS = [...'▁▂▃▄▅▆▇█']

/** One line for a log: `12 s of 1 min 40 s, 1 min 28 s left · 198/s · 24 active · 2,376 sent · 3 failed (0.126 %) · p50 12.3 ms · …`. */
export function progressLine(snapshot: ProgressSnapshot): string {
  return [time(snapshot), ...counts(snapshot), ...quantiles(snapshot), ...workers(snapshot)].join(' · ')
}

/** The same for a terminal, drawn anew each time: a bar, the counts, the percentiles and the course of the p95. */
export function progressView(snapshot: ProgressSnapshot, { width }: { readonly width: number }): readonly string[] {
  return [
    barLine(snapshot),
    counts(snapshot).join(' · '),
    [...quantiles(snapshot), ...workers(snapshot)].join(' · '),
    ...sparkline(snapshot.history, width),
  ]
}

function barLine(snapshot: ProgressSnapshot): string {
  if (snapshot.total === undefined) return time(snapshot)
  const share = snapshot.total > 0 ? Math.min(1, snapshot.elapsed / snapshot.total) : 1
  const filled = Math.round(share * BAR)
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`
  return `${bar} ${Math.floor(share * 100)} %  ${time(snapshot)}`
}

/** Two versions that are loaded at once, in one line: what is of one is never put together with what is of the other. */
export function sidesLine({ base, head }: SidesSnapshot): string {
  const figures = (side: ProgressSnapshot) => [...counts(side), ...quantiles(side)].join(', ')
  return `${time(base)} · base: ${figures(base)} · head: ${figures(head)}`
}

/** The same for a terminal. */
export function sidesView({ base, head }: SidesSnapshot): readonly string[] {
  const lines = (name: string, side: ProgressSnapshot) => [
    `${name}  ${counts(side).join(' · ')}`,
    `      ${quantiles(side).join(' · ')}`,
  ]
  return [barLine(base), ...lines('base', base), ...lines('head', head)]
}

function time({ elapsed, total, warmingUp }: ProgressSnapshot): string {
  if (total === undefined) return formatDuration(elapsed)
  const left = Math.ceil((total - elapsed) / 1000) * 1000
  const rest = left > 0 ? `${formatDuration(left)} left` : 'waiting for the last answers'
  return `${formatDuration(Math.min(elapsed, total))} of ${formatDuration(total)}, ${rest}${warmingUp ? ' (warm-up)' : ''}`
}

function counts(snapshot: ProgressSnapshot): readonly string[] {
  const { rate, active, sent, dropped, model } = snapshot
  return [
    formatRate(rate),
    model === 'closed' ? counted(active, 'user') : `${formatCount(active)} active`,
    `${formatCount(sent)} sent`,
    failures(snapshot),
    ...(dropped > 0 ? [`${formatCount(dropped)} dropped`] : []),
  ]
}

/** `20 failed (0.444 %, lately 3.1 %)`: a service that breaks down is lost in the share of the whole run. */
function failures({ succeeded, failed, failedLately }: ProgressSnapshot): string {
  if (failed === 0) return 'none failed'
  const lately = failedLately === undefined ? '' : `, lately ${formatShare(failedLately)}`
  return `${formatCount(failed)} failed (${formatShare(failed / (succeeded + failed))}${lately})`
}

function workers({ workers }: ProgressSnapshot): readonly string[] {
  if (workers === undefined) return []
  const { all, seen, worst } = workers
  const slowest = worst === undefined ? '' : `, worst p95 ${formatMs(worst.p95)} (worker ${worst.number})`
  return [`${seen === all ? '' : `${formatCount(seen)} of `}${counted(all, 'worker')}${slowest}`]
}

function quantiles({ recent }: ProgressSnapshot): readonly string[] {
  const histogram = Histogram.of(recent)
  return [50, 95, 99].map((percentile) => {
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
