// ECS as a coordinator sees it, behind the network: what it is asked for takes its time, and it may be asked only so often.
import { LoadgateError } from '../../../src/errors.ts'
import type { RunTasks, TaskState, Tasks } from '../../../src/fargate/doors.ts'
import { type End, EXIT_CODES, Leaving } from '../../../src/fargate/worker/ends.ts'
import type { Ms, PerSecond } from '../../../src/units.ts'
import { exchange } from './exchange.ts'
import { Machine } from './machine.ts'
import type { Network } from './network.ts'
import { Tally } from './tally.ts'
import { BEGINNING, type World } from './world.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

export interface VirtualTask {
  readonly n: number
  readonly runId: string
  readonly state: Readonly<TaskState>
  /** Of the world: from then on it costs. */
  readonly pulledAt: Ms | undefined
  readonly stoppedAt: Ms | undefined
  /** From when its process begins. */
  readonly machine: Machine | undefined
  readonly end: End | undefined
}

/** What a worker does on its machine, until it ends or is told to leave. */
export type Process = (machine: Machine, task: VirtualTask, ordersUrl: string, leave: AbortController) => Promise<End>

export interface EcsOptions {
  readonly process: Process
  /** From the word to the process, of the nth task. */
  readonly startUp: (n: number) => Ms
  /** After so long its process is gone, as if killed; undefined for never. */
  readonly diesAfter?: (n: number) => Ms | undefined
}

// Burst, and calls per second that last: of an account in a region, by kind of call.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
export const MODIFY: Limit = { burst: 100, perSecond: 40 }
export const READ: Limit = { burst: 100, perSecond: 20 }
// Tasks on Fargate, and calls of RunTask. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/throttling.html
export const LAUNCH: Limit = { burst: 100, perSecond: 20 }
export const RUN_TASK: Limit = { burst: 20, perSecond: 20 }

export interface Limit {
  readonly burst: number
  readonly perSecond: PerSecond
}

/** DescribeTasks and ListTasks are eventually consistent. */
const UNSEEN: Ms = 1_500
/** From the end of the process until ECS calls the task stopped. */
const GOING_DOWN: Ms = 3_000
/** Between the two signals, as the stack has it. */
const STOP_TIMEOUT: Ms = 30_000
/** As the real door has it. */
const ONE_ANSWER: Ms = 30_000
const PAGE = 100
/** Of tasks that have stopped so long ago nothing is known any more. */
const FORGOTTEN: Ms = 3_600_000

export class Ecs {
  readonly modifies: Tally
  readonly reads: Tally
  readonly launches: Tally
  /** Calls that were more than the limits allow. */
  throttled = 0
  readonly #world: World
  readonly #network: Network
  readonly #options: EcsOptions
  readonly #tasks: LiveTask[] = []
  readonly #answered = new Map<string, readonly string[]>()
  readonly #buckets = new Map<Limit, TokenBucket>()

  constructor(world: World, network: Network, options: EcsOptions) {
    this.#world = world
    this.#network = network
    this.#options = options
    this.modifies = new Tally(world)
    this.reads = new Tally(world)
    this.launches = new Tally(world)
  }

  /** All that were ever started, in their order. */
  get tasks(): readonly VirtualTask[] {
    return this.#tasks
  }

  /** Like the real door, it makes one try. */
  tasksOf(from: Machine): Tasks {
    const known = new Set<string>()
    const call = async <T>(handle: () => T): Promise<T> =>
      (await exchange(this.#world, this.#network, { from, to: 'ecs', deadline: ONE_ANSWER, handle })).answer
    return {
      run: (request) => call(() => this.#run(request)),
      describe: (arns) =>
        call(() => {
          this.#read()
          const asked = new Set(arns)
          return this.#visible().flatMap(({ state }) => (asked.has(state.arn) ? [{ ...state }] : []))
        }),
      list: () =>
        call(() => {
          const all = this.#visible()
          const news = all.filter(({ state }) => !known.has(state.arn))
          const [shallRun, shallNot] = [
            all.filter(({ state }) => isToRun(state)),
            all.filter(({ state }) => !isToRun(state)),
          ]
          // As the real door does it: pages of both, and descriptions of all that were not known to have stopped.
          const calls = Math.max(1, pagesOf(shallRun)) + Math.max(1, pagesOf(shallNot)) + pagesOf(news)
          for (let call = 0; call < calls; call++) this.#read()
          for (const { state } of news) if (state.status === 'STOPPED') known.add(state.arn)
          return all.map(({ state: { arn, status }, runId }) => ({ arn, runId, hasStopped: status === 'STOPPED' }))
        }),
      stop: (arn) =>
        call(() => {
          this.modifies.count()
          this.#throttle(MODIFY)
          this.#tasks.find(({ state }) => state.arn === arn)?.stop()
          return true
        }).then(() => undefined),
    }
  }

  #run({ token, count, runId, environment }: RunTasks) {
    this.modifies.count()
    this.#throttle(MODIFY)
    this.#throttle(RUN_TASK)
    const known = this.#answered.get(token)
    if (known) return { arns: known, failures: [] }
    this.#throttle(LAUNCH, count)
    const arns = Array.from({ length: count }, () => {
      this.launches.count()
      const n = this.#tasks.length
      this.#tasks.push(new LiveTask(this.#world, this.#options, { n, runId, ordersUrl: environment.LOADGATE_ORDERS! }))
      return this.#tasks[n]!.state.arn
    })
    this.#answered.set(token, arns)
    return { arns, failures: [] }
  }

  #read(): void {
    this.reads.count()
    this.#throttle(READ)
  }

  #visible(): readonly LiveTask[] {
    const { now } = this.#world
    return this.#tasks.filter(({ askedAt, stoppedAt = now }) => now - askedAt >= UNSEEN && now - stoppedAt < FORGOTTEN)
  }

  #throttle(limit: Limit, count = 1): void {
    const bucket = this.#buckets.get(limit) ?? new TokenBucket(limit)
    this.#buckets.set(limit, bucket)
    if (bucket.takes(count, this.#world.now)) return
    this.throttled++
    throw new LoadgateError('infrastructure', 'ThrottlingException: Rate exceeded')
  }
}

const pagesOf = (tasks: readonly LiveTask[]) => Math.ceil(tasks.length / PAGE)
/** What ECS calls the desired status: whatever has ended it, and before it has. */
const isToRun = ({ stopCode }: TaskState) => stopCode === undefined

class TokenBucket {
  readonly #limit: Limit
  #tokens: number
  #at: Ms = 0

  constructor(limit: Limit) {
    this.#limit = limit
    this.#tokens = limit.burst
  }

  takes(count: number, now: Ms): boolean {
    const { burst, perSecond } = this.#limit
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) / 1_000) * perSecond)
    this.#at = now
    if (this.#tokens < count) return false
    this.#tokens -= count
    return true
  }
}

interface Asked {
  readonly n: number
  readonly runId: string
  readonly ordersUrl: string
}

/** From PROVISIONING to STOPPED. */
class LiveTask implements VirtualTask {
  readonly n: number
  readonly runId: string
  readonly state: Writable<TaskState>
  readonly askedAt: Ms
  pulledAt: Ms | undefined
  stoppedAt: Ms | undefined
  machine: Machine | undefined
  end: End | undefined
  readonly #world: World
  readonly #options: EcsOptions
  readonly #ordersUrl: string
  readonly #leave = new AbortController()
  readonly #cancelStart: () => void

  constructor(world: World, options: EcsOptions, { n, runId, ordersUrl }: Asked) {
    this.n = n
    this.runId = runId
    this.askedAt = world.now
    this.#world = world
    this.#options = options
    this.#ordersUrl = ordersUrl
    const unknown = { stopCode: undefined, stoppedReason: undefined, exitCode: undefined, reason: undefined }
    const arn = `arn:aws:ecs:eu-central-1:1:task/c/${n}`
    this.state = { arn, status: 'PROVISIONING', ...unknown, startedAt: undefined, stoppedAt: undefined }
    // An address first, and then the image: about half of it each.
    const time = options.startUp(n)
    const cancelPull = world.after(time / 2, () => {
      this.state.status = 'PENDING'
      this.pulledAt = world.now
    })
    const cancelBegin = world.after(time, () => this.#begin())
    this.#cancelStart = () => {
      cancelPull()
      cancelBegin()
    }
  }

  /** As StopTask: the first one counts. */
  stop(): void {
    if (this.state.stopCode !== undefined) return
    this.state.stopCode = 'UserInitiated'
    if (this.machine === undefined) {
      this.#cancelStart()
      this.#goDown()
      return
    }
    this.#leave.abort(new Leaving('interrupted', 'interrupted by SIGTERM'))
    this.#world.after(STOP_TIMEOUT, () => this.#exit(137))
  }

  #begin(): void {
    const { n } = this
    this.machine = new Machine(this.#world, this.state.arn, {
      // Hours apart and drifting: a date is for nobody to rely on.
      skew: (n % 5) * 3_600_000 - 7_200_000,
      drift: ((n % 3) - 1) * 50e-6,
    })
    this.state.status = 'RUNNING'
    this.state.startedAt = BEGINNING + this.#world.now
    const { process, diesAfter } = this.#options
    void process(this.machine, this, this.#ordersUrl, this.#leave).then((end) => {
      this.end = end
      this.#exit(EXIT_CODES[end.kind])
    })
    const death = diesAfter?.(n)
    if (death !== undefined) this.#world.after(death, () => this.#exit(137))
  }

  #exit(code: number): void {
    if (!this.machine?.alive) return
    this.machine.kill()
    this.state.exitCode = code
    this.state.stopCode ??= 'EssentialContainerExited'
    this.#goDown()
  }

  #goDown(): void {
    this.state.status = 'DEPROVISIONING'
    this.#world.after(GOING_DOWN, () => {
      this.state.status = 'STOPPED'
      this.state.stoppedAt = BEGINNING + this.#world.now
      this.stoppedAt = this.#world.now
    })
  }
}
