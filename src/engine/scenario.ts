import { LoadgateError } from '../errors.ts'
import type { LoadPlan, PlannedScenario, PlannedStep } from '../plan/plan.ts'
import { isBeside } from '../profile/beside.ts'
import type { DocumentValue } from '../profile/document.ts'
import type { FunctionCall } from '../profile/functions.ts'
import type { Capture, Events, Flow, Pace, ThinkStep } from '../profile/profile.ts'
import { type AnswerCheckers, answerCheckers } from './answer-checks.ts'
import { type CompiledCapture, compileCapture, type Html, type Patterns } from './captures.ts'
import { type Check, type CompiledCheck, compileCheck } from './check.ts'
import { compileDocument } from './document.ts'
import { compileEvents, expectedOfAny, ofEvents } from './events.ts'
import { explain } from './explain.ts'
import type { Functions } from './functions.ts'
import type { Answer, Wants } from './http/transport.ts'
import { layOut } from './lay-out.ts'
import { listensAhead } from './listens-ahead.ts'
import { explainRedirect } from './redirects.ts'
import { compileRequest, type Prepare } from './request.ts'
import { compileTalk } from './talk.ts'
import { filesIn } from './upload.ts'

type RequestStep = Extract<PlannedStep, { kind: 'request' }>

/** A scenario made ready to be run thousands of times a second. */
export interface CompiledScenario {
  /** So many of the first steps are gone through once in a user's life. */
  readonly once: number
  readonly steps: readonly CompiledStep[]
  readonly pace: Pace | undefined
}

/** Blocks are steps at their beginning and their end; what comes beside a page is the page's. */
export type CompiledStep = CompiledRequest | ThinkStep | BlockStart | BlockEnd

export interface BlockStart {
  readonly kind: 'block'
  readonly flow: Flow
  /** Number of the step that ends it. */
  readonly end: number
}

export interface BlockEnd {
  readonly kind: 'end'
  readonly flow: Flow
  /** Number of the step that begins it. */
  readonly start: number
}

export interface CompiledRequest {
  readonly kind: 'request'
  readonly id: number
  readonly flow: Flow | undefined
  /** Sent once it is answered; undefined where there are none. */
  readonly beside: readonly CompiledRequest[] | undefined
  /** Whether redirects are followed. */
  readonly follows: boolean
  readonly prepare: Prepare
  readonly check: Check
  readonly explain: Explain
}

/** What an answer that failed the check had not; asked for few of them. */
export type Explain = (answer: Answer) => string | undefined

export async function compileScenarios(plan: LoadPlan, functions?: Functions): Promise<readonly CompiledScenario[]> {
  const patterns = await patternsOf(plan)
  const html = capturesOf(plan).some(({ from }) => from.kind === 'html') ? await import('./html.ts') : undefined
  const further = await answerCheckers(plan, functions)
  const parts = { plan, patterns, html, files: filesIn(plan), functions, further }
  return plan.scenarios.map((scenario) => {
    // One without would be over as soon as it began, and its user would begin the next at once, for ever.
    if (!scenario.steps.some((step, index) => !step.once && isAlwaysSent(scenario, step, index)))
      throw new LoadgateError('usage', `The scenario "${scenario.name}" has no request that is always sent`)
    const own = { ...parts, keeping: listensAhead(scenario) }
    const compiled = layOut(scenario, (step, beside) => ({ ...compileStep(step, own), beside }))
    return { ...compiled, pace: scenario.pace }
  })
}

interface Parts {
  readonly plan: LoadPlan
  readonly patterns: Patterns
  readonly html: Html | undefined
  readonly files: ReturnType<typeof filesIn>
  readonly functions: Functions | undefined
  readonly further: AnswerCheckers
  /** Ids of the parts of conversations with a later one that may wait for what comes before it. */
  readonly keeping: ReadonlySet<number>
}

function compileStep(step: RequestStep, parts: Parts): Omit<CompiledRequest, 'beside'> {
  const { patterns, html, further } = parts
  const captures = step.capture.map((capture) => compileCapture(capture, patterns, html))
  const whole = compileCheck(step.expect, captures, further(step))
  const { check, wants, why } = step.events ? ofStream(step, step.events, captures, whole) : whole
  const follows = step.redirects === 'follow'
  return {
    kind: 'request',
    id: step.id,
    flow: step.flow,
    follows,
    prepare: prepareOf(step, follows ? { ...wants, headers: true } : wants, parts),
    check,
    explain: (answer: Answer) =>
      (follows ? explainRedirect(answer) : undefined) ?? explain(step.expect, captures, answer, why()),
  }
}

function ofStream(
  { expect, timeout }: RequestStep,
  events: Events,
  captures: readonly CompiledCapture[],
  whole: CompiledCheck,
): CompiledCheck {
  return ofEvents(whole, compileCheck(expectedOfAny(expect), captures), compileEvents(events, timeout))
}

function prepareOf(step: RequestStep, wants: Wants, parts: Parts): Prepare {
  const { plan, patterns, keeping } = parts
  const { talk } = step
  const tools = toolsFor(step, parts)
  return talk === undefined
    ? compileRequest(step, plan, wants, tools)
    : compileTalk({ ...step, talk }, { plan, wants, tools, patterns, keeps: keeping.has(step.id) })
}

function toolsFor(step: RequestStep, { plan, files, functions }: Parts) {
  const call = functions && ((call: FunctionCall) => functions.compile(call, step))
  const document = (value: DocumentValue) => compileDocument(value, plan, files)
  return { call, pools: plan.pools, files, document }
}

function isAlwaysSent({ blocks = [] }: PlannedScenario, step: PlannedStep, index: number): boolean {
  if (step.kind !== 'request' || isBeside(step)) return false
  const around = blocks.filter(({ from, to }) => from <= index && index < to)
  return [step.flow, ...around.map(({ flow }) => flow)].every(
    (flow) => flow === undefined || (flow.chance === undefined && flow.when.length === 0),
  )
}

/** Who uses none does not wait for the library. */
async function patternsOf(plan: LoadPlan): Promise<Patterns> {
  const captured = capturesOf(plan).flatMap(({ from }) => (from.kind === 'regex' ? [from.pattern] : []))
  const awaited = requestSteps(plan).flatMap(({ talk }) => (talk?.does === 'say' ? (talk.receive?.matches ?? []) : []))
  const sources = [...captured, ...awaited]
  if (sources.length === 0) return new Map()
  const { compilePattern } = await import('../pattern.ts')
  return new Map(sources.map((source) => [source, compilePattern(source)]))
}

function capturesOf(plan: LoadPlan): readonly Capture[] {
  return requestSteps(plan).flatMap(({ capture }) => capture)
}

/** Ids count the request steps of the whole plan from 0. */
export function requestSteps({ scenarios }: LoadPlan) {
  return scenarios.flatMap(({ steps }) => steps.filter((step) => step.kind === 'request'))
}
