// Reading what a shard measured, in the words of the tests.

import type { ShardResult } from '../../src/engine/shard-result.ts'
import { Histogram } from '../../src/histogram.ts'

/** Successes from the intended start, of all seconds and steps. */
export function responseOf({ seconds }: ShardResult): Histogram {
  return Histogram.of(...seconds.flatMap(({ steps }) => steps.map(({ response }) => response)))
}

export function serviceOf({ steps }: ShardResult): Histogram {
  return Histogram.of(...steps.map(({ service }) => service))
}

/** In ms. */
export function quantile(histogram: Histogram, q: number): number {
  return (histogram.quantile(q) ?? Number.NaN) / 1000
}

/** What every result must satisfy, whatever the target did: nothing is lost and nothing counted twice. */
export function unaccounted({ iterations, steps, seconds }: ShardResult): string[] {
  const { planned, started, dropped, finished, failed, cut } = iterations
  const bySecond = seconds.flatMap((second) => second.steps)
  const wrong = [
    [planned, started + dropped, 'planned = started + dropped'],
    [started, finished + failed + cut, 'started = finished + failed + cut'],
    ...steps.flatMap((step) => {
      const inSeconds = bySecond.filter(({ id }) => id === step.id)
      const sum = (pick: (second: (typeof inSeconds)[number]) => number) =>
        inSeconds.reduce((total, second) => total + pick(second), 0)
      const causes = Object.values(step.causes).reduce((total, count) => total + count, 0)
      return [
        [step.sent, step.succeeded + step.failed, 'sent = succeeded + failed'],
        [step.failed, causes, 'failed = sum of causes'],
        [step.succeeded, sum((second) => second.succeeded), 'succeeded = sum over seconds'],
        [step.failed, sum((second) => second.failed), 'failed = sum over seconds'],
        [step.succeeded, Histogram.of(step.service).count, 'succeeded = service times'],
        [step.failed, Histogram.of(step.failures).count, 'failed = failure times'],
        [step.succeeded, sum(({ response }) => Histogram.of(response).count), 'succeeded = response times'],
      ] as const
    }),
  ] as const
  return wrong.filter(([a, b]) => a !== b).map(([a, b, law]) => `${law}: ${a} and ${b}`)
}
