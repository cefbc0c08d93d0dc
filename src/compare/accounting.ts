import { isWithinWindow } from '../engine/interval.ts'
import { countIn, type HistogramText } from '../histogram.ts'
import { stepLabel } from '../profile/step-label.ts'
import type { RunResult, StepResult } from '../result/result.ts'
import { timed } from '../result/result-file.ts'
import { counted, formatCount } from '../units.ts'

/** Every sum of a result that must add up and does not, in words. Broken numbers, NaN included, do not add up. */
export function disagreements(result: RunResult): readonly string[] {
  const { iterations, groups = [], steps, background, intervals, plan } = result
  const { length, records } = intervals
  const inWindow = records.filter(({ index }) => isWithinWindow(index, { measured: plan.measured, length }))
  return [
    ...iterationDisagreements(iterations, 'iterations'),
    ...groups.flatMap((group) =>
      iterationDisagreements(
        group.iterations,
        `iterations of ${group.scenarios.map((name) => `"${name}"`).join(', ')}`,
      ),
    ),
    ...(groups.length === 0 ? [] : groupDisagreements(iterations, groups)),
    ...[...steps, ...(background?.steps ?? [])].flatMap((step) => disagreementsOf(step, result)),
    ...differ('requests answered', ...byStepAndInterval(total(steps, 'succeeded'), total(records, 'succeeded'))),
    ...differ('requests failed', ...byStepAndInterval(total(steps, 'failed'), total(records, 'failed'))),
    ...differ(
      'requests answered in the window',
      ...byStepAndInterval(total(steps, 'succeededInWindow'), total(inWindow, 'succeeded')),
    ),
    ...records.flatMap(({ index, succeeded, response }) =>
      differ(
        `successes of interval ${index}`,
        [timed(succeeded, result), 'counted'],
        [samples(response), 'with a response time'],
      ),
    ),
  ]
}

function iterationDisagreements(
  { planned, started, dropped, finished, failed, cut }: RunResult['iterations'],
  what: string,
): readonly string[] {
  return [
    ...differ(what, [planned, 'planned'], [started + dropped, 'started or dropped']),
    ...differ(what, [started, 'started'], [finished + failed + cut, 'finished, failed or cut']),
  ]
}

function groupDisagreements(
  iterations: RunResult['iterations'],
  groups: NonNullable<RunResult['groups']>,
): readonly string[] {
  const measured = groups.filter(({ background }) => !background).map((group) => group.iterations)
  return (['planned', 'dropped'] as const).flatMap((count) =>
    differ('iterations', [iterations[count], count], [total(measured, count), `${count} by group`]),
  )
}

function disagreementsOf(step: StepResult, result: RunResult): readonly string[] {
  const { sent, succeeded, failed, causes, statuses } = step
  const [well, badly] = [timed(succeeded, result), timed(failed, result)]
  // Not every generator tells the status of every answer.
  const fewest = result.source === undefined ? succeeded : 0
  const name = `of "${stepLabel(step.scenario, step.step)}"`
  const answers = sum(Object.values(statuses))
  return [
    ...differ(`requests ${name}`, [sent, 'sent'], [succeeded + failed, 'succeeded or failed']),
    ...differ(`failures ${name}`, [failed, 'counted'], [sum(Object.values(causes)), 'with a cause']),
    ...differ(`successes ${name}`, [well, 'counted'], [samples(step.response), 'with a response time']),
    ...differ(`successes ${name}`, [well, 'counted'], [samples(step.service), 'with a service time']),
    ...differ(`failures ${name}`, [badly, 'counted'], [samples(step.failures), 'with a time']),
    ...blockDisagreements(step, name),
    ...eventDisagreements(step, name),
    ...(fewest <= answers && answers <= sent
      ? []
      : [
          `${counted(answers, 'status code')} ${name} for ${counted(succeeded, 'success', 'successes')} of ${formatCount(sent)}`,
        ]),
  ]
}

/** A stream has a first event, from each to its next there is a time, and to the last. */
function eventDisagreements({ events, succeeded }: StepResult, name: string): readonly string[] {
  if (events === undefined) return []
  const behind = events.received - succeeded
  return [
    ...differ(`events ${name}`, [behind, 'behind the first'], [samples(events.between), 'with a time before them']),
    ...differ(`streams ${name}`, [succeeded, 'counted'], [samples(events.last), 'with a last event']),
  ]
}

/** A result of an earlier version has no blocks. */
function blockDisagreements({ blocks, succeeded, failed }: StepResult, name: string): readonly string[] {
  if (blocks === undefined) return []
  const { records } = blocks
  return [
    ...differ(`successes ${name}`, [succeeded, 'counted'], [total(records, 'succeeded'), 'by block']),
    ...differ(`failures ${name}`, [failed, 'counted'], [total(records, 'failed'), 'by block']),
    ...records.flatMap((record) =>
      differ(
        `successes ${name} in block ${record.index}`,
        [record.succeeded, 'counted'],
        [samples(record.response), 'with a response time'],
      ),
    ),
  ]
}

type Count = readonly [count: number, how: string]

function differ(what: string, [count, how]: Count, [other, otherwise]: Count): readonly string[] {
  const agree = count === other && Number.isSafeInteger(count) && count >= 0
  return agree ? [] : [`${what}: ${formatCount(count)} ${how}, but ${formatCount(other)} ${otherwise}`]
}

function byStepAndInterval(steps: number, intervals: number): readonly [Count, Count] {
  return [
    [steps, 'by step'],
    [intervals, 'by interval'],
  ]
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
