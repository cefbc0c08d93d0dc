import { timesOf } from '../plan/expected.ts'
import { meanPause } from '../plan/pause.ts'
import type { LoadProfile, Pause, RequestStep, Scenario } from '../profile/profile.ts'
import { formatMs, type Ms } from '../units.ts'
import { courseDifferences } from './course-differences.ts'
import { type Difference, demandDiffers, namesOf, numberDiffers, textDiffers } from './difference.ts'
import { stepDifferences } from './step-differences.ts'

type Scenarios = Pick<LoadProfile, 'scenarios' | 'timeout'>

/** What users do, and how often. */
export function scenarioDifferences(base: Scenarios, head: Scenarios): readonly Difference[] {
  const [before, after] = [byName(base.scenarios), byName(head.scenarios)]
  const timeouts = { before: base.timeout, after: head.timeout }
  return [
    ...namesOf(before.keys(), after.keys()).flatMap((name) => {
      const [was, is] = [before.get(name), after.get(name)]
      if (was !== undefined && is !== undefined) return differencesWithin(was, is, timeouts)
      return addedOrRemoved(`scenario "${name}"`, was && listOf(was), is && listOf(is))
    }),
    ...orderDiffers('order of the scenarios', [...before.keys()], [...after.keys()]),
  ]
}

function differencesWithin(
  before: Scenario,
  after: Scenario,
  timeouts: { readonly before: Ms; readonly after: Ms },
): readonly Difference[] {
  const what = `scenario "${before.name}"`
  const [requests, requestsNow] = [byName(requestsOf(before)), byName(requestsOf(after))]
  return [
    ...numberDiffers(`${what}: weight`, [before.weight, after.weight], 'different', String),
    ...namesOf(requests.keys(), requestsNow.keys()).flatMap((name) => {
      const [was, is] = [requests.get(name), requestsNow.get(name)]
      const step = `step "${name}" of "${before.name}"`
      if (was !== undefined && is !== undefined)
        return stepDifferences(step, { step: was, timeout: timeouts.before }, { step: is, timeout: timeouts.after })
      return addedOrRemoved(step, was && 'sent', is && 'sent')
    }),
    ...courseDifferences(before, after),
    ...orderDiffers(`${what}: order of the steps`, [...requests.keys()], [...requestsNow.keys()]),
    ...pauseDifferences(what, before, after),
  ]
}

/** What is not sent any more cannot be seen to be slow; what is sent in addition may hide what was sent before. */
function addedOrRemoved(what: string, before: string | undefined, after: string | undefined): readonly Difference[] {
  return after === undefined ? demandDiffers(what, before, after) : textDiffers(what, before, after)
}

/** Of those that both have. */
function orderDiffers(what: string, before: readonly string[], after: readonly string[]): readonly Difference[] {
  const list = (names: readonly string[], others: readonly string[]) =>
    names
      .filter((name) => others.includes(name))
      .map((name) => `"${name}"`)
      .join(', ')
  return textDiffers(what, list(before, after), list(after, before))
}

/** Longer pauses leave users less time for requests. */
function pauseDifferences(what: string, before: Scenario, after: Scenario): readonly Difference[] {
  const total = numberDiffers(`${what}: pauses together`, [pauseOf(before), pauseOf(after)], 'looser', formatMs)
  if (total.length > 0) return total
  return textDiffers(`${what}: pauses`, pausesOf(before), pausesOf(after))
}

function pauseOf(scenario: Scenario): Ms {
  const times = timesOf(scenario)
  const pauses = scenario.steps.map((step, index) =>
    step.kind === 'think' && !step.once ? times[index]! * meanPause(step) : 0,
  )
  return pauses.reduce((sum, pause) => sum + pause, 0)
}

/** Each with the number of requests before it. */
function pausesOf({ steps }: Scenario): string {
  let requests = 0
  const pauses: string[] = []
  for (const step of steps)
    if (step.kind === 'request') requests++
    else pauses.push(`${pauseText(step)} behind request ${requests}${step.once ? ', once' : ''}`)
  return pauses.join(', ') || 'none'
}

function pauseText(pause: Pause): string {
  if (pause.shape === undefined) return `${formatMs(pause.from)}–${formatMs(pause.to)}`
  const around = pause.shape === 'normal' ? ` ± ${formatMs(pause.deviation)}` : ''
  return `${pause.shape} ${formatMs(pause.mean)}${around}`
}

function listOf({ steps }: Scenario): string {
  return requestsOf({ steps })
    .map(({ name }) => name)
    .join(', ')
}

function requestsOf({ steps }: Pick<Scenario, 'steps'>): readonly RequestStep[] {
  return steps.filter((step) => step.kind === 'request')
}

function byName<T extends { readonly name: string }>(parts: readonly T[]): ReadonlyMap<string, T> {
  return new Map(parts.map((part) => [part.name, part]))
}
