import type { BaselineRun, PartBlocks } from '../baseline/baseline.ts'
import { steadyLoop } from '../baseline/comparable.ts'
import { Histogram } from '../histogram.ts'
import { stepLabel } from '../profile/step-label.ts'
import type { PartPercentiles, RunResult, StepResult } from '../result/result.ts'
import type { Ms } from '../units.ts'

/** A part of the load that a budget can speak of. */
export interface Part {
  /** As shown: `all`, `scenario` or `scenario › step`. */
  readonly name: string
  readonly includes: (step: Pick<StepResult, 'scenario' | 'step'>) => boolean
  /** It is in the background, and no part of the whole. */
  readonly background?: true
}

/** What one run measured in one part. sent = succeeded + failed. */
export interface Scope {
  readonly sent: number
  readonly succeeded: number
  readonly failed: number
  /** Arrivals never sent; of the whole run only, since it is not known which step they would have reached. */
  readonly dropped: number
  /** Of a part, the arrivals of the whole run that were dropped: each may or may not have been one of its requests. */
  readonly mayBeDropped: number
  /** Length of the measured window. */
  readonly measured: Ms
  /** Successes that ended within the window. */
  readonly succeededInWindow: number
  /** Whether the target answered at the pace of the load rather than at its own, to which users always bend theirs. */
  readonly keptUp: boolean
  /** From the intended start; successes only. */
  readonly response: Histogram
  readonly causes: ReadonlyMap<string, number>
  /** What sent the load, and how long the calibration loop took there; undefined where that is not known. */
  readonly processor: { readonly name: string; readonly loop: Ms } | undefined
  /** What the part was like from block to block; undefined where that is not known. */
  readonly blocks: PartBlocks | undefined
  /** Of its streams of events; undefined where it has none. */
  readonly events?: EventTimes | undefined
  /** All that is known of its response times, where that is no histogram. */
  readonly known?: Known | undefined
  /** A response time may be off by so much, as another generator wrote it down. */
  readonly grain?: Ms | undefined
}

/** What streams of events took beyond their first; successes only. */
export interface EventTimes {
  readonly streams: number
  /** Of at least two events: only these have times between events. Where that is not known, one. */
  readonly several: number
  readonly received: number
  readonly between: Histogram
  readonly last: Histogram
}

export type Known = Pick<PartPercentiles, 'count' | 'points'>

export const WHOLE: Part = { name: 'all', includes: () => true }

export function partOfStep({ scenario, step }: Pick<StepResult, 'scenario' | 'step'>): Part {
  return {
    name: stepLabel(scenario, step),
    includes: (other) => other.scenario === scenario && other.step === step,
  }
}

type Stepped = Pick<RunResult, 'steps' | 'background'>

/** The whole run and every step, in the order of the plan; those of the background last. */
export function allParts({ steps, background }: Stepped): readonly Part[] {
  const beside = (background?.steps ?? []).map((step): Part => ({ ...partOfStep(step), background: true }))
  return [WHOLE, ...steps.map(partOfStep), ...beside]
}

/** The steps among which those of a part are. */
export function stepsBeside({ steps, background }: Stepped, part: Part): readonly StepResult[] {
  return part.background ? (background?.steps ?? []) : steps
}

/**
 * The part a budget names behind `of`: a scenario, `scenario › step`, or a step alone if no other scenario has one of that
 * name. Undefined when there is none or more than one.
 */
export function partNamed(
  of: string | undefined,
  steps: readonly StepResult[],
  background?: RunResult['background'],
): Part | undefined {
  if (of === undefined) return WHOLE
  const all = [...steps, ...(background?.steps ?? [])]
  const part = partAmong(of, all)
  return part && !steps.some(part.includes) && all.some(part.includes) ? { ...part, background: true } : part
}

function partAmong(of: string, steps: readonly StepResult[]): Part | undefined {
  if (steps.some(({ scenario }) => scenario === of)) return { name: of, includes: ({ scenario }) => scenario === of }
  const full = steps.find(({ scenario, step }) => of === stepLabel(scenario, step))
  if (full !== undefined) return partOfStep(full)
  const [only, second] = steps.filter(({ step }) => step === of)
  return only === undefined || second !== undefined ? undefined : partOfStep(only)
}

// What is under way when the window ends is the latency times the rate: 2 % of a minute are more than a second's answers.
const KEEPING_UP = 0.98

/** What of a run is summed up; a step may stand there several times. */
export type Summable = Pick<
  BaselineRun,
  | 'steps'
  | 'background'
  | 'groups'
  | 'plan'
  | 'iterations'
  | 'inWindow'
  | 'blocks'
  | 'calibration'
  | 'fingerprint'
  | 'percentiles'
  | 'source'
>

/** Sums a run up over a part. */
export function scopeOf(run: Summable, part: Part): Scope {
  const steps = stepsBeside(run, part).filter(part.includes)
  const all = sums(run.steps)
  const own = sums(steps)
  const dropped = part === WHOLE ? run.iterations.dropped : droppedAround(run, steps)
  return {
    ...own,
    dropped: part === WHOLE ? dropped : 0,
    mayBeDropped: part === WHOLE ? 0 : dropped,
    measured: run.plan.measured,
    keptUp:
      !part.background &&
      run.plan.model === 'open' &&
      run.inWindow.succeeded + run.inWindow.failed >= KEEPING_UP * (all.sent + dropped),
    response: Histogram.of(...steps.map(({ response }) => response)),
    events: eventsOf(steps),
    causes: causesOf(steps),
    processor: processorOf(run),
    blocks: run.blocks?.parts.find((blocks) => sameSteps(blocks, steps)),
    known: run.percentiles && (run.percentiles.find((known) => sameSteps(known, steps)) ?? NOTHING_KNOWN),
    grain: run.source?.grain,
  }
}

function eventsOf(steps: readonly StepResult[]): EventTimes | undefined {
  const known = steps.filter(({ events }) => events !== undefined)
  const events = known.flatMap(({ events }) => events ?? [])
  if (events.length === 0) return undefined
  return {
    streams: sums(known).succeeded,
    several: events.reduce((sum, { several = 1 }) => sum + several, 0),
    received: events.reduce((sum, { received }) => sum + received, 0),
    between: Histogram.of(...events.map(({ between }) => between)),
    last: Histogram.of(...events.map(({ last }) => last)),
  }
}

const NOTHING_KNOWN: Known = { count: 0, points: [] }

function sameSteps(part: { readonly steps: readonly number[] }, steps: readonly StepResult[]): boolean {
  return part.steps.join() === steps.map(({ id }) => id).join()
}

/** By the loads that these steps are of; where there is one only, it is that. */
function droppedAround({ groups, iterations }: Summable, steps: readonly StepResult[]): number {
  if (groups === undefined) return iterations.dropped
  const own = new Set(steps.map(({ scenario }) => scenario))
  return groups.reduce(
    (sum, group) => sum + (group.scenarios.some((name) => own.has(name)) ? group.iterations.dropped : 0),
    0,
  )
}

function processorOf({ fingerprint, calibration }: Summable): Scope['processor'] {
  const loop = steadyLoop({ calibration })
  return loop === undefined ? undefined : { name: fingerprint.machine.cpu, loop }
}

function sums(steps: readonly StepResult[]) {
  const sum = { sent: 0, succeeded: 0, failed: 0, succeededInWindow: 0 }
  for (const step of steps) {
    sum.sent += step.sent
    sum.succeeded += step.succeeded
    sum.failed += step.failed
    sum.succeededInWindow += step.succeededInWindow
  }
  return sum
}

function causesOf(steps: readonly StepResult[]): ReadonlyMap<string, number> {
  const causes = new Map<string, number>()
  for (const step of steps)
    for (const [cause, count] of Object.entries(step.causes)) causes.set(cause, (causes.get(cause) ?? 0) + count)
  return causes
}
