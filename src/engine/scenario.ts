import { LoadgateError } from '../errors.ts'
import type { LoadPlan } from '../plan/plan.ts'
import type { DocumentValue } from '../profile/document.ts'
import type { FunctionCall } from '../profile/functions.ts'
import type { Capture, Flow, ThinkStep } from '../profile/profile.ts'
import { answerCheckers } from './answer-checks.ts'
import { compileCapture, type Patterns } from './captures.ts'
import { type Check, compileCheck } from './check.ts'
import { compileDocument } from './document.ts'
import { explain } from './explain.ts'
import type { Functions } from './functions.ts'
import type { Answer } from './http/transport.ts'
import { explainRedirect } from './redirects.ts'
import { compileRequest, type Prepare } from './request.ts'
import { filesIn } from './upload.ts'

/** A scenario made ready to be run thousands of times a second. */
export interface CompiledScenario {
  /** So many of the first steps are gone through once in a user's life. */
  readonly once: number
  readonly steps: readonly CompiledStep[]
}

export type CompiledStep = CompiledRequest | ThinkStep

export interface CompiledRequest {
  readonly kind: 'request'
  readonly id: number
  readonly flow: Flow | undefined
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
  const further = await answerCheckers(plan, functions)
  const html = capturesOf(plan).some(({ from }) => from.kind === 'html') ? await import('./html.ts') : undefined
  const files = filesIn(plan)
  return plan.scenarios.map(({ name, steps }) => {
    // One without would be over as soon as it began, and its user would begin the next at once, for ever.
    if (!steps.some((step) => step.kind === 'request' && !step.once && isAlwaysSent(step.flow)))
      throw new LoadgateError('usage', `The scenario "${name}" has no request that is always sent`)
    return {
      once: steps.filter(({ once }) => once).length,
      steps: steps.map((step) => {
        if (step.kind === 'think') return step
        const captures = step.capture.map((capture) => compileCapture(capture, patterns, html))
        const { check, wants, why } = compileCheck(step.expect, captures, further(step))
        const call = functions && ((call: FunctionCall) => functions.compile(call, step))
        const document = (value: DocumentValue) => compileDocument(value, plan, files)
        const tools = { call, pools: plan.pools, files, document }
        const follows = step.redirects === 'follow'
        return {
          kind: 'request' as const,
          id: step.id,
          flow: step.flow,
          follows,
          prepare: compileRequest(step, plan, follows ? { ...wants, headers: true } : wants, tools),
          check,
          explain: (answer: Answer) =>
            (follows ? explainRedirect(answer) : undefined) ?? explain(step.expect, captures, answer, why()),
        }
      }),
    }
  })
}

function isAlwaysSent(flow: Flow | undefined): boolean {
  return flow === undefined || (flow.chance === undefined && flow.when.length === 0)
}

/** Who uses none does not wait for the library. */
async function patternsOf(plan: LoadPlan): Promise<Patterns> {
  const sources = capturesOf(plan).flatMap(({ from }) => (from.kind === 'regex' ? [from.pattern] : []))
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
