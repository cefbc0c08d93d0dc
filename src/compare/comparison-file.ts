import type { AsOf } from '../baseline/baseline.ts'
import type { Budget, Limit } from '../profile/profile.ts'
import {
  amount,
  count,
  finite,
  list,
  ofKind,
  oneOf,
  optional,
  pair,
  type Reader,
  record,
  text,
  truth,
} from '../reader.ts'
import type {
  BaselineFacts,
  BudgetRow,
  Comparison,
  Defect,
  DefectCode,
  Early,
  Estimate,
  EventRow,
  Judgement,
  NewLevel,
  Percentiles,
  ScopeRow,
  SideFacts,
  StoredFacts,
  Undecided,
} from './comparison.ts'
import { metric } from './sharpness-file.ts'
import type { Verdict } from './verdict.ts'

// What a report file says of a comparison. Anybody may have written it: what a renderer takes for granted is checked.

/** Budgets of a profile, and steps of a plan, are fewer. */
const MANY = 20_000

const estimate = record<Estimate>({ value: finite, low: finite, high: optional(finite) })

const limit = ofKind<Limit>({
  absolute: record({ kind: oneOf('absolute'), value: finite }),
  baseline: record({ kind: oneOf('baseline'), share: optional(finite), amount: optional(finite) }),
})

const budget = record<Budget>({
  text,
  metric,
  of: optional(text),
  limit,
  // Present where it is true: what is absent stays so.
  abort: optional(oneOf(true)) as Reader<true>,
  place: record({ file: text, line: count, column: count }),
})

const judgement = ofKind<Judgement>({
  holds: record({ kind: oneOf('holds') }),
  exceeded: record({
    kind: oneOf('exceeded'),
    early: optional(record<Early>({ after: amount, of: amount, window: amount })) as Reader<Early>,
  }),
  undecided: record<Undecided>({ kind: oneOf('undecided'), reason: text, remedy: text }),
  'no-baseline': record({ kind: oneOf('no-baseline') }),
  'no-samples': record({ kind: oneOf('no-samples') }),
})

const newLevel = record<NewLevel>({ commit: optional(text), before: finite, after: finite })

const budgetRow = record<BudgetRow>({
  budget,
  scope: text,
  metric,
  measured: optional(estimate),
  limit: optional(finite),
  baseline: optional(record({ value: finite, runs: count, since: optional(newLevel) })),
  change: optional(estimate),
  resolution: optional(finite),
  improved: truth,
  judgement,
})

const figures = { p50: amount, p95: amount, p99: amount, errors: amount, throughput: amount }

const percentiles = record<Percentiles>({ p50: amount, p95: amount, p99: amount })

const eventRow = record<EventRow>({
  streams: count,
  received: count,
  between: optional(percentiles),
  last: optional(percentiles),
})

const scopeRow = record<ScopeRow>({
  scope: text,
  background: optional(oneOf(true)),
  requests: count,
  failed: count,
  p50: optional(amount),
  p95: optional(amount),
  p99: optional(amount),
  serviceP95: optional(amount),
  errors: amount,
  throughput: amount,
  baseline: optional(record(figures)),
  causes: list(pair(text, count), 1_000),
  events: optional(eventRow),
})

const asOf = record<AsOf>({
  commit: text,
  nearest: optional(record({ commit: text, distance: count, startedAt: amount })),
  leftOut: count,
})

const baseline = ofKind<BaselineFacts>({
  stored: record<StoredFacts>({
    kind: oneOf('stored'),
    store: optional(text),
    comparable: count,
    corrected: truth,
    refused: list(record({ runs: count, reason: text }), 1_000),
    commits: list(text, 1_000),
    asOf: optional(asOf),
    notes: optional(list(text, 1_000)),
  }),
  'side-by-side': record<SideFacts>({
    kind: oneOf('side-by-side'),
    rounds: count,
    measured: amount,
    design: oneOf('paired', 'alternating'),
    freshProcesses: truth,
    leftOut: count,
    commit: optional(text),
  }),
})

// A table so that the compiler finds the forgotten one.
const CODES: Readonly<Record<DefectCode, true>> = {
  'generator-late': true,
  'generator-busy': true,
  'generator-failed': true,
  'worker-lost': true,
  'counts-disagree': true,
  'step-missing': true,
  'no-samples': true,
  'target-unreached': true,
  'target-not-allowed': true,
  'baseline-damaged': true,
  'different-answers': true,
  'unequal-load': true,
  'service-ended': true,
  'guard-failed': true,
  'not-started': true,
  cancelled: true,
}

const defect = record<Defect>({
  code: oneOf(...(Object.keys(CODES) as DefectCode[])),
  message: text,
  remedy: text,
})

export const comparison: Reader<Comparison> = record<Comparison>({
  budgets: list(budgetRow, MANY),
  scopes: list(scopeRow, MANY),
  baseline,
  defects: list(defect, MANY),
})

export const verdict: Reader<Verdict> = record<Verdict>({
  outcome: oneOf('pass', 'fail', 'inconclusive', 'invalid'),
  reason: text,
  also: list(text, 3 * MANY),
})
