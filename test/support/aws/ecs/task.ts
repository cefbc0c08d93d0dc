// One task on Fargate, from PROVISIONING to STOPPED, with a real process for its container.
import type { Launch, Running } from './launch.ts'
import { ENDINGS, START_FAILURES, type TaskFaultKind } from './task-faults.ts'

export type Status =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED'

/** How long each state lasts, in ms; that of RUNNING and STOPPING is up to the container. */
export interface Delays {
  readonly provisioning: number
  readonly pending: number
  readonly activating: number
  readonly deactivating: number
  readonly deprovisioning: number
  /** How long DescribeTasks and ListTasks do not know a new task. */
  readonly unseen: number
}

export interface TaskOptions {
  readonly arn: string
  readonly delays: Delays
  /** Between SIGTERM and SIGKILL, in ms. */
  readonly stopTimeout: number
  readonly faults: readonly TaskFaultKind[]
  readonly start: () => ReturnType<Launch>
}

type Ending = { readonly code: string; readonly reason: string }

export class Task {
  readonly arn: string
  status: Status = 'PROVISIONING'
  desired: 'RUNNING' | 'STOPPED' = 'RUNNING'
  /** In ms since 1970, by what DescribeTasks calls it. */
  readonly times: Partial<
    Record<
      'createdAt' | 'pullStartedAt' | 'pullStoppedAt' | 'startedAt' | 'stoppingAt' | 'executionStoppedAt' | 'stoppedAt',
      number
    >
  > = { createdAt: Date.now() }
  ending: Ending | undefined
  exitCode: number | undefined
  containerReason: string | undefined
  container: Running | undefined
  readonly #options: TaskOptions
  readonly #end = new AbortController()
  readonly #closed = new AbortController()
  readonly #done: Promise<void>
  #stopsLost: number

  constructor(options: TaskOptions) {
    this.#options = options
    this.arn = options.arn
    this.#stopsLost = options.faults.reduce((most, fault) => Math.max(most, part(fault, 'stopsLost') ?? 0), 0)
    this.#done = this.#live()
  }

  /** Whether DescribeTasks and ListTasks know it yet. */
  get seen(): boolean {
    const { delays, faults } = this.#options
    const unseen = delays.unseen + faults.reduce((sum, fault) => sum + (part(fault, 'unseen') ?? 0), 0)
    return Date.now() - (this.times.createdAt as number) >= unseen
  }

  /** As StopTask does: twice is as good as once. */
  stop(reason: string): void {
    if (this.#stopsLost > 0) this.#stopsLost--
    else this.#endBy({ code: 'UserInitiated', reason })
  }

  /** Ends it however it is, and waits for its process. */
  async close(): Promise<void> {
    this.#closed.abort()
    this.container?.signal('SIGKILL')
    await this.#done
  }

  /** Whether its process has begun and not ended. */
  get isExecuting(): boolean {
    return this.container !== undefined && this.times.executionStoppedAt === undefined
  }

  /** In s, of what is paid: from the pull of the image to the end. */
  get seconds(): number {
    const { pullStartedAt, stoppedAt } = this.times
    return pullStartedAt === undefined ? 0 : ((stoppedAt ?? Date.now()) - pullStartedAt) / 1000
  }

  #endBy(ending: Ending): void {
    if (this.desired === 'STOPPED') return
    this.desired = 'STOPPED'
    this.ending = ending
    this.#mark('stoppingAt')
    this.#end.abort()
  }

  async #live(): Promise<void> {
    await this.#begin()
    if (this.container) await this.#run(this.container)
    this.status = 'DEPROVISIONING'
    await this.#rest(this.#options.delays.deprovisioning)
    this.status = 'STOPPED'
    this.#mark('stoppedAt')
  }

  async #begin(): Promise<void> {
    const { delays, start } = this.#options
    await this.#pass('PROVISIONING', delays.provisioning)
    if (this.#over) return
    this.#mark('pullStartedAt')
    await this.#pass('PENDING', delays.pending)
    if (this.#over) return
    this.#mark('pullStoppedAt')
    this.container = start()
    this.#hurt(this.container)
    await this.#pass('ACTIVATING', delays.activating)
    if (this.#over) return
    this.status = 'RUNNING'
    this.#mark('startedAt')
  }

  async #run(container: Running): Promise<void> {
    const { delays, stopTimeout, faults } = this.#options
    let exited = false
    const ended = container.ended.then((code) => {
      exited = true
      this.exitCode = code
      this.#mark('executionStoppedAt')
    })
    await Promise.race([ended, this.#wait(Number.POSITIVE_INFINITY)])
    if (exited && faults.includes('ignores exit')) await this.#wait(Number.POSITIVE_INFINITY)
    this.#endBy(exited && this.exitCode === undefined ? NEVER_STARTED : EXITED)
    this.status = 'DEACTIVATING'
    await this.#rest(delays.deactivating)
    this.status = 'STOPPING'
    container.signal('SIGTERM')
    const timer = setTimeout(() => container.signal('SIGKILL'), stopTimeout)
    await ended
    clearTimeout(timer)
  }

  async #pass(status: Status, time: number): Promise<void> {
    this.status = status
    const { faults } = this.#options
    const stuck = faults.some((fault) => part(fault, 'stuck') === status)
    await this.#wait(stuck ? Number.POSITIVE_INFINITY : time)
    const failure = faults
      .map((fault) => part(fault, 'fails'))
      .find((name) => name && START_FAILURES[name].at === status)
    if (failure && !this.#over) this.#endBy({ code: 'TaskFailedToStart', reason: START_FAILURES[failure].reason })
  }

  #hurt(container: Running): void {
    for (const fault of this.#options.faults) {
      if (typeof fault !== 'object' || !('after' in fault)) continue
      void this.#wait(fault.after).then(() => {
        if (this.#over) return
        if ('ended' in fault) {
          const { stopCode: code, reason } = ENDINGS[fault.ended]
          return this.#endBy({ code, reason })
        }
        if (fault.killed === 'out of memory')
          this.containerReason = 'OutOfMemoryError: Container killed due to memory usage'
        container.signal('SIGKILL')
      })
    }
  }

  get #over(): boolean {
    return this.#end.signal.aborted || this.#closed.signal.aborted
  }

  /** Until then, or until the task is told to end. */
  #wait(time: number): Promise<void> {
    return waitFor(time, AbortSignal.any([this.#end.signal, this.#closed.signal]))
  }

  /** On the way down, which nothing but the end of the server shortens. */
  #rest(time: number): Promise<void> {
    return waitFor(time, this.#closed.signal)
  }

  #mark(time: keyof Task['times']): void {
    this.times[time] ??= Date.now()
  }
}

const EXITED: Ending = { code: 'EssentialContainerExited', reason: 'Essential container in task exited' }
const NEVER_STARTED: Ending = {
  code: 'TaskFailedToStart',
  reason: 'CannotStartContainerError: the process of the container could not be started',
}

function waitFor(time: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = time === Number.POSITIVE_INFINITY ? undefined : setTimeout(done, time)
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
}

type Parts = { stuck: Status; fails: keyof typeof START_FAILURES; stopsLost: number; unseen: number }

function part<K extends keyof Parts>(fault: TaskFaultKind, key: K): Parts[K] | undefined {
  return typeof fault === 'object' && key in fault ? (fault as unknown as Parts)[key] : undefined
}
