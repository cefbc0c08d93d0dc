// The coordinator's doors with something wrong behind them: what it asks for, by name, and what comes of it.
import { LoadgateError } from '../../../src/errors.ts'
import type { CoordinatorDoors } from '../../../src/fargate/coordinator/job.ts'
import { Refused } from '../../../src/fargate/doors.ts'

/** As the real doors tell it: each try of theirs ends in one of these. */
export const KINDS = ['throttled', '500', 'no answer, not done', 'no answer, done', 'denied', 'malformed'] as const
export type Kind = (typeof KINDS)[number]

/** Asked about each call, by its name; undefined where nothing is wrong with it. */
export type FaultOf = (call: string) => Kind | undefined

type Phase = 'before the start' | 'under way' | 'at the end'

/**
 * The same doors, but faulty. A call is named by what it is for, such as `PUT control, start`: the same operation at another
 * place is another call.
 */
export function faultyDoors(doors: CoordinatorDoors, faultOf: FaultOf, made: string[] = []): CoordinatorDoors {
  const { objects, tasks } = doors
  let phase: Phase = 'before the start'
  let opened = false

  /** `nonsense` is what it answers when the answer is malformed: it is done all the same. */
  const call = async <T>(name: string, act: () => Promise<T>, nonsense: (() => T) | undefined): Promise<T> => {
    made.push(name)
    const kind = faultOf(name)
    if (kind === 'throttled') throw trouble(`AWS asks to slow down with ${name}: ThrottlingException: Rate exceeded`)
    if (kind === '500') throw trouble(`${name} was not answered: InternalError: We encountered an internal error`)
    if (kind === 'denied') throw new Refused('infrastructure', `The permission for ${name} is missing: AccessDenied`)
    if (kind === 'no answer, not done') return never()
    const answer = await act()
    if (kind === 'no answer, done') return never()
    return kind === 'malformed' && nonsense ? nonsense() : answer
  }
  const nameOfControl = (body: string): string => {
    const { order } = JSON.parse(body)
    if (order.kind === 'stop') {
      phase = 'at the end'
      return 'PUT control, stop'
    }
    if (!opened) return 'PUT control, first'
    if (order.kind === 'wait') return 'PUT control, renewed before the start'
    if (phase === 'under way') return 'PUT control, renewed under way'
    return 'PUT control, start'
  }
  const nameOfPut = (key: string, body: Buffer | string): string => {
    if (key.endsWith('control.json')) return nameOfControl(body.toString())
    if (!key.endsWith('summary.json')) return `PUT ${kindOf(key)}`
    return JSON.parse(body.toString()).carriers.length === 0 ? 'PUT summary, first' : 'PUT summary, of all workers'
  }
  return {
    ...doors,
    objects: {
      date: () => objects.date(),
      get: (key, most) =>
        call(
          `GET ${kindOf(key)}`,
          () => objects.get(key, most),
          () => Buffer.from('<Error/>'),
        ),
      async put(key, body) {
        const name = nameOfPut(key, body)
        await call(name, () => objects.put(key, body), undefined)
        if (name === 'PUT control, first') opened = true
        if (name === 'PUT control, start') phase = 'under way'
      },
      list: (prefix) =>
        call(
          `LIST ${kindOf(prefix)}s`,
          () => objects.list(prefix),
          () => [],
        ),
      sign: (request) =>
        call(
          'sign',
          () => objects.sign(request),
          () => 'https://elsewhere.test/',
        ),
    },
    tasks: {
      run: (request) =>
        call(
          'RunTask',
          () => tasks.run(request),
          () => ({ arns: [], failures: [] }),
        ),
      describe: (arns) =>
        call(
          `DescribeTasks, ${phase}`,
          () => tasks.describe(arns),
          () => [],
        ),
      list: () =>
        call(
          'ListTasks',
          () => tasks.list(),
          () => [],
        ),
      stop: (arn, reason) =>
        call(
          `StopTask, ${phase}`,
          () => tasks.stop(arn, reason),
          () => undefined,
        ),
    },
  }
}

function trouble(message: string): LoadgateError {
  return new LoadgateError('infrastructure', message)
}

/** The real doors give up after some seconds: this is harder. */
function never(): Promise<never> {
  return new Promise(() => {})
}

/** Of `loadgate/RUN/claims/0.0.json`: claim. */
export function kindOf(key: string): string {
  const [kind = ''] = /(?<=^loadgate\/\w+\/)\w+/.exec(key) ?? []
  return ['claims', 'results'].includes(kind) ? kind.slice(0, -1) : kind
}
