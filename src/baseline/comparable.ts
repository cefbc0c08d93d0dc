import type { Fingerprint, Machine, RunResult } from '../result/result.ts'
import type { EpochMs, Ms } from '../units.ts'
import { type Baseline, type BaselineRun, STALE_AFTER } from './baseline.ts'
import { otherLoad } from './other-load.ts'
import { byStart } from './window.ts'

export interface Comparable {
  /** Oldest first. */
  readonly runs: readonly BaselineRun[]
  /** Whether they are of several processors, so that the speed of each has to be taken out of its figures. */
  readonly corrected: boolean
  readonly refused: readonly Refused[]
}

export interface Refused {
  readonly run: BaselineRun
  /** In words. */
  readonly reason: string
}

/** A run that is still to come, as far as comparing asks: whether its processor will be timed. */
export function runToCome(fingerprint: Fingerprint, startedAt: EpochMs, timed: boolean): Current {
  return { id: '', startedAt, fingerprint, calibration: timed ? { before: 1, after: 1 } : undefined }
}

const DAY: Ms = 24 * 3_600_000

/** Nothing is said of a run next to fewer. */
export const MIN_RUNS = 3

export type Current = Pick<RunResult, 'id' | 'startedAt' | 'fingerprint' | 'calibration'> &
  Partial<Pick<RunResult, 'source'>>

/**
 * Sorts the window into runs that measured the same as `current` and runs that did not. Runs of another processor do where
 * there are too few of this one and the speed of both is known.
 */
export function comparableRuns(baseline: Baseline, current: Current): Comparable {
  const { cpu } = current.fingerprint.machine
  const judged = [...baseline.runs].sort(byStart).map((run) => ({ run, reason: refusal(run, current) }))
  const fit = judged.flatMap(({ run, reason }) => (reason === undefined ? [run] : []))
  const own = fit.filter((run) => run.fingerprint.machine.cpu === cpu)
  const timed = steadyLoop(current) === undefined ? [] : fit.filter((run) => steadyLoop(run) !== undefined)
  const corrected = own.length < MIN_RUNS && timed.some((run) => !own.includes(run))
  const runs = corrected ? timed : own
  const refused = judged.flatMap(({ run, reason = otherProcessor(run, current) }) =>
    runs.includes(run) ? [] : [{ run, reason }],
  )
  return { runs, corrected, refused }
}

/** How many there are of each reason. */
export function byReason(refused: readonly Refused[]): readonly { readonly runs: number; readonly reason: string }[] {
  return [...Map.groupBy(refused, ({ reason }) => reason)].map(([reason, { length }]) => ({ runs: length, reason }))
}

/** Neighbours, or a processor that is throttled: which of the two speeds the load met is not known. */
const STEADY = 1.1

/**
 * How long the calibration loop took around a run; undefined where it was not measured, or took another time afterwards
 * than before.
 */
export function steadyLoop({ calibration }: Pick<RunResult, 'calibration'>): Ms | undefined {
  if (calibration === undefined) return undefined
  const { before, after } = calibration
  return Math.max(before, after) <= STEADY * Math.min(before, after) ? Math.sqrt(before * after) : undefined
}

/** Of everything but the processor. */
function refusal(run: BaselineRun, current: Current): string | undefined {
  const { plan, generator, machine } = current.fingerprint
  const theirs = run.fingerprint
  // Compared with itself every run is unchanged.
  if (run.id === current.id) return 'it is this run itself'
  if (!run.complete) return 'the run was not complete'
  if (theirs.generator !== generator && (run.source ?? current.source) !== undefined)
    return `another generator: ${theirs.generator}, now ${generator}`
  if (theirs.plan !== plan) return anotherLoad(current)
  if (theirs.generator !== generator) return `another generator: version ${theirs.generator}, now ${generator}`
  if (KIND.some((part) => theirs.machine[part] !== machine[part])) return otherMachine(theirs.machine, machine)
  const load = otherLoad(run, current)
  if (load !== undefined) return load
  if (!(current.startedAt - run.startedAt <= STALE_AFTER)) return `older than ${Math.round(STALE_AFTER / DAY)} days`
  return undefined
}

/** Of a file that was brought, only its name is known to part it from others. */
function anotherLoad({ source }: Current): string {
  if (source?.ran) return 'another load: the script, or what it reads, has changed'
  return source ? 'another load: it has another --name' : 'another load: the profile has changed'
}

function otherProcessor(run: BaselineRun, current: Current): string {
  const { machine } = current.fingerprint
  if (run.fingerprint.machine.cpu === machine.cpu) return 'the speed of its processor is not known'
  return otherMachine(run.fingerprint.machine, machine)
}

/** What no calibration makes up for. */
const KIND = ['cores', 'os', 'node'] as const
const MACHINE: Record<keyof Machine, string> = { cpu: 'CPU', cores: 'cores', os: 'system', node: 'Node' }

function otherMachine(theirs: Machine, ours: Machine): string {
  const differences = (['cpu', ...KIND] as const)
    .filter((part) => theirs[part] !== ours[part])
    .map((part) => `${MACHINE[part]} ${theirs[part]}, now ${ours[part]}`)
  return `another machine: ${differences.join('; ')}`
}
