import type { EngineRun } from './engine-run.ts'
import type { Answer, Receiver, WireRequest } from './http/transport.ts'
import { type IterationOwner, keepCookies } from './iteration-owner.ts'
import type { IterationValues } from './iteration-values.ts'
import { Journey } from './redirects.ts'
import type { CompiledRequest } from './scenario.ts'
import type { Cause } from './shard-result.ts'

/** In whose name something is sent. */
export interface Sending {
  readonly run: EngineRun
  readonly owner: IterationOwner
  readonly values: IterationValues
}

/**
 * Sends one request after the other: the cookies of its answers are kept, its redirects followed where it is to, and its
 * last answer is judged. To be extended by who is told, so that there is no object in between.
 */
export abstract class Sender implements Receiver {
  protected readonly run: EngineRun
  protected readonly owner: IterationOwner
  protected readonly values: IterationValues
  /** Whose connection its requests go over; undefined: any that is free. */
  readonly connection: object | undefined
  #request: CompiledRequest | undefined = undefined
  /** Of the request under way. */
  #path = ''
  /** The same, where it follows redirects. */
  #journey: Journey | undefined = undefined

  /** @param connection whose connection its requests go over */
  constructor({ run, owner, values }: Sending, connection: object | 'its own' | undefined) {
    this.run = run
    this.owner = owner
    this.values = values
    this.connection = connection === 'its own' ? this : connection
  }

  /** The request has its whole answer, or has failed; `no-connection` where none came free for it. */
  protected abstract onEnd(request: CompiledRequest, answer: Answer, cause: Answer['cause']): void

  /** False when it cannot be sent: a value is missing, or cannot stand where it is to. */
  protected send(request: CompiledRequest): boolean {
    const prepared = request.prepare(this.values, this.owner.jar)
    if (prepared === undefined) return false
    this.#request = request
    if (request.follows) this.#journey = new Journey(prepared)
    this.#transmit(prepared)
    return true
  }

  onAnswer(answer: Answer): void {
    const cookies = answer.cause === undefined ? answer.headers['set-cookie'] : undefined
    if (cookies !== undefined) this.#keep(cookies)
    if (this.#journey === undefined) this.#onLast(answer)
    else this.#onHop(this.#journey, answer)
  }

  /** The answer to a request that follows redirects. */
  #onHop(journey: Journey, answer: Answer): void {
    const next = journey.next(answer, this.run.target, (path) => this.owner.jar?.header(path, this.values.now()) ?? '')
    if (typeof next === 'object') this.#transmit(next)
    else this.#onLast(journey.whole(answer), next)
  }

  /** @param wrong what makes it a failure, whatever it says */
  #onLast(answer: Answer, wrong?: Cause): void {
    const request = this.#request!
    this.#journey = undefined
    this.#path = ''
    const { cause = wrong ?? request.check(answer, this.values, this.values) } = answer
    this.onEnd(request, answer, cause)
  }

  #transmit(request: WireRequest): void {
    this.#path = request.path
    this.run.transport.send(request, this, this.connection)
  }

  #keep(cookies: string | readonly string[]): void {
    keepCookies(this.owner, cookies, { target: this.run.target, path: this.#path, now: this.values.now() })
  }
}
