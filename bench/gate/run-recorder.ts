import { intervalAt, intervalLength, isWithinWindow } from '../../src/engine/interval.ts'
import type { Intervals } from '../../src/engine/shard-result.ts'
import { type HistogramText, Recorder } from '../../src/histogram.ts'
import type { GeneratorHealth, RunResult } from '../../src/result/result.ts'
import type { Ms } from '../../src/units.ts'

/** What tells one run from another. */
export interface RunFacts {
  readonly id: string
  /** When it began, in hours since the first of all runs. */
  readonly hour: number
  /** Which processor it ran on. */
  readonly model: number
  readonly calibration?: RunResult['calibration']
}

const SHORTEST_BLOCK: Ms = 5_000

/** Takes requests as the engine would, and gives the result that it would give: one step, no failures, a fit generator. */
export class RunRecorder {
  readonly #measured: Ms
  readonly #step = new Recorder()
  readonly #intervals: Pieces
  readonly #blocks: Pieces

  constructor(measured: Ms) {
    const length = intervalLength(measured)
    this.#measured = measured
    this.#intervals = new Pieces(measured, length)
    this.#blocks = new Pieces(measured, Math.max(SHORTEST_BLOCK, length))
  }

  /** A request that ended `into` the window and took `time`. */
  record(into: Ms, time: Ms): void {
    const us = time * 1_000
    this.#step.record(us)
    this.#intervals.record(into, us)
    this.#blocks.record(into, us)
  }

  /** The run so far; the recorder is empty afterwards and may take another. */
  drain(facts: RunFacts): RunResult {
    const succeeded = this.#step.count
    const response = this.#step.drain()
    const intervals = this.#intervals.drain()
    const within = intervals.records.filter(({ index }) =>
      isWithinWindow(index, { measured: this.#measured, length: intervals.length }),
    )
    return {
      ...withoutMeasurement(facts, this.#measured),
      iterations: { planned: succeeded, started: succeeded, dropped: 0, finished: succeeded, failed: 0, cut: 0 },
      steps: [
        {
          ...STEP,
          sent: succeeded,
          succeeded,
          succeededInWindow: within.reduce((sum, record) => sum + record.succeeded, 0),
          statuses: { 200: succeeded },
          bytesReceived: 1_000 * succeeded,
          bytesSent: 100 * succeeded,
          response,
          service: response,
          firstByte: response,
          blocks: this.#blocks.drain(),
        },
      ],
      intervals,
    }
  }
}

/** Requests by when they ended. */
class Pieces {
  readonly #cut: { readonly measured: Ms; readonly length: Ms }
  readonly #recorders: Recorder[] = []

  constructor(measured: Ms, length: Ms) {
    this.#cut = { measured, length }
  }

  record(into: Ms, us: number): void {
    const index = intervalAt(into, this.#cut)
    while (this.#recorders.length <= index) this.#recorders.push(new Recorder())
    this.#recorders[index]!.record(us)
  }

  drain(): Intervals {
    const records = this.#recorders.flatMap((recorder, index) =>
      recorder.count === 0
        ? []
        : [{ index, succeeded: recorder.count, failed: 0, response: recorder.drain() satisfies HistogramText }],
    )
    return { length: this.#cut.length, records }
  }
}

const PLAN = 'a'.repeat(64)
const NOTHING: HistogramText = new Recorder().drain()
const STEP = { id: 0, scenario: 'shop', step: 'GET /', failed: 0, causes: {}, failures: NOTHING } as const
const HOUR: Ms = 3_600_000
const EPOCH = Date.UTC(2026, 0, 1)

function withoutMeasurement(
  { id, hour, model, calibration }: RunFacts,
  measured: Ms,
): Omit<RunResult, 'iterations' | 'steps' | 'intervals'> {
  return {
    kind: 'loadgate-result',
    schema: 1,
    id,
    startedAt: EPOCH + hour * HOUR,
    profile: 'shop',
    fingerprint: {
      plan: PLAN,
      generator: '1',
      machine: { cpu: `processor ${model}`, cores: 4, os: 'linux 6.8', node: '24' },
    },
    commit: undefined,
    calibration,
    plan: { model: 'open', target: 'http://127.0.0.1:8080', measured, warmUp: 0, seed: 1, executor: 'inline' },
    shards: { expected: 1, reported: 1, lost: [] },
    complete: true,
    warmUp: { sent: 0, succeeded: 0, failed: 0 },
    health: HEALTH,
  }
}

const HEALTH: GeneratorHealth = {
  lateness: latenessOf([0.1, 0.1, 0.2, 0.4]),
  loopDelayP99: 1,
  loopUtilisation: 0.1,
  cpu: 0.1,
  pauses: { count: 10, total: 10, longest: 2 },
  machine: { stolen: 0, idle: 0.5 },
  link: undefined,
  connections: { opened: 20, peak: 20, cap: 200, connect: NOTHING, tls: NOTHING, short: false },
  staleRetries: 0,
}

function latenessOf(times: readonly Ms[]): HistogramText {
  const recorder = new Recorder()
  for (const time of times) recorder.record(time * 1_000)
  return recorder.drain()
}
