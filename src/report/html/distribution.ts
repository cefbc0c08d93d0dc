import { WHOLE } from '../../compare/scope.ts'
import { type HistogramText, quantilesOf } from '../../histogram.ts'
import { stepLabel } from '../../profile/step-label.ts'
import type { Ms } from '../../units.ts'
import type { Report, StepTimes } from '../report.ts'
import { worstSteps } from '../step-rows.ts'
import { rounded } from './course.ts'
import type { Distribution, Distributions } from './page-data.ts'

/** Those that people know by name. */
export const PERCENTILES = [50, 75, 90, 95, 99, 99.9, 99.99] as const
export const atPercentile = (percentile: number) => rounded(100 / (100 - percentile))
/** Five percentiles to each halving of what lies above, up to one in a million: as HdrHistogram's percentile plots. */
const HALVINGS = Array.from({ length: 101 }, (_, n) => rounded(2 ** (n / 5)))
const GRID = [...new Set([...HALVINGS, ...PERCENTILES.map(atPercentile)])].sort((a, b) => a - b)
/** Of a thousand steps, those that a reader could want. */
const MOST_CHOICES = 60

export interface NamedDistributions extends Distributions {
  readonly names: readonly string[]
}

/**
 * Of the whole run and of the steps that are of most concern; undefined where nothing succeeded. Throws LoadgateError where
 * a histogram is damaged.
 */
export function distributionsOf({ result, comparison, beside = [] }: Report): NamedDistributions | undefined {
  const [head, base] = [timesByName(result.steps), timesByName(beside)]
  // The only step of a load is the whole run.
  const steps =
    result.steps.length > 1
      ? worstSteps(comparison)
          .slice(1)
          .map(({ scope }) => scope)
      : []
  const shown = [WHOLE.name, ...steps.slice(0, MOST_CHOICES)].flatMap((name) => {
    const times = percentiles(head.get(name) ?? [])
    return times ? [{ name, head: times, base: percentiles(base.get(name) ?? []) }] : []
  })
  if (shown.length === 0) return undefined
  return {
    at: GRID,
    names: shown.map(({ name }) => name),
    of: shown.map(({ head, base }): Distribution => ({ head, base })),
  }
}

function timesByName(steps: readonly StepTimes[]): ReadonlyMap<string, readonly HistogramText[]> {
  const times = new Map([[WHOLE.name, steps.map(({ response }) => response)]])
  for (const { scenario, step, response } of steps) {
    const name = stepLabel(scenario, step)
    times.set(name, [...(times.get(name) ?? []), response])
  }
  return times
}

/** Until the first percentile that only the slowest sample lies above. */
function percentiles(texts: readonly HistogramText[]): readonly Ms[] | undefined {
  const values = quantilesOf(
    texts,
    GRID.map((x) => 1 - 1 / x),
  )?.map((us) => rounded(us / 1000))
  if (values === undefined) return undefined
  const slowest = values.indexOf(values.at(-1)!)
  return values.slice(0, slowest + 1)
}
