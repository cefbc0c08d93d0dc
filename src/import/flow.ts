import { readChance } from '../profile/read-flow.ts'
import type { Account } from './account.ts'
import type { Draft, DraftFlow, DraftScenario, DraftStep } from './draft.ts'
import { requestsIn } from './draft.ts'

/** The steps with this said of all of them together: at the request itself where it is the only step. */
export function withFlow(steps: readonly DraftStep[], flow: DraftFlow): readonly DraftStep[] {
  if (requestsIn(steps).length === 0) return steps
  const [only, ...more] = steps.filter(({ kind }) => kind !== 'note')
  if (more.length > 0 || only?.kind !== 'request' || isFlowing(only)) return [{ kind: 'block', ...flow, steps }]
  return steps.map((step) => (step === only ? { ...only, ...flow } : step))
}

function isFlowing({ chance, when, repeat }: DraftFlow): boolean {
  return chance !== undefined || when !== undefined || repeat !== undefined
}

function isOptional(step: DraftStep): boolean {
  if (step.kind !== 'request' && step.kind !== 'block') return true
  return step.chance !== undefined || step.when !== undefined || (step.kind === 'block' && step.steps.every(isOptional))
}

/**
 * The draft with one request in each scenario that is always sent, as the reader of profiles asks for. Where there was none,
 * it is the first one.
 */
export function alwaysSending(draft: Draft, account: Account): Draft {
  const scenarios = draft.scenarios.map((scenario) => {
    const first = scenario.steps.find((step) => requestsIn([step]).length > 0)
    if (first === undefined || !scenario.steps.every(isOptional)) return scenario
    account.note(
      `Each time through "${scenario.name}" something is sent here, by the first of its steps if by no other.`,
    )
    return { ...scenario, steps: scenario.steps.flatMap((step) => (step === first ? always(step) : [step])) }
  })
  return { ...draft, scenarios }
}

function always(step: DraftStep): readonly DraftStep[] {
  if (step.kind !== 'block') return unconditional(step)
  const first = step.steps.find((inner) => requestsIn([inner]).length > 0)
  const isIdle = step.steps.every(isOptional)
  return unconditional({
    ...step,
    steps: step.steps.flatMap((inner) => (isIdle && inner === first ? always(inner) : [inner])),
  })
}

/**
 * A scenario of which each step is sent by chance alone, as scenarios of which each is done in its share of the times: what
 * is sent how often stays the same. Undefined where it is not such a one.
 */
export function byChance(scenario: DraftScenario): readonly DraftScenario[] | undefined {
  const { name, weight = 1, once = [], steps } = scenario
  const given = steps.filter((step) => requestsIn([step]).length > 0)
  const shares = given.map((step) => shareOf(step))
  if (once.length > 0 || given.length < 2 || !shares.every((share) => share !== undefined)) return undefined
  return given.map((step, index) => ({
    name: `${name} > ${requestsIn([step])[0]!.name ?? index + 1}`,
    weight: Number((weight * shares[index]!).toPrecision(6)),
    steps: steps.flatMap((other) => (other === step ? unconditional(step) : given.includes(other) ? [] : [other])),
  }))
}

function shareOf(step: DraftStep): number | undefined {
  if ((step.kind !== 'request' && step.kind !== 'block') || step.chance === undefined || step.when !== undefined)
    return undefined
  const read = readChance(step.chance)
  return 'value' in read ? read.value : undefined
}

/** Steps together need a reason. */
function unconditional(step: DraftStep): readonly DraftStep[] {
  if (step.kind !== 'request' && step.kind !== 'block') return [step]
  const { chance: _, when: __, ...rest } = step
  return rest.kind === 'block' && rest.repeat === undefined ? rest.steps : [rest]
}
