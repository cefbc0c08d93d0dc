// A world of the coordinator that fits into one process: time that passes when everybody waits, objects in a map, tasks whose
// workers are scripted. What goes wrong in it is for each test to say.
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { blockLength, intervalLength } from '../../src/engine/interval.ts'
import type { ShardResult } from '../../src/engine/shard-result.ts'
import { LoadgateError } from '../../src/errors.ts'
import type { CoordinatorDoors, FargateJob } from '../../src/fargate/coordinator/job.ts'
import type { Objects, RunAnswer, RunTasks, TaskState, Tasks, Time } from '../../src/fargate/doors.ts'
import {
  type Control,
  keysOf,
  type Orders,
  type Outcome,
  POLL,
  type Progress,
  type Slot,
  TELL,
} from '../../src/fargate/protocol.ts'
import { Recorder } from '../../src/histogram.ts'
import type { EpochMs, Ms } from '../../src/units.ts'
import { onePlan, requestStep } from '../support/plans.ts'
import { withHash } from '../support/virtual/fleet.ts'

const EPOCH: EpochMs = 1_700_000_000_000
const PLAN = withHash(onePlan({ port: 1, steps: [requestStep()], model: 'closed', level: 10, seconds: 60 }))
export const RUN = 'abcdefghij234567abcd'

export const job = (count: number, more: Partial<FargateJob> = {}): FargateJob => ({
  runId: RUN,
  plan: PLAN,
  count,
  cpu: 1024,
  memory: 2048,
  spot: false,
  tags: { profile: 'test' },
  stagger: 0,
  commit: undefined,
  fingerprint: { plan: PLAN.hash, generator: '1', machine: { cpu: 'Fargate', cores: 1, os: 'linux', node: '24' } },
  ...more,
})

interface Sleeper {
  readonly at: Ms
  readonly wake: () => void
}

/** Passes when nobody has anything to do but to wait. */
export class SmallTime implements Time {
  #now: Ms = 0
  readonly #sleepers = new Set<Sleeper>()

  now = () => this.#now
  epoch = () => EPOCH + this.#now
  sleep = (time: Ms, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const leave = () => {
        this.#sleepers.delete(sleeper)
        reject(signal?.reason)
      }
      const wake = () => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const sleeper = { at: this.#now + Math.max(0, time), wake }
      signal?.addEventListener('abort', leave, { once: true })
      this.#sleepers.add(sleeper)
    })

  /** Lets time pass until the promise is settled; throws when it takes longer than `most`. */
  async until<T>(promise: Promise<T>, most: Ms = 3_600_000): Promise<T> {
    let settled = false
    const done = () => {
      settled = true
    }
    promise.then(done, done)
    const end = this.#now + most
    for (;;) {
      for (let turn = 0; turn < 5 && !settled; turn++) await new Promise((resolve) => setImmediate(resolve))
      if (settled) return await promise
      const next = [...this.#sleepers].reduce<Sleeper | undefined>((a, b) => (a && a.at <= b.at ? a : b), undefined)
      if (next === undefined) continue
      if (next.at > end) throw new Error(`not done after ${most} ms`)
      this.#now = Math.max(this.#now, next.at)
      this.#sleepers.delete(next)
      next.wake()
    }
  }

  /** Resolves when so much has passed. */
  pass = (time: Ms) => this.until(this.sleep(time), time)
}

export type Call = 'get' | 'put' | 'list' | 'sign' | 'run' | 'describe' | 'tasks' | 'stop'
/** What happens to a call instead of what it does; undefined for nothing. `lost`: it is done, and nobody hears of it. */
export type Fault = (call: Call, about: string, nth: number) => LoadgateError | 'lost' | 'hang' | undefined

const LOST = new LoadgateError('infrastructure', 'The connection broke before the answer')

interface SmallTask {
  readonly arn: string
  readonly request: RunTasks
  readonly born: Ms
  readonly signal: AbortController
  status: TaskState['status']
  exitCode: number | undefined
  stopCode: string | undefined
  reason: string | undefined
  sentFrom: Ms | undefined
  sentUntil: Ms | undefined
}

/** How the workers of a test differ from good ones. */
export interface Script {
  /** Until it claims; Infinity for a task that gets stuck. By the task's number from 0. */
  readonly startUp?: (task: number) => Ms
  /** Ends at once with this, before it claims. */
  readonly failsToStart?: (task: number) => { readonly stopCode: string; readonly reason: string } | undefined
  /** So long after it has begun to send, it dies. */
  readonly diesAfter?: (index: number, generation: number) => Ms | undefined
  /** Leaves when it is told the start, and tells so, as one that comes too late or whose engine breaks. */
  readonly leavesAtStart?: (index: number) => boolean
  /** So long after its claim. */
  readonly diesAfterClaim?: (task: number) => Ms | undefined
  readonly planHash?: (task: number) => string
  /** In place of its result. */
  readonly result?: (outcome: Outcome) => Buffer | undefined
  /** Takes no notice of a first StopTask, and does not end when its worker has. */
  readonly immortal?: (task: number) => boolean
}

export class SmallWorld {
  readonly time = new SmallTime()
  readonly objects = new Map<string, Buffer>()
  readonly tasks: SmallTask[] = []
  readonly told: string[] = []
  readonly calls: { readonly call: Call; readonly about: string; readonly at: Ms }[] = []
  readonly script: Script
  fault: Fault = () => undefined
  /** ECS: the answer to a call for so many tasks; undefined for all of them. */
  answer: (
    request: RunTasks,
    nth: number,
  ) => { readonly started: number; readonly failures: readonly string[] } | undefined = () => undefined
  /** Tasks cannot be seen in descriptions or lists for so long. */
  visibleAfter: Ms = 0
  readonly #answers = new Map<string, RunAnswer>()
  readonly #stops = new Map<string, number>()

  constructor(script: Script = {}) {
    this.script = script
  }

  get doors(): CoordinatorDoors {
    return {
      time: this.time,
      random: () => 0.5,
      tell: (message) => void this.told.push(message),
      objects: this.#objectsDoor(),
      tasks: this.#tasksDoor(),
    }
  }

  get running(): readonly SmallTask[] {
    return this.tasks.filter(({ status }) => status !== 'STOPPED')
  }

  get control(): Control {
    return JSON.parse(this.objects.get(keysOf(RUN).control)!.toString())
  }

  made(call: Call): number {
    return this.calls.filter((made) => made.call === call).length
  }

  async #call<T>(call: Call, about: string, act: () => T): Promise<T> {
    this.calls.push({ call, about, at: this.time.now() })
    const fault = this.fault(call, about, this.made(call) - 1)
    if (fault === 'hang') return await new Promise<never>(() => {})
    await this.time.sleep(5)
    if (fault instanceof LoadgateError) throw fault
    const answer = act()
    if (fault === 'lost') throw LOST
    return answer
  }

  #objectsDoor(): Objects {
    const { objects, time } = this
    return {
      get: (key) => this.#call('get', key, () => objects.get(key)),
      put: (key, body) => this.#call('put', key, () => void objects.set(key, Buffer.from(body))),
      list: (prefix) =>
        this.#call('list', prefix, () =>
          [...objects]
            .filter(([key]) => key.startsWith(prefix))
            .map(([key, { length }]) => ({ key, size: length, etag: '""' })),
        ),
      sign: ({ method, key, once }) => this.#call('sign', key, () => `${method} ${once ? 'once' : 'any'} ${key}`),
      date: () => ({ from: time.epoch(), until: time.epoch() + 1_000, sent: time.now(), received: time.now() }),
    }
  }

  #tasksDoor(): Tasks {
    const visible = () => this.tasks.filter(({ born }) => this.time.now() - born >= this.visibleAfter)
    return {
      run: (request) => this.#call('run', request.token, () => this.#run(request)),
      describe: (arns) =>
        this.#call('describe', arns.join(), () =>
          visible()
            .filter(({ arn }) => arns.includes(arn))
            .map(({ arn, status, exitCode, stopCode, reason }) => ({
              ...{ arn, status, exitCode, stopCode, stoppedReason: reason, reason: undefined },
              startedAt: undefined,
              stoppedAt: undefined,
            })),
        ),
      list: () =>
        this.#call('tasks', '', () =>
          visible().map(({ arn, status, request: { runId } }) => ({ arn, runId, hasStopped: status === 'STOPPED' })),
        ),
      stop: (arn) => this.#call('stop', arn, () => this.#stop(arn)),
    }
  }

  #run(request: RunTasks): RunAnswer {
    const before = this.#answers.get(request.token)
    if (before) return before
    const { started = request.count, failures = [] } = this.answer(request, this.#answers.size) ?? {}
    const arns = Array.from({ length: started }, () => this.start(request))
    const answer = { arns, failures }
    if (started > 0 || failures.length === 0) this.#answers.set(request.token, answer)
    return answer
  }

  #stop(arn: string): void {
    const at = this.tasks.findIndex((task) => task.arn === arn)
    const times = (this.#stops.get(arn) ?? 0) + 1
    this.#stops.set(arn, times)
    if (this.script.immortal?.(at) && times === 1) return
    this.tasks[at]?.signal.abort(new Error('SIGTERM'))
    if (this.script.immortal?.(at)) this.tasks[at]!.status = 'STOPPED'
  }

  start(request: RunTasks): string {
    const number = this.tasks.length
    const task: SmallTask = {
      arn: `arn:aws:ecs:eu-central-1:123456789012:task/loadgate/${number}`,
      request,
      born: this.time.now(),
      signal: new AbortController(),
      status: 'PROVISIONING',
      ...{ exitCode: undefined, stopCode: undefined, reason: undefined, sentFrom: undefined, sentUntil: undefined },
    }
    this.tasks.push(task)
    void this.#live(task, number)
    return task.arn
  }

  async #live(task: SmallTask, number: number): Promise<void> {
    const { time, script } = this
    const fails = script.failsToStart?.(number)
    try {
      await time.sleep(script.startUp?.(number) ?? 20_000, task.signal.signal)
      if (fails) Object.assign(task, fails)
      else {
        task.status = 'RUNNING'
        task.exitCode = await this.#work(task, number)
        task.stopCode = 'EssentialContainerExited'
      }
    } catch {
      task.exitCode ??= 143
      task.stopCode ??= 'UserInitiated'
    }
    if (task.sentFrom !== undefined) task.sentUntil ??= time.now()
    if (script.immortal?.(number)) return
    task.status = 'DEPROVISIONING'
    await time.sleep(3_000)
    task.status = 'STOPPED'
  }

  async #work(task: SmallTask, number: number): Promise<number> {
    const { time, objects, script } = this
    const { signal } = task.signal
    const at = (address: string) => address.split(' ')[2]!
    const orders: Orders = JSON.parse(objects.get(at(task.request.environment.LOADGATE_ORDERS!))!.toString())
    const slot = orders.slots.find(({ claimUrl }) => !objects.has(at(claimUrl)))
    if (slot === undefined) return 0
    const { index, generation } = slot
    const planHash = script.planHash?.(number) ?? PLAN.hash
    const claim = {
      kind: 'loadgate-claim',
      runId: RUN,
      index,
      generation,
      task: task.arn,
      planHash,
      cores: 1,
      clock: CLOCK,
    }
    objects.set(at(slot.claimUrl), Buffer.from(JSON.stringify(claim)))
    const dies = script.diesAfterClaim?.(number)
    if (dies !== undefined) {
      await time.sleep(dies, signal)
      return 137
    }
    const read = (): Control => JSON.parse(objects.get(at(orders.controlUrl))!.toString())
    for (;;) {
      const { order } = read()
      if (order.kind === 'stop') return 0
      if (order.kind === 'start') {
        if (order.generations[index] !== generation) return 0
        if (script.leavesAtStart?.(index)) {
          const told = { kind: 'loadgate-progress', runId: RUN, generation, sequence: 0, state: 'ended' }
          objects.set(at(slot.progressUrl), Buffer.from(JSON.stringify(told)))
          return 13
        }
        await time.sleep(order.at + order.stagger * index - time.epoch(), signal)
        return await this.#send(task, slot, { orders, read, at })
      }
      await time.sleep(POLL, signal)
    }
  }

  async #send(
    task: SmallTask,
    { index, generation, progressUrl, resultUrl }: Slot,
    { orders, read, at }: { orders: Orders; read: () => Control; at: (address: string) => string },
  ): Promise<number> {
    const { time, objects, script } = this
    task.sentFrom = time.now()
    const dies = script.diesAfter?.(index, generation) ?? Number.POSITIVE_INFINITY
    let sequence = 0
    const tell = (state: Progress['state']) => {
      const sent = Math.round((time.now() - task.sentFrom!) / 100)
      const counts = { sent, succeeded: sent, failed: 0, dropped: 0, active: 1, recent: histogram(1) }
      const progress = { index, elapsed: time.now() - task.sentFrom!, ...counts }
      const told: Progress = {
        kind: 'loadgate-progress',
        runId: RUN,
        generation,
        sequence: sequence++,
        state,
        progress,
      }
      objects.set(at(progressUrl), Buffer.from(JSON.stringify(told)))
    }
    let stopped: Outcome['stopped']
    let saidAt = Number.NEGATIVE_INFINITY
    while (time.now() - task.sentFrom < PLAN.duration && stopped === undefined) {
      if (time.now() - task.sentFrom >= dies) return 137
      if (time.now() - saidAt >= TELL) {
        saidAt = time.now()
        tell('sending')
      }
      await time.sleep(1_000, task.signal.signal).catch(() => {
        stopped = { kind: 'interrupted', words: 'interrupted by SIGTERM' }
      })
      const { order } = read()
      if (order.kind === 'stop') stopped = { kind: 'stopped', words: `told to stop: ${order.why}` }
    }
    task.sentUntil = time.now()
    const result = resultOf(index, orders.count, stopped === undefined)
    const outcome: Outcome = { kind: 'loadgate-outcome', runId: RUN, index, generation, clock: CLOCK, stopped, result }
    const bytes = script.result ? script.result(outcome) : pack(outcome)
    if (bytes) objects.set(at(resultUrl), bytes)
    tell('ended')
    return 0
  }
}

const CLOCK = { low: -20, high: 30 }

export const pack = (outcome: unknown) => gzipSync(JSON.stringify(outcome))
export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

const histogram = (count: number) => {
  const recorder = new Recorder()
  for (let n = 0; n < count; n++) recorder.record(1_000 * (n + 1))
  return recorder.drain()
}

/** The same as it is collected: by the clock of the bucket's server. */
export function collectedOf(index: number, count: number): ShardResult {
  const result = resultOf(index, count)
  return { ...result, startedAt: result.startedAt + (CLOCK.low + CLOCK.high) / 2 }
}

/** Of a shard that has sent 10 requests more than its index says. */
export function resultOf(index: number, count: number, complete = true): ShardResult {
  const sent = 10 + index
  const measured = PLAN.duration - PLAN.measureFrom
  const times = histogram(sent)
  const records = [{ index: 0, succeeded: sent, failed: 0, response: times }]
  return {
    ...{ index, count, planHash: PLAN.hash, startedAt: EPOCH, complete },
    iterations: { planned: sent, started: sent, dropped: 0, finished: sent, failed: 0, cut: 0 },
    warmUp: { sent: 0, succeeded: 0, failed: 0 },
    steps: [
      {
        ...{ id: 0, sent, succeeded: sent, failed: 0, succeededInWindow: sent, causes: {}, statuses: { 200: sent } },
        ...{
          bytesReceived: 1,
          bytesSent: 1,
          response: times,
          service: times,
          firstByte: times,
          failures: histogram(0),
        },
        blocks: { length: blockLength(measured), records },
      },
    ],
    intervals: { length: intervalLength(measured), records },
    health: {
      ...{ lateness: histogram(sent), loopDelayP99: 1, loopUtilisation: 0.1, cpu: 0.1 },
      pauses: { count: 0, total: 0, longest: 0 },
      machine: undefined,
      link: undefined,
      connections: { opened: 1, peak: 1, cap: 10, connect: histogram(1), tls: histogram(0) },
      staleRetries: 0,
    },
    active: Array.from({ length: 60 }, () => 0),
    examples: [],
  }
}
