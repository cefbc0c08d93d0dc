import type { BaselineRun } from '../baseline/baseline.ts'
import { stepLabel } from '../profile/step-label.ts'
import type { RunResult, StepResult } from '../result/result.ts'
import { formatShare, type Share } from '../units.ts'
import type { Defect } from './comparison.ts'

/** Rarer ones come and go, and weigh next to nothing in the whole. */
const NOTABLE: Share = 0.01
/** Requests expected of a label, from which on not one of them is no chance any more: e⁻¹⁰. */
const EXPECTED = 10

/**
 * Labels of another generator that only this run has, or that only the stored ones have. No plan says what should have been
 * sent, so these do: a script that never came to its second half, or that has a new one, is another load.
 */
export function labelDefects(
  { source, steps }: Pick<RunResult, 'source' | 'steps'>,
  comparable: readonly BaselineRun[],
): readonly Defect[] {
  if (source === undefined || comparable.length === 0) return []
  const then = sharesOf(comparable.flatMap((run) => run.steps))
  const now = sharesOf(steps)
  return [
    ...lacking(then, now).map(
      (label): Defect => ({
        code: 'step-missing',
        message: `"${label}" has no requests, and in the baseline it has ${formatShare(then.of.get(label)!)} of them`,
        remedy: source.ran
          ? 'See why it was not sent: the script is the same.'
          : 'See why it was not sent; if the script has changed, begin a new baseline under another `--name`.',
      }),
    ),
    ...lacking(now, then).map(
      (label): Defect => ({
        code: 'unequal-load',
        message: `"${label}" has ${formatShare(now.of.get(label)!)} of the requests, and none in the baseline`,
        remedy: source.ran
          ? 'See why it was not sent before: the script is the same.'
          : 'If the script has changed, begin a new baseline under another `--name`.',
      }),
    ),
  ]
}

interface Shares {
  readonly of: ReadonlyMap<string, Share>
  readonly sent: number
}

function sharesOf(steps: readonly StepResult[]): Shares {
  const counts = new Map<string, number>()
  let sent = 0
  for (const step of steps) {
    const label = stepLabel(step.scenario, step.step)
    counts.set(label, (counts.get(label) ?? 0) + step.sent)
    sent += step.sent
  }
  return { of: new Map([...counts].map(([label, count]) => [label, count / Math.max(1, sent)])), sent }
}

function lacking(has: Shares, lacks: Shares): readonly string[] {
  return [...has.of]
    .filter(([label, share]) => (lacks.of.get(label) ?? 0) === 0 && share >= NOTABLE && share * lacks.sent >= EXPECTED)
    .map(([label]) => label)
}
