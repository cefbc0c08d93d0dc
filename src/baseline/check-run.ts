import { LoadgateError, messageOf } from '../errors.ts'
import { amount, count, list, Misread, optional, record, where } from '../reader.ts'
import { readResultSummary } from '../result/result-file.ts'
import { type BaselineRun, type BlockFigures, MOST_BLOCKS, type PartBlocks } from './baseline.ts'

/** Throws LoadgateError unless `value` is a run as `baselineRun` makes it; what comes from a store is not trusted. */
export function checkRun(value: unknown): BaselineRun {
  const { inWindow, blocks, ...run } = (value ?? {}) as Record<string, unknown>
  const summary = readResultSummary(run)
  return { ...summary, inWindow: checkInWindow(inWindow, summary.steps), blocks: checkBlocks(blocks, summary.steps) }
}

function checkInWindow(value: unknown, steps: BaselineRun['steps']): BaselineRun['inWindow'] {
  const { succeeded, failed } = (value ?? {}) as Record<string, unknown>
  const most = { succeeded: 0, failed: 0 }
  for (const step of steps) {
    most.succeeded += step.succeeded
    most.failed += step.failed
  }
  if (!isCount(succeeded, most.succeeded) || !isCount(failed, most.failed))
    throw damaged('`inWindow` is not a part of its requests')
  return { succeeded, failed }
}

function isCount(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most
}

const partBlocks = record<PartBlocks>({
  steps: list(count, 10_000),
  succeeded: list(count, MOST_BLOCKS),
  failed: list(count, MOST_BLOCKS),
  p50: list(amount, MOST_BLOCKS),
  p90: list(amount, MOST_BLOCKS),
  p95: list(amount, MOST_BLOCKS),
  p99: list(amount, MOST_BLOCKS),
})

const blockFigures = optional(
  record<BlockFigures>({
    length: where(amount, (length) => length > 0, 'a length'),
    parts: list(partBlocks, 20_001),
  }),
)

/** Runs of earlier versions have none. */
function checkBlocks(value: unknown, steps: BaselineRun['steps']): BlockFigures | undefined {
  try {
    const figures = blockFigures(value, 'blocks')
    for (const part of figures?.parts ?? []) checkPart(part, steps)
    return figures
  } catch (error) {
    if (error instanceof Misread) throw damaged(messageOf(error))
    throw error
  }
}

function checkPart({ steps: ids, succeeded, failed, ...quantiles }: PartBlocks, steps: BaselineRun['steps']): void {
  const own = steps.filter(({ id }) => ids.includes(id))
  if (own.length !== ids.length) throw new Misread('blocks', 'of the steps of the run')
  if (Object.values(quantiles).some((list) => list.length !== succeeded.length) || failed.length !== succeeded.length)
    throw new Misread('blocks', 'a list of equal lists')
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
  if (sum(succeeded) > sum(own.map((step) => step.succeeded)) || sum(failed) > sum(own.map((step) => step.failed)))
    throw new Misread('blocks', 'a part of its requests')
}

function damaged(why: string): LoadgateError {
  return new LoadgateError('infrastructure', `A stored run is damaged: ${why}`)
}
