import type { ShardProgress } from '../engine/shard-result.ts'
import { Histogram, type HistogramText, quantileOf } from '../histogram.ts'
import type { Ms, PerSecond } from '../units.ts'
import type { ProgressSnapshot, WorkersSnapshot } from './progress.ts'

/** What is known of a run under way: each shard's last report, and all response times that were not yet shown. */
export interface ProgressState {
  readonly shards: readonly ShardState[]
  readonly recent: HistogramText
  readonly history: readonly Ms[]
  /** All requests that had ended at the last snapshot. */
  readonly shown: { readonly succeeded: number; readonly failed: number }
}

interface ShardState {
  readonly report: ShardProgress
  readonly rate: PerSecond
  /** Of its last report with an answer. */
  readonly p95: Ms | undefined
}

/** Of the plan: what a report of a shard is measured against. */
export interface ProgressFrame {
  readonly measureFrom: Ms
  readonly duration: Ms
  /** Of another generator's, `duration` is a bound and no length. */
  readonly script?: object
  readonly model: ProgressSnapshot['model']
  readonly groups?: readonly { readonly model: ProgressSnapshot['model'] }[]
  /** How many send, where they are on machines of their own. */
  readonly workers?: number | undefined
}

// As many as the widest view shows.
const MAX_HISTORY = 60

export const NO_PROGRESS: ProgressState = {
  shards: [],
  recent: Histogram.of().toText(),
  history: [],
  shown: { succeeded: 0, failed: 0 },
}

/** One more report of one shard. Reports of different shards may come in any order. */
export function foldProgress(state: ProgressState, report: ShardProgress): ProgressState {
  const before = state.shards.find((shard) => shard.report.index === report.index)
  const others = state.shards.filter((shard) => shard !== before)
  return {
    ...state,
    shards: [...others, { report, rate: rateOf(report, before), p95: p95Of(report) ?? before?.p95 }],
    recent: Histogram.of(state.recent, report.recent).toText(),
  }
}

/** What to show now, and the state to go on with: response times are shown once. */
export function takeSnapshot(
  state: ProgressState,
  { measureFrom, duration, script, model, groups = [], workers }: ProgressFrame,
): { readonly snapshot: ProgressSnapshot; readonly next: ProgressState } {
  const p95 = Histogram.of(state.recent).quantile(0.95)
  const history = p95 === undefined ? state.history : [...state.history, p95 / 1000].slice(-MAX_HISTORY)
  const sum = (count: 'sent' | 'succeeded' | 'failed' | 'dropped' | 'active') =>
    state.shards.reduce((total, { report }) => total + report[count], 0)
  const elapsed = Math.max(0, ...state.shards.map(({ report }) => report.elapsed))
  const shown = { succeeded: sum('succeeded'), failed: sum('failed') }
  const failed = shown.failed - state.shown.failed
  const ended = failed + shown.succeeded - state.shown.succeeded
  const snapshot = {
    elapsed,
    total: script ? undefined : duration,
    warmingUp: elapsed < measureFrom,
    // Where there are arrivals as well, not all that is under way are users.
    model: groups.some((group) => group.model === 'open') ? 'open' : model,
    sent: sum('sent'),
    ...shown,
    failedLately: ended > 0 ? failed / ended : undefined,
    dropped: sum('dropped'),
    active: sum('active'),
    rate: state.shards.reduce((total, { rate }) => total + rate, 0),
    recent: state.recent,
    history,
    workers: workers === undefined ? undefined : { all: workers, seen: state.shards.length, worst: worstOf(state) },
  }
  return { snapshot, next: { ...state, recent: NO_PROGRESS.recent, history, shown } }
}

function p95Of({ recent }: ShardProgress): Ms | undefined {
  const us = quantileOf([recent], 0.95)
  return us === undefined ? undefined : us / 1000
}

function worstOf({ shards }: ProgressState): WorkersSnapshot['worst'] {
  const known = shards.flatMap(({ report, p95 }) => (p95 === undefined ? [] : [{ number: report.index + 1, p95 }]))
  return known.reduce<WorkersSnapshot['worst']>(
    (worst, one) => (worst && worst.p95 >= one.p95 ? worst : one),
    undefined,
  )
}

/** Between a shard's last two reports, or since its start. */
function rateOf(report: ShardProgress, before: ShardState | undefined): PerSecond {
  const sent = report.sent - (before?.report.sent ?? 0)
  const time = report.elapsed - (before?.report.elapsed ?? 0)
  return time > 0 ? (sent / time) * 1000 : (before?.rate ?? 0)
}
