import { withoutAnswerChecks } from '../engine/answer-checks.ts'
import { mixOf } from '../plan/demand.ts'
import type { DataTable, LoadPlan, PlannedConnections, PlannedScenario, PlannedStep, Segment } from '../plan/plan.ts'
import type { Flow } from '../profile/profile.ts'
import type { Ms } from '../units.ts'
import { STAND_IN_PATTERN } from './stand-in-answers.ts'
import { eventsOfStandIn } from './stand-in-events.ts'

/** Loopback answers in less than a millisecond; what takes so long never will. */
const TIMEOUT: Ms = 1_000
/** More than any load here has under way, unless the machine stands still. */
const CONNECTIONS = 500
/** Side by side: a user of HTTP/2 sends more, over streams, which here would be connections. */
const PARALLEL = 6
/** More rows cost no more per request, only the time to hand them over. */
const MOST_ROWS = 1_000

export interface StandInLoad {
  readonly model: LoadPlan['model']
  /** Arrivals per second, or users. */
  readonly level: number
  readonly warmUp: Ms
  readonly measured: Ms
}

/** The plan's own requests, with their data, captures and checks, sent to the stand-in without pauses. */
export function standInPlan(plan: LoadPlan, origin: string, { model, level, warmUp, measured }: StandInLoad): LoadPlan {
  const mix = mixOf(plan)
  const duration = warmUp + measured
  const flat = (over: Ms): Segment => ({ from: level, to: level, over })
  return {
    ...mix,
    target: origin,
    model,
    curve: [flat(warmUp), flat(measured)],
    measureFrom: warmUp,
    duration,
    connections: forStandIn(plan.connections, model),
    timeout: TIMEOUT,
    scenarios: mix.scenarios.map(withoutPauses),
    data: Object.fromEntries(Object.entries(plan.data).map(([name, table]) => [name, withoutEnd(table)])),
    budgets: [],
  }
}

/** Used as the plan does, but in plain HTTP/1.1: the stand-in has no certificate. */
function forStandIn({ use, ...choices }: PlannedConnections, model: LoadPlan['model']): PlannedConnections {
  const kept = model === 'closed' ? 'per-user' : 'shared'
  const own = use === 'per-iteration' ? use : kept
  const parallel = choices.parallel === undefined ? {} : { parallel: Math.min(choices.parallel, PARALLEL) }
  return { ...choices, use: own, limit: CONNECTIONS, http: '1.1', ...parallel }
}

type RequestStep = Extract<PlannedStep, { kind: 'request' }>

const FOUND = { kind: 'regex', pattern: STAND_IN_PATTERN } as const

function withoutPauses(scenario: PlannedScenario): PlannedScenario {
  const { steps, blocks } = scenario
  const before = (index: number) => steps.slice(0, index).filter(({ kind }) => kind === 'request').length
  const left = blocks
    ?.map(({ from, to, flow }) => ({ from: before(from), to: before(to), flow: withoutBetween(flow) }))
    .filter(({ from, to }) => from < to)
  return { ...scenario, steps: steps.flatMap(toStandIn), ...(left && { blocks: left }) }
}

function withoutBetween(flow: Flow): Flow {
  return { ...flow, repeat: { ...flow.repeat, between: undefined } }
}

/**
 * A message of a conversation goes as a request that carries the same and is answered with what the message would have had:
 * the stand-in speaks no WebSocket.
 */
function asRequest({ talk, ...step }: RequestStep): RequestStep {
  if (talk === undefined) return step
  const expect = { ...step.expect, status: [{ from: 200, to: 200 }] }
  return { ...step, expect, method: step.body ? 'POST' : 'GET' }
}

/** Its id leads, by which the stand-in knows it. */
function toStandIn(planned: PlannedStep): readonly PlannedStep[] {
  if (planned.kind !== 'request') return []
  const step = asRequest(planned)
  const capture = step.capture.map((one) => (one.from.kind === 'regex' ? { ...one, from: FOUND } : one))
  const flow = step.flow && withoutBetween(step.flow)
  const expect = withoutAnswerChecks(step.expect)
  const events = step.events && { events: eventsOfStandIn(step.events) }
  return [{ ...step, ...events, expect, path: [`/${step.id}/`, ...step.path], capture, timeout: TIMEOUT, flow }]
}

/** The pace of the measurement is not the plan's: rows that are used up would end it. */
function withoutEnd({ columns, rows, pick }: DataTable): DataTable {
  return { columns, rows: rows.slice(0, MOST_ROWS), pick: pick === 'random' ? pick : 'sequential' }
}
