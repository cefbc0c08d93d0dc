import type { IterationCounts } from './shard-result.ts'

export function addedIterations(parts: readonly IterationCounts[]): IterationCounts {
  const sum = { planned: 0, started: 0, dropped: 0, finished: 0, failed: 0, cut: 0 }
  for (const part of parts) for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += part[key]
  return sum
}
