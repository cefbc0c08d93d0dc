import type { DraftNote, DraftRequest, DraftStep } from '../draft.ts'
import { duration } from '../pauses.ts'
import { isRequest } from './fates.ts'
import type { TestElement } from './plan-tree.ts'
import { type Making, requestOf } from './sampler.ts'
import { isScoped, pausesFor, type Scope, scopeWith } from './scope.ts'
import { constantOf } from './variables.ts'

export interface Steps {
  /** What stands below an Once Only Controller. */
  readonly once: readonly DraftStep[]
  readonly steps: readonly DraftStep[]
}

const NOTHING: Steps = { once: [], steps: [] }
const ONLY_STEPS = (steps: readonly DraftStep[]): Steps => ({ once: [], steps })

/** What stands below a thread group or a controller, as steps. */
export function stepsOf(elements: readonly TestElement[], outer: Scope, making: Making): Steps {
  const scope = scopeWith(outer, elements)
  const all = elements
    .filter(({ enabled }) => enabled)
    .filter((element) => !isScoped(element))
    .map((element) =>
      isRequest(element) ? ONLY_STEPS(sampled(element, scope, making)) : otherwise(element, scope, making),
    )
  return { once: all.flatMap(({ once }) => once), steps: all.flatMap(({ steps }) => steps) }
}

function sampled(sampler: TestElement, outer: Scope, making: Making): readonly DraftStep[] {
  const scope = scopeWith(outer, sampler.below)
  const request = requestOf(sampler, scope, making)
  if (!('why' in request)) return [...pausesFor(scope, making), request]
  making.fates.leave(sampler, request.why)
  return [leftOut(sampler, request.why)]
}

function leftOut({ tag, path }: TestElement, why: string): DraftNote {
  return { kind: 'note', text: `Left out: ${tag} "${path}": ${why}` }
}

type Become = (element: TestElement, scope: Scope, making: Making) => Steps

function otherwise(element: TestElement, scope: Scope, making: Making): Steps {
  const known = ELEMENTS[element.tag]
  if (known) return known(element, scope, making)
  if (!element.below.some(holdsRequest)) return NOTHING
  const why = `below "${element.name}" (${element.tag})`
  making.fates.leave(element, why)
  return ONLY_STEPS([leftOut(element, 'a profile has nothing for it, nor for the requests below it')])
}

function holdsRequest(element: TestElement): boolean {
  return isRequest(element) || element.below.some(holdsRequest)
}

const inside: Become = (element, scope, making) => {
  making.fates.take(element)
  return stepsOf(element.below, scope, making)
}

const ELEMENTS: Readonly<Record<string, Become>> = {
  GenericController: inside,
  RecordingController: inside,
  TransactionController: (element, scope, making) => {
    making.account.note(`"${element.name}" is no measure of its own: each request is measured by itself.`)
    return inside(element, scope, making)
  },
  OnceOnlyController: (element, scope, making) => {
    const { once, steps } = inside(element, scope, making)
    return { once: [...once, ...steps], steps: [] }
  },
  LoopController: (element, scope, making) => {
    const times = Number(constantOf(element.props.text('LoopController.loops'), making.variables))
    const made = stepsOf(element.below, scope, making)
    const only = onlyRequest(made)
    if (times === 1 || (only && times > 1 && times <= 10_000)) {
      making.fates.take(element)
      return times === 1 ? made : ONLY_STEPS(repeated(made.steps, only!, times))
    }
    making.fates.leave(element, 'repeating several steps')
    const text = `Repeated ${times > 0 ? `${times} times` : 'for ever'} in "${element.path}"; here what follows is done once.`
    return { once: made.once, steps: [{ kind: 'note', text }, ...made.steps] }
  },
  ThroughputController: (element, scope, making) => {
    const percent = Number(constantOf(element.props.text('ThroughputController.percentThroughput'), making.variables))
    const made = stepsOf(element.below, scope, making)
    const only = onlyRequest(made)
    if (only && element.props.text('ThroughputController.style') === '1' && percent > 0 && percent <= 100) {
      making.fates.take(element)
      return ONLY_STEPS(made.steps.map((step) => (step === only ? { ...only, chance: `${percent} %` } : step)))
    }
    making.fates.leave(element, 'sending several steps now and then')
    const text = `Sent only now and then in "${element.path}"; here what follows is always sent.`
    return { once: made.once, steps: [{ kind: 'note', text }, ...made.steps] }
  },
  // Flow Control Action; 1 is its pause.
  TestAction: (element, _, { fates, variables }) => {
    const ms = Number(constantOf(element.props.text('ActionProcessor.duration'), variables))
    if (element.props.text('ActionProcessor.action') !== '1' || !(ms > 0)) return NOTHING
    fates.take(element)
    return ONLY_STEPS([{ kind: 'think', pause: duration(ms) }])
  },
}

/** The one request where there is no other. */
function onlyRequest({ once, steps }: Steps): DraftRequest | undefined {
  const requests = steps.filter((step) => step.kind === 'request')
  return once.length === 0 && requests.length === 1 ? requests[0] : undefined
}

/** A pause before each of them is one before the first, and one between them. */
function repeated(steps: readonly DraftStep[], only: DraftRequest, times: number): readonly DraftStep[] {
  const pauses = steps.filter((step) => step.kind === 'think')
  const between = pauses.length === 1 ? { between: pauses[0]!.pause } : {}
  return steps.map((step) => (step === only ? { ...only, repeat: times, ...between } : step))
}
