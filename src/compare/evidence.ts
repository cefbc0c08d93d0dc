import type { BaselineRun } from '../baseline/baseline.ts'
import type { Cause } from '../engine/shard-result.ts'
import { stepLabel } from '../profile/step-label.ts'
import type { RunResult, StepResult } from '../result/result.ts'
import { counted } from '../units.ts'
import { disagreements } from './accounting.ts'
import { type Elsewhere, mixDefects } from './answer-mix.ts'
import type { Defect } from './comparison.ts'
import { generatorDefects } from './generator-health.ts'
import { labelDefects } from './label-defects.ts'
import { summable } from './rounds-in-a-row.ts'
import { type Part, scopeOf, WHOLE } from './scope.ts'

/** Failures that came before the target could say anything. */
const NO_CONTACT: ReadonlySet<string> = new Set<Cause>([
  'connection-refused',
  'connection-reset',
  'connection-closed',
  'connect-timeout',
  'unresolved-host',
  'unreachable',
  'tls',
  'no-http2',
])

/** Why a store could not be read, and what to do about it. */
export type Problem = Pick<Defect, 'message' | 'remedy'>

/** Named in a message; the result file has them all. */
const NAMED = 3

/**
 * Every flaw of the evidence itself. `comparable` are the stored runs this one is compared with, `gated` the parts that
 * budgets read, `baselineProblem` why the store could not be read.
 */
export function defectsOf(
  result: RunResult,
  {
    comparable = [],
    gated = [WHOLE],
    baselineProblem,
  }: {
    readonly comparable?: readonly BaselineRun[]
    readonly gated?: readonly Part[]
    readonly baselineProblem?: Problem | undefined
  } = {},
): readonly Defect[] {
  return [
    ...ownDefects(result),
    ...missingSteps(result),
    ...labelDefects(result, comparable),
    ...baselineDefects(baselineProblem),
    ...result.steps
      .filter((step) => gated.some(({ includes }) => includes(step)))
      .flatMap((step) => mixDefects(step, sameStep(step, comparable), STORED)),
  ]
}

/** Flaws of one measurement by itself. */
export function ownDefects(result: RunResult): readonly Defect[] {
  const sums = countsDefects(result)
  return [
    ...sums,
    ...workerDefects(result),
    // Histograms that cannot be read are named above, and nothing can be read from them here.
    // Nothing is known of another's generator.
    ...(sums.length > 0 || result.source ? [] : generatorDefects(result, scopeOf(summable(result), WHOLE))),
    ...targetDefects(result),
  ]
}

function countsDefects(result: RunResult): readonly Defect[] {
  const wrong = disagreements(result)
  if (wrong.length === 0) return []
  const more = wrong.length > NAMED ? ` and ${wrong.length - NAMED} more` : ''
  return [
    {
      code: 'counts-disagree',
      message: `The result does not add up: ${wrong.slice(0, NAMED).join('; ')}${more}`,
      remedy: 'Run again; if it happens again, report it with the result file.',
    },
  ]
}

function workerDefects({ shards, complete, source }: RunResult): readonly Defect[] {
  const { expected, reported, lost } = shards
  const defects: Defect[] = []
  if (!(reported === expected && lost.length === 0))
    defects.push({
      code: 'worker-lost',
      message: source?.ran
        ? lost.slice(0, NAMED).join('; ')
        : `${whatBecame(shards)}${lost.length > 0 ? `: ${lost.slice(0, NAMED).join('; ')}` : ''}`,
      remedy:
        reported === expected || source?.ran
          ? 'See to what ended it, and run again.'
          : 'Run again; a worker that dies again is out of memory more often than not.',
    })
  else if (complete !== true)
    defects.push({
      code: 'cancelled',
      message: 'The run was stopped before its plan was spent',
      remedy: 'Let it run to its end.',
    })
  return defects
}

function whatBecame({ expected, reported, lost }: RunResult['shards']): string {
  const all = counted(expected, 'worker')
  return reported === expected ? `${lost.length} of ${all} ended early` : `${reported} of ${all} reported`
}

function targetDefects({ steps, iterations, plan }: RunResult): readonly Defect[] {
  const sent = steps.reduce((sum, step) => sum + step.sent, 0)
  if (!(sent > 0))
    return [
      {
        code: 'no-samples',
        message: `No request was sent${iterations.dropped > 0 ? `, with ${counted(iterations.dropped, 'arrival')} dropped` : ''}`,
        remedy: 'Measure longer, or send more; check that the warm-up leaves time to measure.',
      },
    ]
  const answered = steps.some(
    ({ succeeded, statuses, bytesReceived }) => succeeded > 0 || bytesReceived > 0 || Object.keys(statuses).length > 0,
  )
  const causes = [...new Set(steps.flatMap((step) => Object.keys(step.causes)))]
  if (causes.includes(NOT_ALLOWED))
    return [
      {
        code: 'target-not-allowed',
        message: `"${plan.target}" led to an address that is not allowed, and nothing was sent there: ${counted(refused(steps), 'request')} ended with ${NOT_ALLOWED}`,
        remedy: 'Where the address is meant, name it in `allow-targets`; docs/targets.md has the rules.',
      },
    ]
  if (answered || !causes.every((cause) => NO_CONTACT.has(cause))) return []
  return [
    {
      code: 'target-unreached',
      message: `"${plan.target}" was never reached: ${counted(sent, 'request')} ended with ${causes.join(', ')}`,
      remedy: 'Check that the service is up, and the address in `target`.',
    },
  ]
}

const NOT_ALLOWED: Cause = 'address-not-allowed'

function refused(steps: RunResult['steps']): number {
  return steps.reduce((sum, { causes }) => sum + (causes[NOT_ALLOWED] ?? 0), 0)
}

/** What is counted of a step, of one run or of several. */
export type StepTally = Pick<StepResult, 'scenario' | 'step' | 'sent' | 'succeeded'>

/**
 * Steps without requests. It is explained if nobody could get there: all iterations that had passed the step before it were
 * cut by the end of the run.
 */
export function missingSteps({
  steps,
  iterations,
}: {
  readonly steps: readonly StepTally[]
  readonly iterations: Pick<RunResult['iterations'], 'cut'>
}): readonly Defect[] {
  return steps.flatMap((step, at): readonly Defect[] => {
    if (step.sent > 0) return []
    const before = steps[at - 1]
    const previous = before?.scenario === step.scenario ? before : undefined
    if (previous !== undefined && previous.succeeded <= iterations.cut) return []
    return [
      {
        code: 'step-missing',
        message: `"${stepLabel(step.scenario, step.step)}" has no requests`,
        remedy: 'Measure longer or send more, so that every scenario gets its share.',
      },
    ]
  })
}

function baselineDefects(problem: Problem | undefined): readonly Defect[] {
  return problem === undefined ? [] : [{ code: 'baseline-damaged', ...problem }]
}

const STORED: Elsewhere = {
  there: 'in the baseline',
  remedy: 'If the change is meant, state it in `expect` and begin a new baseline.',
}

function sameStep({ scenario, step }: StepResult, runs: readonly BaselineRun[]): readonly StepResult[] {
  return runs.flatMap(({ steps }) => steps.filter((other) => other.scenario === scenario && other.step === step))
}
