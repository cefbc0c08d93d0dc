// ECS in the virtual world: tasks from the word to their end, each a machine of its own with the product's own worker.
import type { RunAnswer, RunTasks, TaskState, Tasks } from '../../../src/fargate/doors.ts'
import { EXIT_CODES, Leaving } from '../../../src/fargate/worker/ends.ts'
import { work } from '../../../src/fargate/worker/work.ts'
import type { Ms } from '../../../src/units.ts'
import { VERSION } from '../../../src/version.ts'
import type { Bucket } from '../../support/virtual/bucket.ts'
import { type Sending, virtualEngine } from '../../support/virtual/engine.ts'
import { Machine } from '../../support/virtual/machine.ts'
import { BEGINNING, type World } from '../../support/virtual/world.ts'

/** How it is different from one where all goes well. Tasks are numbered from 0. */
export interface EcsTroubles {
  /** From the word to the worker's first breath; Infinity for a task that gets stuck. */
  readonly startUp?: (task: number) => Ms
  /** Stops instead of beginning, with these words. */
  readonly fails?: (task: number) => Stop | undefined
  /** Killed so long after its worker began. */
  readonly dies?: (
    task: number,
  ) => { readonly after: Ms; readonly exitCode: number; readonly reason: string } | undefined
  /** Taken back by the Spot market so long after its worker began: SIGTERM, and SIGKILL half a minute later. */
  readonly takenBack?: (task: number) => Ms | undefined
  /** Its worker has ended, and it goes on until it is stopped. */
  readonly clings?: (task: number) => boolean
  /** So many calls of StopTask come to nothing. */
  readonly stopsLost?: (task: number) => number
  /** In no answer for so long after it was started. */
  readonly unseen?: Ms
  /** What comes of each RunTask for so many; all of them if undefined. */
  readonly answer?: (
    count: number,
    nth: number,
  ) => { readonly started: number; readonly failures: readonly string[] } | undefined
  /** Of Loadgate, in the image. */
  readonly version?: (task: number) => string
  /** Its clock's date less the true one. */
  readonly skew?: (task: number) => Ms
}

interface Stop {
  readonly stopCode: string
  readonly stoppedReason: string
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

export interface VirtualTask {
  readonly state: Writable<TaskState>
  readonly runId: string
  readonly environment: RunTasks['environment']
  readonly born: Ms
  /** Undefined before its worker begins. */
  machine: Machine | undefined
  readonly leave: AbortController
  stops: number
}

const START_UP: Ms = 15_000
const APART: Ms = 700
const WINDING_UP: Ms = 2_000
/** From SIGTERM to SIGKILL, unless a task definition says something else. */
const STOP_TIMEOUT: Ms = 30_000
/** As the image's entry does it: who was told to leave is gone by then. */
const LEAVE_WITHIN: Ms = 9_000
const HOUR: Ms = 3_600_000

export class VirtualEcs {
  readonly tasks: VirtualTask[] = []
  readonly sendings: Sending[] = []
  readonly #world: World
  readonly #bucket: Bucket
  readonly #troubles: EcsTroubles
  readonly #answers = new Map<string, RunAnswer>()

  constructor(world: World, bucket: Bucket, troubles: EcsTroubles = {}) {
    this.#world = world
    this.#bucket = bucket
    this.#troubles = troubles
  }

  /** Those that are not over, whatever anybody is told. */
  get living(): readonly string[] {
    return this.tasks.filter(({ state }) => state.status !== 'STOPPED').map(({ state }) => state.arn)
  }

  /** The shards that are being sent. */
  get sending(): readonly number[] {
    return this.sendings.filter(({ until, machine }) => until === undefined && machine.alive).map(({ index }) => index)
  }

  /** Never fails: what may is put in front of it. */
  get door(): Tasks {
    const seen = () => this.tasks.filter(({ born }) => this.#world.now - born >= (this.#troubles.unseen ?? 0))
    return {
      run: async (request) => this.#run(request),
      describe: async (arns) =>
        seen()
          .filter(({ state }) => arns.includes(state.arn))
          .map(({ state }) => ({ ...state })),
      list: async () =>
        seen().map(({ state: { arn, status }, runId }) => ({ arn, runId, hasStopped: status === 'STOPPED' })),
      stop: async (arn) => this.#stop(arn),
    }
  }

  /** As the kernel does it. */
  kill(task: number, exitCode: number, reason: string): void {
    this.#exit(this.tasks[task]!, exitCode, reason)
  }

  /** One more with the orders of another, that nobody has asked for. */
  startAgain(task: number): string {
    return this.#start(this.tasks[task]!)
  }

  #start({ runId, environment }: Pick<RunTasks, 'runId' | 'environment'>): string {
    const n = this.tasks.length
    const { startUp, fails } = this.#troubles
    const arn = `arn:aws:ecs:eu-central-1:123456789012:task/loadgate/${n}`
    const state: TaskState = {
      ...{ arn, status: 'PENDING', stopCode: undefined, stoppedReason: undefined, exitCode: undefined },
      ...{ reason: undefined, startedAt: undefined, stoppedAt: undefined },
    }
    const task = {
      state,
      runId,
      environment,
      born: this.#world.now,
      machine: undefined,
      leave: new AbortController(),
      stops: 0,
    }
    this.tasks.push(task)
    const after = startUp?.(n) ?? START_UP + APART * n
    const stop = fails?.(n)
    if (Number.isFinite(after))
      this.#world.after(after, () =>
        stop ? this.#end(task, stop) : this.#begin(task, n, environment.LOADGATE_ORDERS!),
      )
    return arn
  }

  #run(request: RunTasks): RunAnswer {
    const before = this.#answers.get(request.token)
    if (before) return before
    const { answer } = this.#troubles
    const { started, failures } = answer?.(request.count, this.#answers.size) ?? {
      started: request.count,
      failures: [],
    }
    const given = { arns: Array.from({ length: started }, () => this.#start(request)), failures }
    this.#answers.set(request.token, given)
    return given
  }

  #begin(task: VirtualTask, n: number, ordersUrl: string): void {
    if (task.state.status !== 'PENDING') return
    const { version, skew, dies, takenBack } = this.#troubles
    const [world, { state, leave }] = [this.#world, task]
    const machine = new Machine(world, state.arn, {
      skew: skew?.(n) ?? (n % 5) * HOUR - 2 * HOUR,
      drift: ((n % 3) - 1) * 50e-6,
    })
    task.machine = machine
    state.status = 'RUNNING'
    state.startedAt = BEGINNING + world.now
    const cores = 1
    const situation = {
      ordersUrl,
      version: version?.(n) ?? VERSION,
      task: state.arn,
      cores,
      onLifetime: () => {},
      leave,
    }
    const doors = {
      time: machine.time,
      mail: this.#bucket.mailOf(machine),
      engine: virtualEngine(world, machine, this.sendings),
      random: world.chance.fork(),
      log: () => {},
    }
    leave.signal.addEventListener(
      'abort',
      () => void world.after(LEAVE_WITHIN, () => this.#exit(task, codeOf(leave.signal))),
    )
    void work(situation, doors).then(({ kind }) => this.#exit(task, EXIT_CODES[kind]))
    const [death, notice] = [dies?.(n), takenBack?.(n)]
    if (death) world.after(death.after, () => this.#exit(task, death.exitCode, death.reason))
    if (notice !== undefined)
      world.after(notice, () =>
        this.#terminate(task, { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' }),
      )
  }

  #stop(arn: string): void {
    const at = this.tasks.findIndex(({ state }) => state.arn === arn)
    const task = this.tasks[at]
    if (task === undefined || ++task.stops <= (this.#troubles.stopsLost?.(at) ?? 0)) return
    this.#terminate(task, { stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user' })
  }

  #terminate(task: VirtualTask, stop: Stop): void {
    if (task.machine?.alive === true) {
      Object.assign(task.state, stop)
      task.leave.abort(new Leaving('interrupted', 'interrupted by SIGTERM'))
      this.#world.after(STOP_TIMEOUT, () => this.#exit(task, 137))
    } else this.#end(task, stop)
  }

  /** Of the container; of whatever ends it twice the first counts. */
  #exit(task: VirtualTask, exitCode: number, reason?: string): void {
    const { state, machine } = task
    if (machine?.alive !== true) return
    machine.kill()
    state.exitCode = exitCode
    state.reason = reason
    const stop = { stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' }
    if (this.#troubles.clings?.(this.tasks.indexOf(task)) && state.stopCode === undefined) return
    this.#end(task, state.stopCode === undefined ? stop : {})
  }

  #end({ state }: VirtualTask, stop: Partial<Stop>): void {
    if (['DEPROVISIONING', 'STOPPED'].includes(state.status)) return
    Object.assign(state, stop)
    state.status = 'DEPROVISIONING'
    this.#world.after(WINDING_UP, () => {
      state.status = 'STOPPED'
      state.stoppedAt = BEGINNING + this.#world.now
    })
  }
}

function codeOf({ reason }: AbortSignal): number {
  return reason instanceof Leaving ? EXIT_CODES[reason.end.kind] : EXIT_CODES.failed
}
