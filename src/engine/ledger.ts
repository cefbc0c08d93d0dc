import { Recorder, sumOf } from '../histogram.ts'
import type { Bytes, Ms, Us } from '../units.ts'
import { ActiveOverTime } from './active-over-time.ts'
import type { Answer } from './http/transport.ts'
import { blockLength, type Cut, intervalAt, intervalLength, isWithinWindow } from './interval.ts'
import type { CompiledRequest } from './scenario.ts'
import type { Cause, FailureExample, IntervalRecord, Intervals, ShardResult, StepCounts } from './shard-result.ts'

/** Of one shard: a profile has more steps than anybody reads failures of. */
const MOST_EXAMPLES = 100

interface LedgerOptions {
  /** Of request steps in the plan. */
  readonly steps: number
  /** Of those of them whose answers are streams of events. */
  readonly ofEvents?: ReadonlySet<number>
  /** On the engine's clock; what is due before is warm-up. */
  readonly measureFrom: Ms
  /** Length of the measured window. */
  readonly measured: Ms
  /** Whether `takeRecent` will be asked for. */
  readonly keepRecent: boolean
}

/** Where a load writes down what becomes of it. */
export type Page = Pick<Ledger, 'iterations' | 'active' | 'measures' | 'late' | 'sample'>

export type SampledStep = Pick<CompiledRequest, 'id' | 'explain'>

/**
 * Everything counted and timed. What it holds follows from the steps and the intervals, never from the requests or from how
 * long it runs: a step has recorders for the whole run and for its running block, all steps together have one for the
 * running interval. What is over becomes text, and intervals and blocks become longer before they become many.
 */
export class Ledger {
  readonly iterations = { planned: 0, started: 0, dropped: 0, finished: 0, failed: 0, cut: 0 }
  readonly active: ActiveOverTime
  readonly #warmUp = { sent: 0, succeeded: 0, failed: 0 }
  readonly #measureFrom: Ms
  readonly #cut: Cut
  readonly #steps: readonly StepLedger[]
  readonly #lateness = new Recorder()
  readonly #recent: Recorder | undefined
  readonly #all: Sequence
  readonly #examples: FailureExample[] = []

  constructor({ steps, ofEvents, measureFrom, measured, keepRecent }: LedgerOptions) {
    this.#measureFrom = measureFrom
    this.#cut = { measured, length: intervalLength(measured) }
    this.active = new ActiveOverTime(measureFrom, this.#cut)
    this.#all = new Sequence(this.#cut.length)
    this.#steps = Array.from({ length: steps }, (_, id) => {
      const Step = ofEvents?.has(id) ? EventStepLedger : StepLedger
      return new Step(id, blockLength(measured))
    })
    this.#recent = keepRecent ? new Recorder() : undefined
  }

  measures(due: Ms): boolean {
    return due >= this.#measureFrom
  }

  /** How late the engine itself was with what was due. */
  late(due: Ms, startedAt: Ms): void {
    if (this.measures(due)) this.#lateness.record(us(startedAt - due))
  }

  /**
   * One finished request, which is measured if it was due in the window.
   *
   * @param since from when its time counts
   */
  sample(
    { id, explain }: SampledStep,
    due: Ms,
    answer: Answer,
    cause: Cause | undefined,
    since: Ms = answer.startedAt,
  ): void {
    const step = this.#steps[id]!
    const response = us(step.answeredAt(answer, cause) - since)
    if (cause === undefined) this.#recent?.record(response)
    if (!this.measures(due)) {
      this.warmedUp(cause)
      return
    }
    const into = answer.doneAt - this.#measureFrom
    const interval = intervalAt(into, this.#cut)
    if (interval > this.#all.running) this.#begin(interval, into)
    this.#all.add(response, cause)
    const isFirst = step.add(response, answer, cause, isWithinWindow(this.#all.running, this.#cut))
    if (isFirst && this.#examples.length < MOST_EXAMPLES)
      this.#examples.push(exampleOf(answer, { step: id, cause: cause!, at: into, detail: explain(answer) }))
  }

  /** One finished request of the warm-up. */
  warmedUp(cause: Cause | undefined): void {
    this.#warmUp.sent++
    if (cause === undefined) this.#warmUp.succeeded++
    else this.#warmUp.failed++
  }

  /** Totals since the start, warm-up included, and the successes' response times since the last call. */
  progress() {
    const total = { ...this.#warmUp }
    for (const { sent, succeeded, failed } of this.#steps) {
      total.sent += sent
      total.succeeded += succeeded
      total.failed += failed
    }
    return { ...total, dropped: this.iterations.dropped, recent: this.#recent?.drain() ?? '' }
  }

  lateness(): string {
    return this.#lateness.drain()
  }

  /** What was measured; to be asked once, at the end. */
  result(): Pick<ShardResult, 'iterations' | 'warmUp' | 'steps' | 'intervals' | 'active' | 'examples'> {
    return {
      iterations: { ...this.iterations },
      warmUp: { ...this.#warmUp },
      steps: this.#steps.map((step) => step.counts()),
      intervals: this.#all.end(),
      active: this.active.means(),
      examples: this.#examples,
    }
  }

  /** Blocks begin with intervals, so that this is the moment to look at them, too. */
  #begin(interval: number, into: Ms): void {
    this.#all.begin(interval)
    const block = intervalAt(into, { ...this.#cut, length: blockLength(this.#cut.measured) })
    for (const { blocks } of this.#steps) if (block > blocks.running) blocks.begin(block)
  }
}

/** One interval after the other. Samples come in the order of their ends: one is over when the first of a later one comes. */
class Sequence {
  readonly #length: Ms
  readonly #records: IntervalRecord[] = []
  readonly #response = new Recorder()
  #failed = 0
  /** Number of the interval that is running. */
  running = 0

  constructor(length: Ms) {
    this.#length = length
  }

  add(response: Us, cause: Cause | undefined): void {
    if (cause === undefined) this.#response.record(response)
    else this.#failed++
  }

  begin(next: number): void {
    const [succeeded, failed] = [this.#response.count, this.#failed]
    if (succeeded + failed > 0)
      this.#records.push({ index: this.running, succeeded, failed, response: this.#response.drain() })
    this.#failed = 0
    this.running = next
  }

  end(): Intervals {
    this.begin(this.running + 1)
    return { length: this.#length, records: this.#records }
  }
}

class StepLedger {
  readonly #id: number
  readonly blocks: Sequence
  readonly #service = new Recorder()
  readonly #firstByte = new Recorder()
  readonly #failures = new Recorder()
  readonly #causes = new Map<Cause, number>()
  /** By status code, of three digits. Doubles, as in a recorder: a day of short answers is more than 32 bits count. */
  readonly #statuses = new Float64Array(1000)
  #bytesReceived: Bytes = 0
  #bytesSent: Bytes = 0
  #succeededInWindow = 0
  sent = 0
  succeeded = 0
  failed = 0

  constructor(id: number, blockLength: Ms) {
    this.#id = id
    this.blocks = new Sequence(blockLength)
  }

  /** When who sent it had what they wait for. */
  answeredAt({ doneAt }: Answer, _cause: Cause | undefined): Ms {
    return doneAt
  }

  /** Whether it is the step's first failure of its cause. */
  add(response: Us, answer: Answer, cause: Cause | undefined, withinWindow: boolean): boolean {
    this.sent++
    this.blocks.add(response, cause)
    this.#bytesReceived += answer.bytesReceived
    this.#bytesSent += answer.bytesSent
    if (answer.cause === undefined) this.#statuses[answer.status]!++
    if (cause === undefined) {
      this.succeeded++
      if (withinWindow) this.#succeededInWindow++
      this.#service.record(us(this.answeredAt(answer, cause) - answer.sentAt!))
      this.#firstByte.record(us(answer.firstByteAt! - answer.sentAt!))
      return false
    }
    this.failed++
    this.#failures.record(response)
    const before = this.#causes.get(cause) ?? 0
    this.#causes.set(cause, before + 1)
    return before === 0
  }

  counts(): StepCounts {
    const statuses = [...this.#statuses.entries()].filter(([, count]) => count > 0)
    const blocks = this.blocks.end()
    return {
      id: this.#id,
      sent: this.sent,
      succeeded: this.succeeded,
      failed: this.failed,
      succeededInWindow: this.#succeededInWindow,
      causes: Object.fromEntries(this.#causes),
      statuses: Object.fromEntries(statuses),
      bytesReceived: this.#bytesReceived,
      bytesSent: this.#bytesSent,
      response: sumOf(blocks.records.map(({ response }) => response)),
      service: this.#service.drain(),
      firstByte: this.#firstByte.drain(),
      failures: this.#failures.drain(),
      blocks,
    }
  }
}

/** Of a step whose answers are streams: what is waited for is the first event. */
class EventStepLedger extends StepLedger {
  readonly #between = new Recorder()
  readonly #last = new Recorder()
  #received = 0
  #several = 0

  override answeredAt({ doneAt, events }: Answer, cause: Cause | undefined): Ms {
    return cause === undefined ? events!.firstAt : doneAt
  }

  override add(response: Us, answer: Answer, cause: Cause | undefined, withinWindow: boolean): boolean {
    if (cause === undefined) {
      const { received, between, firstAt, lastAt } = answer.events!
      this.#received += received
      if (received > 1) this.#several++
      this.#between.add(between)
      this.#last.record(response + us(lastAt - firstAt))
    }
    return super.add(response, answer, cause, withinWindow)
  }

  override counts(): StepCounts {
    const [between, last] = [this.#between.drain(), this.#last.drain()]
    const events = { received: this.#received, several: this.#several, between, last }
    return { ...super.counts(), events }
  }
}

function exampleOf(
  { status, startedAt, doneAt, bytesReceived }: Answer,
  of: Pick<FailureExample, 'step' | 'cause' | 'at' | 'detail'>,
): FailureExample {
  return { ...of, took: doneAt - startedAt, status: status === 0 ? undefined : status, bytes: bytesReceived }
}

function us(ms: Ms): Us {
  return ms * 1000
}
