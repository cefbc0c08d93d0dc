import type { MetricName } from '../profile/profile.ts'
import type { Fingerprint } from '../result/result.ts'
import type { Share } from '../units.ts'
import type { Comparison } from './comparison.ts'
import { median, wilson } from './statistics.ts'
import type { Outcome } from './verdict.ts'

/**
 * A version compared with itself, by budgets relative to the base alone: whatever it seems to differ by is noise, and a fail
 * is a false alarm.
 */
export interface SelfComparison {
  readonly outcome: Outcome
  readonly comparison: Comparison
}

/** How sharp a gate is, as its own false alarms and the changes it can tell from noise. */
export interface Sharpness {
  /** Sound comparisons; those whose evidence was flawed say nothing. */
  readonly comparisons: number
  readonly invalid: number
  readonly passed: number
  readonly inconclusive: number
  readonly falseAlarms: number
  /** One-sided 95 % bound of their share; undefined without a sound comparison. */
  readonly falseAlarmsAtMost: Share | undefined
  readonly budgets: readonly BudgetSharpness[]
}

/** The same as it is kept beside the profile, for the reports to come. */
export interface KeptSharpness extends Sharpness {
  /** ISO 8601, in UTC. */
  readonly measuredAt: string
  /** Of the load that was sent, and of the machine. */
  readonly fingerprint: Fingerprint
}

/** Of one budget relative to the base. */
export interface BudgetSharpness {
  readonly metric: MetricName
  readonly scope: string
  readonly text: string
  /** Mean of the changes found, as a ratio: away from 1 it is bias. Undefined where none was found. */
  readonly mean: number | undefined
  /** Standard deviation of the changes, as a share; undefined below two. */
  readonly spread: Share | undefined
  /** Median of the smallest ratio that a comparison could have told from noise. */
  readonly resolution: number | undefined
}

export function sharpnessOf(all: readonly SelfComparison[]): Sharpness {
  const sound = all.filter(({ outcome }) => outcome !== 'invalid')
  const count = (wanted: Outcome) => sound.filter(({ outcome }) => outcome === wanted).length
  const falseAlarms = count('fail')
  return {
    comparisons: sound.length,
    invalid: all.length - sound.length,
    passed: count('pass'),
    inconclusive: count('inconclusive'),
    falseAlarms,
    falseAlarmsAtMost: mostFalseAlarms(falseAlarms, sound.length),
    budgets: budgetSharpness(sound),
  }
}

/** One-sided 95 % bound of their share; undefined without a comparison. */
export function mostFalseAlarms(falseAlarms: number, comparisons: number): Share | undefined {
  return comparisons === 0 ? undefined : wilson(falseAlarms, comparisons).high
}

function budgetSharpness(sound: readonly SelfComparison[]): readonly BudgetSharpness[] {
  const rows = sound.flatMap(({ comparison }) => comparison.budgets)
  return [...Map.groupBy(rows, ({ budget }) => budget.text)].map(([text, same]) => {
    // Errors may come to none, which has no logarithm.
    const changes = same.flatMap(({ change }) => (change && change.value > 0 ? Math.log(change.value) : []))
    const resolutions = same.flatMap(({ resolution }) => resolution ?? [])
    const mean = changes.reduce((sum, change) => sum + change, 0) / changes.length
    return {
      metric: same[0]!.metric,
      scope: same[0]!.scope,
      text,
      mean: changes.length === 0 ? undefined : Math.exp(mean),
      spread: changes.length < 2 ? undefined : deviation(changes, mean),
      resolution: resolutions.length === 0 ? undefined : median(resolutions),
    }
  })
}

/** Of logarithms, which for small changes are shares. */
function deviation(values: readonly number[], mean: number): Share {
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
}
