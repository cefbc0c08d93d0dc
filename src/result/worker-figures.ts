import type { FailureExample, ShardResult } from '../engine/shard-result.ts'
import { Histogram, type HistogramText } from '../histogram.ts'
import type { EpochMs, Ms } from '../units.ts'
import type { RunResult, WorkerFigures } from './result.ts'

/** Of all examples together: what a reader of a run may be shown. */
const MOST_EXAMPLES = 1_000

/** What a run keeps of its workers one by one, worker after worker. */
export class ByWorker {
  readonly #workers: (Omit<WorkerFigures, 'startedAfter'> & { readonly startedAt: EpochMs })[] = []
  #examples: readonly FailureExample[] = []

  add(shard: ShardResult): void {
    this.#workers.push({ ...figuresOf(shard), startedAt: shard.startedAt })
    this.#examples = firstOfEach([...this.#examples, ...shard.examples])
  }

  result(): Required<Pick<RunResult, 'workers' | 'examples'>> {
    const first = this.#workers.reduce(
      (earliest, { startedAt }) => Math.min(earliest, startedAt),
      Number.POSITIVE_INFINITY,
    )
    const workers = this.#workers.map(({ startedAt, ...figures }) => ({ ...figures, startedAfter: startedAt - first }))
    return { workers, examples: this.#examples }
  }
}

function figuresOf({ index, steps, health }: ShardResult): Omit<WorkerFigures, 'startedAfter'> {
  const { lateness, loopDelayP99, loopUtilisation, cpu, pauses } = health
  return {
    number: index + 1,
    sent: steps.reduce((sum, { sent }) => sum + sent, 0),
    failed: steps.reduce((sum, { failed }) => sum + failed, 0),
    p95: msAt(0.95, ...steps.map(({ response }) => response)),
    latenessP99: msAt(0.99, lateness),
    ...{ loopDelayP99, loopUtilisation, cpu },
    longestPause: pauses.longest,
  }
}

function msAt(share: number, ...texts: readonly HistogramText[]): Ms | undefined {
  const value = Histogram.of(...texts).quantile(share)
  return value === undefined ? undefined : value / 1_000
}

/** The earliest of each cause in each step, by step and by when they came. */
export function firstOfEach(examples: readonly FailureExample[]): readonly FailureExample[] {
  const seen = new Set<string>()
  return examples
    .toSorted((a, b) => a.step - b.step || a.at - b.at)
    .filter(({ step, cause }) => {
      const key = `${step} ${cause}`
      return !seen.has(key) && seen.add(key)
    })
    .slice(0, MOST_EXAMPLES)
}
