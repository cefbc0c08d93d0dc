import { type DraftNote, type DraftStep, requestsIn } from '../draft.ts'
import { withFlow } from '../flow.ts'
import { duration } from '../pauses.ts'
import { conditionOf } from './condition.ts'
import { enabledIn, type TestElement } from './plan-tree.ts'
import type { Making } from './sampler.ts'
import { constantOf } from './variables.ts'

export interface Steps {
  /** What stands below an Once Only Controller. */
  readonly once: readonly DraftStep[]
  readonly steps: readonly DraftStep[]
}

export const NOTHING: Steps = { once: [], steps: [] }
export const ONLY_STEPS = (steps: readonly DraftStep[]): Steps => ({ once: [], steps })

export function together(all: readonly Steps[]): Steps {
  return { once: all.flatMap(({ once }) => once), steps: all.flatMap(({ steps }) => steps) }
}

/** What one element has come to. */
export interface Made extends Steps {
  readonly element: TestElement
}

/** What an element comes to; `below` are the steps of each that stands below it. */
type Become = (element: TestElement, below: () => readonly Made[], making: Making) => Steps

const inside: Become = (element, below, { fates }) => {
  fates.take(element)
  return together(below())
}

const never = (element: TestElement, making: Making): Steps => {
  making.fates.leave(element, 'never sent')
  return ONLY_STEPS([note(`Never sent: "${element.path}".`)])
}

function note(text: string): DraftNote {
  return { kind: 'note', text }
}

/** Done all the same, with a word above it, and in the list. */
function otherwise(
  element: TestElement,
  { made, why, text }: { made: Steps; why: string; text: string },
  making: Making,
) {
  making.fates.leave(element, why)
  return { once: made.once, steps: [note(text), ...made.steps] }
}

/** One of those below it, by chance or in turn: each has its share. */
const oneOf =
  (how: string): Become =>
  (element, below, making) => {
    const choices = below()
    const all = choices.filter(sends)
    for (const choice of choices) if (!sends(choice)) leavePauses(choice, making)
    if (all.length < 2) return inside(element, () => all, making)
    const made = together(
      all.map(({ once, steps }) => ({ once, steps: withFlow(steps, { chance: `1 in ${all.length}` }) })),
    )
    const text = `One of ${all.length} ${how} in "${element.path}"; here each by itself in one of ${all.length} times.`
    return otherwise(element, { made, why: `sending one of several ${how}`, text }, making)
  }

const sends = ({ once, steps }: Steps) => requestsIn([...once, ...steps]).length > 0

/** A choice that is nothing but a pause, which counts as taken as long as nobody says otherwise. */
function leavePauses({ element, steps }: Made, { fates }: Making): void {
  if (!steps.some(({ kind }) => kind === 'think')) return
  for (const pause of enabledIn([element]).filter(({ tag }) => tag === 'TestAction'))
    fates.leave(pause, 'a pause as one of several')
}

export const CONTROLLERS: Readonly<Record<string, Become>> = {
  GenericController: inside,
  RecordingController: inside,
  TransactionController: (element, below, making) => {
    making.account.note(`"${element.name}" is no measure of its own: each request is measured by itself.`)
    return inside(element, below, making)
  },
  OnceOnlyController: (element, below, making) => {
    const { once, steps } = inside(element, below, making)
    return { once: [...once, ...steps], steps: [] }
  },
  LoopController: (element, below, making) => {
    const times = Number(constantOf(element.props.text('LoopController.loops'), making.variables))
    if (times === 0) return never(element, making)
    const made = together(below())
    if (times >= 1 && times <= MOST_TIMES) {
      making.fates.take(element)
      return times === 1 ? made : { once: made.once, steps: repeated(made.steps, times) }
    }
    const often = times > 0 ? `${times} times` : 'for ever'
    const text = `Repeated ${often} in "${element.path}"; here what follows is done once.`
    return otherwise(element, { made, why: `repeating ${often}`, text }, making)
  },
  ThroughputController: (element, below, making) => {
    const { props, path } = element
    const percent = Number(constantOf(props.text('ThroughputController.percentThroughput'), making.variables))
    const isPercent = props.text('ThroughputController.style') === '1' && percent >= 0
    if (isPercent && percent === 0) return never(element, making)
    if (isPercent && percent >= 100) return inside(element, below, making)
    const made = together(below())
    if (isPercent) {
      making.fates.take(element)
      return { once: made.once, steps: withFlow(made.steps, { chance: `${percent} %` }) }
    }
    const text = `Sent a number of times in "${path}"; here what follows is always sent.`
    return otherwise(element, { made, why: 'sending a number of times', text }, making)
  },
  IfController: (element, below, making) => {
    const condition = conditionOf(element.props.text('IfController.condition'), making.variables)
    if (condition === 'never') return never(element, making)
    if (condition === 'always') return inside(element, below, making)
    if (condition === undefined) return NOTHING_FOR_IT
    const { once, steps } = inside(element, below, making)
    return { once, steps: withFlow(steps, condition) }
  },
  RandomController: oneOf('by chance'),
  InterleaveControl: oneOf('in turn'),
  RandomOrderController: (element, below, making) => {
    const text = `In another order each time in "${element.path}"; here always in this one.`
    return otherwise(element, { made: together(below()), why: 'sending in any order', text }, making)
  },
  // Flow Control Action; 1 is its pause.
  TestAction: (element, _, { fates, variables }) => {
    const ms = Number(constantOf(element.props.text('ActionProcessor.duration'), variables))
    if (element.props.text('ActionProcessor.action') !== '1' || !(ms > 0)) return NOTHING
    fates.take(element)
    return ONLY_STEPS([{ kind: 'think', pause: duration(ms) }])
  },
}

/** As an element that nobody knows. */
export const NOTHING_FOR_IT: Steps = { once: [], steps: [] }

const MOST_TIMES = 10_000

/** A pause before a request that is repeated is one before the first, and one between two of them. */
function repeated(steps: readonly DraftStep[], times: number): readonly DraftStep[] {
  const [pause, request, ...more] = steps.filter(({ kind }) => kind !== 'note')
  if (pause?.kind !== 'think' || request?.kind !== 'request' || more.length > 0 || request.chance || request.when)
    return withFlow(steps, { repeat: times })
  return steps.map((step) => (step === request ? { ...request, repeat: times, between: pause.pause } : step))
}
