import type { Machine, RunResult } from '../result/result.ts'
import { type Baseline, type BaselineRun, STALE_AFTER } from './baseline.ts'

export interface Comparable {
  /** Oldest first. */
  readonly runs: readonly BaselineRun[]
  /** The others, by reason in words. */
  readonly refused: readonly { readonly runs: number; readonly reason: string }[]
}

/** Sorts the window into runs that measured the same as `current` and runs that did not. */
export function comparableRuns(
  baseline: Baseline,
  current: Pick<RunResult, 'id' | 'startedAt' | 'fingerprint'>,
): Comparable {
  const runs: BaselineRun[] = []
  const refused = new Map<string, number>()
  for (const run of baseline.runs) {
    const reason = refusal(run, current)
    if (reason === undefined) runs.push(run)
    else refused.set(reason, (refused.get(reason) ?? 0) + 1)
  }
  return { runs, refused: [...refused].map(([reason, runs]) => ({ runs, reason })) }
}

function refusal(run: BaselineRun, current: Pick<RunResult, 'id' | 'startedAt' | 'fingerprint'>): string | undefined {
  const { plan, generator, machine } = current.fingerprint
  const theirs = run.fingerprint
  // Compared with itself every run is unchanged.
  if (run.id === current.id) return 'it is this run itself'
  if (!run.complete) return 'the run was not complete'
  if (theirs.plan !== plan) return 'another load: the profile has changed'
  if (theirs.generator !== generator) return `another generator: version ${theirs.generator}, now ${generator}`
  const other = otherMachine(theirs.machine, machine)
  if (other !== undefined) return other
  if (!(current.startedAt - run.startedAt <= STALE_AFTER)) return 'older than 60 days'
  return undefined
}

const MACHINE: Record<keyof Machine, string> = { cpu: 'CPU', cores: 'cores', os: 'system', node: 'Node' }

function otherMachine(theirs: Machine, ours: Machine): string | undefined {
  const parts = (['cpu', 'cores', 'os', 'node'] as const).filter((part) => theirs[part] !== ours[part])
  if (parts.length === 0) return undefined
  return `another machine: ${parts.map((part) => `${MACHINE[part]} ${theirs[part]}, now ${ours[part]}`).join('; ')}`
}
