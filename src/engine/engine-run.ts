import type { LoadPlan } from '../plan/plan.ts'
import type { Ms } from '../units.ts'
import type { Agenda } from './agenda.ts'
import type { Clock } from './clock.ts'
import type { Transport } from './http/transport.ts'
import type { Page } from './ledger.ts'
import type { CompiledScenario } from './scenario.ts'

/** What the parts of one run share. Of several groups each has its own `plan`, `scenarios` and `ledger`. Times are of the engine's clock. */
export interface EngineRun {
  readonly plan: LoadPlan
  /** Of the shard, from 0. */
  readonly worker: number
  readonly scenarios: readonly CompiledScenario[]
  readonly target: URL
  readonly clock: Clock
  readonly agenda: Agenda
  readonly transport: Transport
  readonly ledger: Page
  /** When the curve begins. */
  readonly start: Ms
  /** From here on no step is begun. */
  readonly lastStart: Ms
  readonly activity: Activity
}

/** Counts what may still send: sources of iterations, and iterations. The run is over when there is neither. */
export class Activity {
  readonly over: Promise<void>
  #sources = 0
  #iterations = 0
  #stopped = false
  readonly #finish: () => void

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.over = promise
    this.#finish = resolve
  }

  get iterations(): number {
    return this.#iterations
  }

  get stopped(): boolean {
    return this.#stopped
  }

  stop(): void {
    this.#stopped = true
  }

  sourceBegins(): void {
    this.#sources++
  }

  sourceEnds(): void {
    this.#sources--
    this.#check()
  }

  iterationBegins(): void {
    this.#iterations++
  }

  iterationEnds(): void {
    this.#iterations--
    this.#check()
  }

  #check(): void {
    if (this.#sources === 0 && this.#iterations === 0) this.#finish()
  }
}
