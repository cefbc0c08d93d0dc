import type { PlannedScenario, PlannedStep } from '../plan/plan.ts'

/** Ids of the parts of conversations behind which one may come that waits without sending, for what came before it, too. */
export function listensAhead({ steps, blocks = [] }: Pick<PlannedScenario, 'steps' | 'blocks'>): ReadonlySet<number> {
  const ids = new Set<number>()
  let opened = 0
  steps.forEach((step, at) => {
    if (step.kind !== 'request' || step.talk === undefined) return
    if (step.talk.does === 'open') opened = at
    const ends = steps.findIndex((one, index) => index >= at && doesOf(one) === 'close')
    // What is repeated comes again behind itself.
    const around = blocks.filter(({ from, to }) => opened < from && from <= at && at < to).map(({ from }) => from)
    const ahead = steps.slice(Math.min(at, ...around), ends)
    if (ahead.some((one) => isListening(one) && (one !== step || isRepeated(step) || around.length > 0)))
      ids.add(step.id)
  })
  return ids
}

function doesOf(step: PlannedStep): string | undefined {
  return step.kind === 'request' ? step.talk?.does : undefined
}

function isListening(step: PlannedStep): boolean {
  return step.kind === 'request' && step.talk?.does === 'say' && step.talk.receive !== undefined && !step.body
}

function isRepeated({ flow }: Extract<PlannedStep, { kind: 'request' }>): boolean {
  return flow !== undefined && flow.repeat.to > 1
}
