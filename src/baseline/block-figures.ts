import { type HistogramText, quantileOf, sumOf } from '../histogram.ts'
import type { RunResult, StepResult } from '../result/result.ts'
import { type BlockFigures, MOST_BLOCKS, type PartBlocks } from './baseline.ts'

/** What a store keeps of the blocks of a run's steps; undefined where some step has none, or the window holds none whole. */
export function blockFigures({ steps, plan }: Pick<RunResult, 'steps' | 'plan'>): BlockFigures | undefined {
  const length = steps[0]?.blocks?.length
  if (length === undefined || steps.some(({ blocks }) => blocks?.length !== length)) return undefined
  const whole = Math.floor(plan.measured / length)
  if (whole === 0) return undefined
  const together = Math.ceil(whole / MOST_BLOCKS)
  const count = Math.floor(whole / together)
  return { length: length * together, parts: partsOf(steps).map((part) => partBlocks(part, { count, together })) }
}

/** No two of the same steps. */
function partsOf(steps: readonly StepResult[]): readonly (readonly StepResult[])[] {
  const scenarios = [...new Set(steps.map(({ scenario }) => scenario))].map((name) =>
    steps.filter(({ scenario }) => scenario === name),
  )
  const parts = [steps, ...scenarios, ...steps.map((step) => [step])]
  return parts.filter((part, at) => at === parts.findIndex((other) => keyOf(other) === keyOf(part)))
}

function keyOf(part: readonly StepResult[]): string {
  return part.map(({ id }) => id).join()
}

interface Block {
  succeeded: number
  failed: number
  readonly texts: HistogramText[]
}

function partBlocks(
  steps: readonly StepResult[],
  { count, together }: { readonly count: number; readonly together: number },
): PartBlocks {
  const blocks = Array.from({ length: count }, (): Block => ({ succeeded: 0, failed: 0, texts: [] }))
  for (const { index, succeeded, failed, response } of steps.flatMap((step) => step.blocks?.records ?? [])) {
    const block = blocks[Math.floor(index / together)]
    if (block === undefined) continue
    block.succeeded += succeeded
    block.failed += failed
    block.texts.push(response)
  }
  const responses = blocks.map(({ texts }) => [sumOf(texts)])
  const quantiles = (q: number) => responses.map((response) => quantileOf(response, q) ?? 0)
  return {
    steps: steps.map(({ id }) => id),
    succeeded: blocks.map(({ succeeded }) => succeeded),
    failed: blocks.map(({ failed }) => failed),
    p50: quantiles(0.5),
    p90: quantiles(0.9),
    p95: quantiles(0.95),
    p99: quantiles(0.99),
  }
}
