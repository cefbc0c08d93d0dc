// Reading what a shard measured, in the words of the tests.

import type { ShardResult } from '../../src/engine/shard-result.ts'
import { Histogram } from '../../src/histogram.ts'

/** Successes from the intended start. */
export function responseOf({ steps }: ShardResult): Histogram {
  return Histogram.of(...steps.map(({ response }) => response))
}

export function serviceOf({ steps }: ShardResult): Histogram {
  return Histogram.of(...steps.map(({ service }) => service))
}

/** In ms. */
export function quantile(histogram: Histogram, q: number): number {
  return (histogram.quantile(q) ?? Number.NaN) / 1000
}

/** What every result must satisfy, whatever the target did: nothing is lost and nothing counted twice. */
export function unaccounted(result: ShardResult): string[] {
  const { iterations, steps, intervals } = result
  const { planned, started, dropped, finished, failed, cut } = iterations
  const { records } = intervals
  const wrong = [
    [planned, started + dropped, 'planned = started + dropped'],
    [started, finished + failed + cut, 'started = finished + failed + cut'],
    [sum(steps, 'succeeded'), sum(records, 'succeeded'), 'succeeded = sum over intervals'],
    [sum(steps, 'failed'), sum(records, 'failed'), 'failed = sum over intervals'],
    [responseOf(result).toText(), Histogram.of(...records.map(({ response }) => response)).toText(), 'the same times'],
    ...steps.flatMap((step) => {
      const causes = Object.values(step.causes).reduce((total, count) => total + count, 0)
      return [
        [step.sent, step.succeeded + step.failed, 'sent = succeeded + failed'],
        [step.failed, causes, 'failed = sum of causes'],
        [step.succeeded, Histogram.of(step.response).count, 'succeeded = response times'],
        [step.succeeded, Histogram.of(step.service).count, 'succeeded = service times'],
        [step.failed, Histogram.of(step.failures).count, 'failed = failure times'],
      ] as const
    }),
  ] as const
  return wrong.filter(([a, b]) => a !== b).map(([a, b, law]) => `${law}: ${a} and ${b}`)
}

function sum<K extends string>(parts: readonly Readonly<Record<K, number>>[], key: K): number {
  return parts.reduce((total, part) => total + part[key], 0)
}
