import { Recorder } from '../histogram.ts'
import type { Bytes, Ms, Us } from '../units.ts'
import type { Cause, IterationCounts, SecondOfStep, SecondRecord, ShardResult, StepCounts } from './shard-result.ts'
import type { Answer } from './transport.ts'

interface LedgerOptions {
  /** Of request steps in the plan. */
  readonly steps: number
  /** On the engine's clock; what is due before is warm-up. */
  readonly measureFrom: Ms
  /** Length of the measured window. */
  readonly measured: Ms
  /** Whether `takeRecent` will be asked for. */
  readonly keepRecent: boolean
}

/**
 * Everything counted and timed. What it holds grows with steps and seconds, never with requests: one live recorder per
 * step for the second that is running, which becomes text when the second is over.
 */
export class Ledger {
  readonly iterations = { planned: 0, started: 0, dropped: 0, finished: 0, failed: 0, cut: 0 }
  readonly #warmUp = { sent: 0, succeeded: 0, failed: 0 }
  readonly #measureFrom: Ms
  readonly #measured: Ms
  readonly #steps: readonly StepLedger[]
  readonly #lateness = new Recorder()
  readonly #recent: Recorder | undefined
  readonly #seconds: SecondRecord[] = []
  #second = 0

  constructor({ steps, measureFrom, measured, keepRecent }: LedgerOptions) {
    this.#measureFrom = measureFrom
    this.#measured = measured
    this.#steps = Array.from({ length: steps }, (_, id) => new StepLedger(id))
    this.#recent = keepRecent ? new Recorder() : undefined
  }

  measures(due: Ms): boolean {
    return due >= this.#measureFrom
  }

  /** How late the engine itself was to begin what was due. */
  late(due: Ms, now: Ms): void {
    if (this.measures(due)) this.#lateness.record(us(now - due))
  }

  /** One finished request: `due` says whether it is measured, from `pickedUp` on its time counts. */
  sample(
    step: number,
    { due, pickedUp }: { readonly due: Ms; readonly pickedUp: Ms },
    answer: Answer,
    cause: Cause | undefined,
  ): void {
    const response = us(answer.doneAt - pickedUp)
    if (cause === undefined) this.#recent?.record(response)
    if (!this.measures(due)) {
      this.#warmUp.sent++
      if (cause === undefined) this.#warmUp.succeeded++
      else this.#warmUp.failed++
      return
    }
    const second = this.#secondOf(answer.doneAt)
    if (second > this.#second) this.#seal(second)
    this.#steps[step]!.add(response, answer, cause)
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
  result(): Pick<ShardResult, 'warmUp' | 'steps' | 'seconds'> & { readonly iterations: IterationCounts } {
    this.#seal(this.#second + 1)
    return {
      iterations: { ...this.iterations },
      warmUp: { ...this.#warmUp },
      steps: this.#steps.map((step) => step.counts()),
      seconds: this.#seconds,
    }
  }

  /** No second holds both sides of the window's end: what ends after it is no part of the throughput. */
  #secondOf(moment: Ms): number {
    const into = moment - this.#measureFrom
    const beyond = into - this.#measured
    return beyond < 0 ? Math.floor(into / 1000) : Math.ceil(this.#measured / 1000) + Math.floor(beyond / 1000)
  }

  /** Samples come in the order of their ends, so that a second is over when the first of a later one comes. */
  #seal(next: number): void {
    const steps = this.#steps.flatMap((step) => step.takeSecond())
    if (steps.length > 0) this.#seconds.push({ second: this.#second, steps })
    this.#second = next
  }
}

class StepLedger {
  readonly #id: number
  readonly #service = new Recorder()
  readonly #failures = new Recorder()
  readonly #causes = new Map<Cause, number>()
  /** By status code, of three digits. */
  readonly #statuses = new Uint32Array(1000)
  readonly #response = new Recorder()
  #bytesReceived: Bytes = 0
  #bytesSent: Bytes = 0
  #failedThisSecond = 0
  sent = 0
  succeeded = 0
  failed = 0

  constructor(id: number) {
    this.#id = id
  }

  add(response: Us, answer: Answer, cause: Cause | undefined): void {
    this.sent++
    this.#bytesReceived += answer.bytesReceived
    this.#bytesSent += answer.bytesSent
    if (answer.cause === undefined) this.#statuses[answer.status]!++
    if (cause === undefined) {
      this.succeeded++
      this.#response.record(response)
      this.#service.record(us(answer.doneAt - answer.sentAt!))
    } else {
      this.failed++
      this.#failedThisSecond++
      this.#failures.record(response)
      this.#causes.set(cause, (this.#causes.get(cause) ?? 0) + 1)
    }
  }

  takeSecond(): SecondOfStep[] {
    const succeeded = this.#response.count
    const failed = this.#failedThisSecond
    this.#failedThisSecond = 0
    if (succeeded + failed === 0) return []
    return [{ id: this.#id, succeeded, failed, response: this.#response.drain() }]
  }

  counts(): StepCounts {
    const statuses = [...this.#statuses.entries()].filter(([, count]) => count > 0)
    return {
      id: this.#id,
      sent: this.sent,
      succeeded: this.succeeded,
      failed: this.failed,
      causes: Object.fromEntries(this.#causes),
      statuses: Object.fromEntries(statuses),
      bytesReceived: this.#bytesReceived,
      bytesSent: this.#bytesSent,
      service: this.#service.drain(),
      failures: this.#failures.drain(),
    }
  }
}

function us(ms: Ms): Us {
  return ms * 1000
}
