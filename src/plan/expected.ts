import { isBeside } from '../profile/beside.ts'
import type { Block, Flow, Pace, Scenario, Step } from '../profile/profile.ts'
import type { Ms } from '../units.ts'
import { meanPause } from './pause.ts'

type Course = Pick<Scenario, 'steps' | 'blocks' | 'pace'>

/**
 * How often each step is expected in one pass through its scenario; of what a captured value decides, as if it always
 * were so.
 */
export function timesOf({ steps, blocks }: Pick<Course, 'steps' | 'blocks'>): readonly number[] {
  let page = 0
  return steps.map((step, index) => {
    const own = step.kind === 'request' ? meanOf(step.flow) : 1
    if (isBeside(step)) return page * own
    page = timesAt(blocks, index) * own
    return page
  })
}

/** Expected requests of the steps that are `counted`. */
export function requestsOf(course: Course, counted: (step: Step) => boolean): number {
  const times = timesOf(course)
  return course.steps.reduce(
    (sum, step, index) => (step.kind === 'request' && counted(step) ? sum + times[index]! : sum),
    0,
  )
}

/** Expected pauses together, at the pace of the mean user. */
export function thinkOf({ steps, blocks = [], pace }: Course, counted: (step: Step) => boolean): Ms {
  const behind = steps.map((step, index) => {
    if (!counted(step)) return 0
    return timesAt(blocks, index) * (step.kind === 'think' ? meanPause(step) : meanBetween(step.flow))
  })
  const between = blocks.map(({ from, flow }, index) =>
    counted(steps[from]!) ? timesAt(blocks.slice(0, index), from) * meanBetween(flow) : 0,
  )
  return meanPace(pace) * [...behind, ...between].reduce((sum, pause) => sum + pause, 0)
}

/** From the opening of a conversation to its closing. */
export function stepsWithinTalks({ steps }: Pick<Course, 'steps'>): ReadonlySet<Step> {
  const within = new Set<Step>()
  let talking = false
  for (const step of steps) {
    const does = step.kind === 'request' ? step.talk?.does : undefined
    if (does === 'open') talking = true
    if (talking) within.add(step)
    if (does === 'close') talking = false
  }
  return within
}

/** How many answers are waited for one after the other, where up to `parallel` beside a page are under way together. */
export function turnsOf(course: Course, counted: (step: Step) => boolean, parallel: number): number {
  const times = timesOf(course)
  let [turns, page, beside] = [0, 0, 0]
  // However few are beside a page, they are a turn of their own.
  const rounds = () => Math.max(beside / parallel, Math.min(beside, page))
  for (const [index, step] of course.steps.entries()) {
    if (step.kind !== 'request' || !counted(step)) continue
    if (isBeside(step)) beside += times[index]!
    else {
      turns += rounds() + times[index]!
      page = times[index]!
      beside = 0
    }
  }
  return turns + rounds()
}

/** How often in a row. */
export function meanTimes({ repeat }: Flow): number {
  return (repeat.from + repeat.to) / 2
}

export function meanPace(pace: Pace | undefined): number {
  if (pace === undefined) return 1
  return pace.shape === undefined ? (pace.from + pace.to) / 2 : pace.mean
}

/** How often an iteration comes to what stands there. */
function timesAt(blocks: readonly Block[] | undefined, index: number): number {
  let times = 1
  for (const { from, to, flow } of blocks ?? []) if (from <= index && index < to) times *= meanOf(flow)
  return times
}

function meanOf(flow: Flow | undefined): number {
  return flow === undefined ? 1 : (flow.chance ?? 1) * meanTimes(flow)
}

/** Pauses between those in a row, whenever an iteration comes to them. */
function meanBetween(flow: Flow | undefined): Ms {
  if (flow?.repeat.between === undefined) return 0
  return (flow.chance ?? 1) * (meanTimes(flow) - 1) * meanPause(flow.repeat.between)
}
