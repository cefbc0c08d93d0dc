import type { PlannedScenario, PlannedStep } from '../plan/plan.ts'
import { isBeside } from '../profile/beside.ts'
import type { Block } from '../profile/profile.ts'
import type { CompiledRequest, CompiledScenario, CompiledStep } from './scenario.ts'

type RequestStep = Extract<PlannedStep, { kind: 'request' }>
type Compile = (step: RequestStep, beside: readonly CompiledRequest[] | undefined) => CompiledRequest

/** A scenario as it is gone through: blocks have a step at either end, and what comes beside a page stands with it. */
export function layOut(
  { steps, blocks = [] }: Pick<PlannedScenario, 'steps' | 'blocks'>,
  compile: Compile,
): Pick<CompiledScenario, 'once' | 'steps'> {
  const laid: CompiledStep[] = []
  const lay = (from: number, to: number, inner: readonly Block[]): void => {
    for (let at = from; at < to; ) {
      const block = inner.find((one) => one.from === at)
      if (block) layBlock(block, inner.slice(inner.indexOf(block) + 1))
      else layStep(at)
      at = block?.to ?? at + 1
    }
  }
  const layBlock = ({ from, to, flow }: Block, inner: readonly Block[]): void => {
    const start = laid.length
    laid.push({ kind: 'end', flow, start })
    lay(
      from,
      to,
      inner.filter((one) => one.to <= to),
    )
    laid[start] = { kind: 'block', flow, end: laid.length }
    laid.push({ kind: 'end', flow, start })
  }
  const layStep = (at: number): void => {
    const step = steps[at]!
    if (step.kind === 'think') laid.push(step)
    else if (!isBeside(step)) laid.push(compile(step, besideOf(steps, at, compile)))
  }
  const again = steps.findIndex(({ once }) => !once)
  lay(0, again, blocks)
  const once = laid.length
  lay(again, steps.length, blocks)
  return { once, steps: laid }
}

/** Of the page that stands there. */
function besideOf(
  steps: readonly PlannedStep[],
  page: number,
  compile: Compile,
): readonly CompiledRequest[] | undefined {
  const beside: CompiledRequest[] = []
  for (const step of steps.slice(page + 1)) {
    if (step.kind !== 'request' || !isBeside(step)) break
    beside.push(compile(step, undefined))
  }
  return beside.length > 0 ? beside : undefined
}
