import { LoadgateError } from '../errors.ts'
import type { MetricName } from '../profile/profile.ts'
import {
  amount,
  count,
  described,
  list,
  Misread,
  oneOf,
  optional,
  type Reader,
  record,
  text,
  where,
} from '../reader.ts'
import { fingerprint } from '../result/result-file.ts'
import { type BudgetSharpness, type KeptSharpness, mostFalseAlarms } from './sharpness.ts'

/**
 * What a file says of a gate's sharpness. Anybody may have written it, so all of it is checked, and what follows from the
 * counts is computed anew. Throws LoadgateError with the reason, which quotes nothing of the file.
 */
export function readSharpness(given: string): KeptSharpness {
  const value = parsed(given)
  try {
    head(value, '')
    const kept = body(value, '')
    return { ...kept, falseAlarmsAtMost: mostFalseAlarms(kept.falseAlarms, kept.comparisons) }
  } catch (error) {
    if (error instanceof Misread) throw damaged(error.message)
    throw error
  }
}

function parsed(given: string): unknown {
  try {
    return JSON.parse(given)
  } catch {
    // The engine's own words quote the file, which may be a link to any other.
    throw damaged('it is not JSON')
  }
}

function damaged(why: string): LoadgateError {
  return new LoadgateError('infrastructure', why)
}

const head = record({ kind: oneOf('loadgate-sharpness'), schema: oneOf(1) })

const METRIC = /^(?:p\d+(?:\.\d+)?(?: (?:between events|to last event))?|errors|throughput)$/

export const metric: Reader<MetricName> = described({ type: 'string', pattern: METRIC.source }, (value, place) => {
  const name = text(value, place)
  if (!isMetric(name)) throw new Misread(place, 'a metric')
  return name
})

function isMetric(name: string): name is MetricName {
  return METRIC.test(name)
}

function isMoment(written: string): boolean {
  const time = Date.parse(written)
  return !Number.isNaN(time) && new Date(time).toISOString() === written
}

const fields = {
  measuredAt: where(text, isMoment, 'a moment such as 2026-11-20T17:00:00.000Z'),
  fingerprint,
  comparisons: where(count, (comparisons) => comparisons > 0, 'a count from 1 on', { minimum: 1 }),
  invalid: count,
  passed: count,
  inconclusive: count,
  falseAlarms: count,
  budgets: list(
    record<BudgetSharpness>({
      metric,
      scope: text,
      text,
      mean: optional(amount),
      spread: optional(amount),
      resolution: optional(amount),
    }),
    10_000,
  ),
}

type Counts = Pick<KeptSharpness, 'comparisons' | 'passed' | 'inconclusive' | 'falseAlarms'>

const addsUp = ({ comparisons, passed, inconclusive, falseAlarms }: Counts) =>
  comparisons === passed + inconclusive + falseAlarms

const body = where(record<Omit<KeptSharpness, 'falseAlarmsAtMost'>>(fields), addsUp, 'a sum of its parts')

/** As a report has it. */
export const keptSharpness: Reader<KeptSharpness> = where(
  record<KeptSharpness>({ ...fields, falseAlarmsAtMost: optional(amount) }),
  addsUp,
  'a sum of its parts',
)
