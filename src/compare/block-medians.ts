import type { PartBlocks } from '../baseline/baseline.ts'
import type { MetricName } from '../profile/profile.ts'
import { blockNeeds } from './blocks.ts'
import { percentileOf } from './metrics.ts'
import type { Scope } from './scope.ts'
import { median } from './statistics.ts'

/** Fewer have no middle. */
const FEWEST = 3
/** Where the load goes up and down further, its typical block is not what the percentile of the whole run is made of. */
const LEVEL = 1.5

/**
 * For each run the quantile of its typical block, in ms: the median over its blocks, which a burst on the machine does not
 * move. Undefined unless every run has blocks enough, with requests enough for the quantile and about as many in each: what
 * is compared must be the same for all of them.
 */
export function blockMedians(metric: MetricName, scopes: readonly Scope[]): readonly number[] | undefined {
  if (!isKept(metric)) return undefined
  const needed = blockNeeds(percentileOf(metric))
  const medians = scopes.flatMap(({ blocks }) => {
    if (blocks === undefined || blocks.succeeded.length < FEWEST) return []
    if (median(blocks.succeeded) < needed || !isLevel(blocks)) return []
    return median(blocks[metric].filter((_, at) => blocks.succeeded[at]! > 0)) / 1000
  })
  return medians.length === scopes.length ? medians : undefined
}

function isLevel({ succeeded, failed }: PartBlocks): boolean {
  const counts = succeeded.map((count, at) => count + failed[at]!)
  return Math.max(...counts) <= LEVEL * Math.min(...counts)
}

function isKept(metric: MetricName): metric is Extract<keyof PartBlocks, MetricName> {
  return metric === 'p50' || metric === 'p90' || metric === 'p95' || metric === 'p99'
}
