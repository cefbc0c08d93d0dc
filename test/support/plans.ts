// Plans for tests of the engine and of what runs it, made without a profile.
import { peakLevel } from '../../src/plan/curve.ts'
import type { LoadPlan, PlannedConnections, PlannedStep } from '../../src/plan/plan.ts'
import { isBeside } from '../../src/profile/beside.ts'
import type { Block, Flow, Pace, RequestStep, ThinkStep } from '../../src/profile/profile.ts'

type StepOptions = Partial<Omit<RequestStep, 'kind' | 'expect'>> & { readonly expect?: Partial<RequestStep['expect']> }

/** GET / that expects any success, unless told otherwise. */
export function requestStep({ expect, ...step }: StepOptions = {}): RequestStep {
  const method = step.method ?? 'GET'
  const path = step.path ?? ['/']
  return {
    kind: 'request',
    name: `${method} ${path.join('')}`,
    method,
    path,
    headers: [],
    body: undefined,
    capture: [],
    timeout: undefined,
    ...step,
    expect: { status: [{ from: 200, to: 399 }], json: [], headers: [], body: undefined, ...expect },
  }
}

export function think(from: number, to = from): ThinkStep {
  return { kind: 'think', from, to }
}

/** A page and what it brings along. */
export function page(step: RequestStep, ...also: readonly RequestStep[]): RequestStep[] {
  return [step, ...also.map((one) => ({ ...one, also: true as const }))]
}

/** Always and once, unless told otherwise. */
export function flow(changes: Partial<Flow> = {}): Flow {
  return { chance: undefined, when: [], repeat: { from: 1, to: 1, between: undefined }, ...changes }
}

interface OnePlanOptions extends Partial<Pick<LoadPlan, 'data' | 'seed' | 'timeout' | 'curve'>> {
  readonly port: number
  readonly connections?: Partial<PlannedConnections>
  readonly steps: readonly (RequestStep | ThinkStep)[]
  readonly blocks?: readonly Block[]
  readonly pace?: Pace
  readonly model?: LoadPlan['model']
  /** Arrivals per second, or users. */
  readonly level?: number
  readonly seconds?: number
  /** Seconds of it that are not measured. */
  readonly warmUp?: number
  /** Instead of http://127.0.0.1 and the port. */
  readonly target?: string
}

/** A plan of one scenario at one level. */
export function onePlan({
  port,
  steps,
  blocks,
  pace,
  model = 'open',
  level = 100,
  seconds = 1,
  warmUp = 0,
  target = `http://127.0.0.1:${port}`,
  timeout = 2_000,
  connections,
  curve = [{ from: level, to: level, over: seconds * 1000 }],
  data = {},
  seed = 1,
}: OnePlanOptions): LoadPlan {
  let id = 0
  const planned: PlannedStep[] = steps.map((step) =>
    step.kind === 'request' ? { ...step, id: id++, timeout: step.timeout ?? timeout } : step,
  )
  return {
    name: 'test',
    target,
    model,
    curve,
    measureFrom: warmUp * 1000,
    duration: curve.reduce((sum, { over }) => sum + over, 0),
    seed,
    connections: {
      ...connectionsOf(model === 'closed' ? peakLevel(curve) : undefined, connections),
      ...(steps.some(isBeside) && { parallel: connections?.parallel ?? 6 }),
    },
    timeout,
    scenarios: [{ name: 'only', weight: 1, steps: planned, ...(blocks && { blocks }), ...(pace && { pace }) }],
    data,
    budgets: [],
    hash: 'hash',
  }
}

/** Each of the `users` has one of its own if there are as many; arrivals share up to 200. */
function connectionsOf(users: number | undefined, given: Partial<PlannedConnections> = {}): PlannedConnections {
  const limit = given.limit ?? users ?? 200
  const use = users !== undefined && users <= limit ? 'per-user' : 'shared'
  return { use, limit, maxAge: undefined, maxRequests: undefined, http: '1.1', verify: true, ...given }
}
