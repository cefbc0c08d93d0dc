import { countIn, type HistogramText } from '../histogram.ts'
import { stepLabel } from '../profile/step-label.ts'
import type { RunResult, StepResult } from '../result/result.ts'
import { withinWindow } from '../result/within-window.ts'
import { formatCount } from '../units.ts'

/** Every sum of a result that must add up and does not, in words. Broken numbers, NaN included, do not add up. */
export function disagreements({ iterations, steps, seconds, plan }: RunResult): readonly string[] {
  const { planned, started, dropped, finished, failed, cut } = iterations
  const inWindow = seconds.filter((second) => withinWindow(second, plan))
  return [
    ...differ('iterations planned', planned, 'started and dropped', started + dropped),
    ...differ('iterations started', started, 'finished, failed and cut', finished + failed + cut),
    ...steps.flatMap(disagreementsOf),
    ...differ('requests answered', total(steps, 'succeeded'), 'of all seconds', total(seconds, 'succeeded')),
    ...differ('requests failed', total(steps, 'failed'), 'of all seconds', total(seconds, 'failed')),
    ...differ(
      'requests answered in the window',
      total(steps, 'succeededInWindow'),
      'of its seconds',
      total(inWindow, 'succeeded'),
    ),
    ...seconds.flatMap(({ second, succeeded, response }) =>
      differ(`successes of second ${second}`, succeeded, 'response times', samples(response)),
    ),
  ]
}

function disagreementsOf(step: StepResult): readonly string[] {
  const { sent, succeeded, failed, causes, statuses } = step
  const name = `of ${stepLabel(step.scenario, step.step)}`
  const answers = sum(Object.values(statuses))
  return [
    ...differ(`requests ${name} sent`, sent, 'succeeded and failed', succeeded + failed),
    ...differ(`failures ${name}`, failed, 'causes', sum(Object.values(causes))),
    ...differ(`successes ${name}`, succeeded, 'response times', samples(step.response)),
    ...differ(`successes ${name}`, succeeded, 'service times', samples(step.service)),
    ...differ(`failures ${name}`, failed, 'failure times', samples(step.failures)),
    ...(succeeded <= answers && answers <= sent
      ? []
      : [
          `${formatCount(answers)} status codes ${name} for ${formatCount(succeeded)} successes of ${formatCount(sent)}`,
        ]),
  ]
}

function differ(what: string, count: number, parts: string, sum: number): readonly string[] {
  const agree = count === sum && Number.isSafeInteger(count) && count >= 0
  return agree ? [] : [`${formatCount(count)} ${what}, but ${formatCount(sum)} ${parts}`]
}

/** NaN, which agrees with nothing, when the text is not a histogram. */
function samples(text: HistogramText): number {
  try {
    return countIn(text)
  } catch {
    return Number.NaN
  }
}

function total<K extends string>(parts: readonly Readonly<Record<K, number>>[], key: K): number {
  return sum(parts.map((part) => part[key]))
}

function sum(counts: readonly (number | undefined)[]): number {
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)
}
