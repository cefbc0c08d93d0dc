// What a coordinator leaves that is killed: at a moment, or at one of its calls of the outer world.
import type { CoordinatorDoors, FargateJob } from '../../../src/fargate/coordinator/job.ts'
import { detachOnFargate, runOnFargate } from '../../../src/fargate/coordinator/run-on-fargate.ts'
import type { Ms } from '../../../src/units.ts'
import { type ClusterOptions, startCluster } from './cluster.ts'
import type { VirtualTask } from './ecs.ts'
import type { Sending } from './engine.ts'

/** How a run goes until its coordinator is killed. */
export interface Course {
  readonly name: string
  readonly job: FargateJob
  readonly cluster: ClusterOptions
  /** When somebody presses Ctrl-C, or a budget is exceeded for good. */
  readonly cancelAt?: Ms
  readonly enoughAt?: Ms
  /** Killed before it has handed the run over: what comes then is meant to go on. */
  readonly detached?: boolean
  /** On such a network it may take minutes until all tasks are ready, and each of them is paid. */
  readonly rough?: boolean
}

export interface MadeCall {
  readonly name: string
  readonly at: Ms
}

export type Moment =
  | { readonly at: Ms }
  /** Before the nth call leaves the machine, or when its answer, or its failure, has come. */
  | { readonly call: number; readonly when: 'before' | 'after' }

/** Times after the kill, except where it is said. */
export interface Killed {
  readonly at: Ms
  /** The last call that it made. */
  readonly call: string
  /** Of the worker that sent longest, of all; 0 where none did. */
  readonly sent: Ms
  /** Of the task that lived longest, of those whose process had begun by then. */
  readonly lived: Ms
  /** Tasks whose process began later, and how long the one of them lived that lived longest, from its begin. */
  readonly late: { readonly tasks: number; readonly sent: boolean; readonly lived: Ms }
  /** Of the task that cost longest, from its pull to its end. */
  readonly paid: Ms
}

/** Longer than any task may live that nobody watches over: what lives then is left. */
const LONG_AFTER: Ms = 300_000
/** Of a course without a kill. */
const MOST: Ms = 1_800_000

/** All calls of the outer world that this course makes, in their order. */
export async function callsOf(seed: number, course: Course): Promise<readonly MadeCall[]> {
  const { calls, world, ended, forget } = begin(seed, course)
  await world.run({ until: MOST, done: ended })
  forget()
  if (!ended()) throw new Error(`${course.name}: it does not end`)
  return calls
}

/** Answers undefined where the run had ended before the moment came. */
export async function kill(seed: number, course: Course, moment: Moment): Promise<Killed | undefined> {
  const { world, ecs, sendings, machine, calls, ended, forget } = begin(seed, course, moment)
  await world.run({ until: MOST, done: () => !machine.alive || ended() })
  const at = machine.diedAt
  const call = calls.at(-1)?.name ?? 'none'
  if (at !== undefined) await world.run({ until: at + LONG_AFTER })
  forget()
  if (at === undefined) return undefined
  const late = ecs.tasks.filter((task) => task.machine && task.machine.bornAt > at)
  const early = ecs.tasks.filter((task) => task.machine && task.machine.bornAt <= at)
  return {
    at,
    call,
    sent: Math.max(0, ...sendings.map((sending) => lastSent(sending) - at)),
    lived: Math.max(0, ...early.map((task) => end(task) - at)),
    late: {
      tasks: late.length,
      sent: sendings.some((sending) => sending.machine.bornAt > at && lastSent(sending) > 0),
      lived: Math.max(0, ...late.map((task) => end(task) - task.machine!.bornAt)),
    },
    paid: longestPaid(ecs.tasks),
  }
}

/** Infinity where one goes on. */
export function longestPaid(tasks: readonly VirtualTask[]): Ms {
  return Math.max(0, ...tasks.map((task) => (task.pulledAt === undefined ? 0 : end(task) - task.pulledAt)))
}

/** On the world's clock: 0 where it never sent, Infinity where it does not stop. */
export function lastSent({ from, until, machine }: Sending): Ms {
  const last = until ?? machine.diedAt ?? Number.POSITIVE_INFINITY
  return last > from ? last : 0
}

const end = ({ stoppedAt = Number.POSITIVE_INFINITY }: VirtualTask): Ms => stoppedAt

function begin(seed: number, { job, cluster, cancelAt, enoughAt, detached }: Course, moment?: Moment) {
  const started = startCluster(seed, cluster)
  const { world, machine } = started
  const calls: MadeCall[] = []
  const doors = mortal(started.doors, {
    isAlive: () => machine.alive,
    beginning: (name) => {
      const call = calls.push({ name, at: world.now }) - 1
      const isThis = (when: 'before' | 'after') =>
        moment && 'call' in moment && moment.call === call && moment.when === when
      if (isThis('before')) machine.kill()
      return () => {
        if (isThis('after')) machine.kill()
      }
    },
  })
  const [cancel, enough] = [cancelAt, enoughAt].map((at) => {
    const abort = new AbortController()
    if (at !== undefined) world.at(at, () => machine.alive && abort.abort(new Error('It is to end')))
    return abort
  })
  const options = { signal: cancel!.signal, enough: enough!.signal }
  let over = false
  const course = detached ? detachOnFargate(job, doors, options) : runOnFargate(job, doors, options)
  void course
    .catch(() => undefined)
    .then(() => {
      over = true
    })
  if (moment && 'at' in moment) world.at(moment.at, () => machine.kill())
  // Node keeps a signal of several others, and all that listens to it, until one of them is aborted.
  const forget = () => cancel!.abort()
  return { ...started, calls, ended: () => over, forget }
}

/** A new one each time: one for all would keep whatever waits for it. */
const never = () => new Promise<never>(() => {})

interface Watch {
  isAlive(): boolean
  /** Told of each call before it is made; answers with what is to be told of its end. */
  beginning(name: string): () => void
}

function mortal({ objects, tasks, ...rest }: CoordinatorDoors, { isAlive, beginning }: Watch): CoordinatorDoors {
  const watched = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    if (!isAlive()) return await never()
    const ended = beginning(name)
    try {
      return await (isAlive() ? act() : never())
    } finally {
      ended()
      // Else it would go on as long as it needs no network: signatures are computed.
      if (!isAlive()) await never()
    }
  }
  return {
    ...rest,
    objects: {
      get: (key, most) => watched(`get ${kindOf(key)}`, () => objects.get(key, most)),
      put: (key, body) => watched(`put ${kindOf(key)}`, () => objects.put(key, body)),
      list: (prefix) => watched(`list ${kindOf(prefix)}`, () => objects.list(prefix)),
      sign: (request) => watched('sign', () => objects.sign(request)),
      date: () => objects.date(),
    },
    tasks: {
      run: (request) => watched('RunTask', () => tasks.run(request)),
      describe: (arns) => watched('DescribeTasks', () => tasks.describe(arns)),
      list: () => watched('ListTasks', () => tasks.list()),
      stop: (arn, reason) => watched('StopTask', () => tasks.stop(arn, reason)),
    },
  }
}

/** `loadgate/<run id>/claims/3.0.json` is one of claims. */
const kindOf = (key: string): string => key.split('/')[2]?.split('.')[0] ?? key
