import { isWithinWindow } from '../engine/interval.ts'
import { type HistogramText, quantileOf } from '../histogram.ts'
import type { RunResult, StepResult } from '../result/result.ts'
import type { Share } from '../units.ts'
import type { Round } from './compare-sides.ts'

/** Steps whose requests are measured together, by their ids. */
export type Group = readonly number[]

/** Successes from which on a block has a quantile worth the name: ten beyond it, above p95 at least five and 200 in all. */
export function blockNeeds(q: Share): number {
  return Math.ceil(Math.max(Math.min(10 / (1 - q), 200), 5 / (1 - q)) - 1e-9)
}

/** The same of a whole round: ten beyond the quantile. */
export function roundNeeds(q: Share): number {
  return Math.ceil(10 / (1 - q) - 1e-9)
}

/** Successes that make the logarithm of a count worth taking. */
const COUNTED = 20

/**
 * The change of the q-quantile in each block of a round, as ln(head / base): the mean over the groups of steps, so that each
 * counts alike. Blocks become longer until each group has its successes on both versions, and what is left at the end joins
 * the last one. Empty where a group has none at all.
 */
export function quantileChanges(round: Round, groups: readonly Group[], q: Share): readonly number[] {
  const known = seen.get(round) ?? new Map<string, readonly number[]>()
  seen.set(round, known)
  const key = `${q} of ${groups.map((ids) => ids.join('+')).join()}`
  const changes = known.get(key) ?? changesIn(round, groups, q)
  known.set(key, changes)
  return changes
}

/** A round is looked at again whenever another one comes, and it never changes. */
const seen = new WeakMap<Round, Map<string, readonly number[]>>()

function changesIn(round: Round, groups: readonly Group[], q: Share): readonly number[] {
  const sides = [samplesOf(round.head, groups), samplesOf(round.base, groups)] as const
  const needed = blockNeeds(q)
  const blocks = cut(indexesOf(sides.flat()), (taken) =>
    sides.every((side) => side.every((group) => countIn(group, taken) >= needed)),
  )
  return blocks.flatMap((block) => {
    const [head, base] = sides.map((side) => side.map((group) => quantileIn(group, block, q)))
    const changes = head!.map((us, at) => Math.log(us / base![at]!))
    const change = changes.reduce((sum, one) => sum + one, 0) / changes.length
    return Number.isFinite(change) ? [change] : []
  })
}

/** The change of the successes in each block within the window, as ln(base / head): fewer are worse. */
export function paceChanges({ base, head }: Round, steps: Group): readonly number[] {
  const [ours, theirs] = [succeededIn(head, steps), succeededIn(base, steps)]
  const blocks = cut([...ours.keys()], (taken) =>
    [ours, theirs].every((side) => taken.reduce((sum, at) => sum + (side[at] ?? 0), 0) >= COUNTED),
  )
  // One success is kinder than the truth where there is none, and still far below.
  const inBlock = (side: readonly number[], block: readonly number[]) =>
    Math.max(
      1,
      block.reduce((sum, at) => sum + (side[at] ?? 0), 0),
    )
  return blocks.map((block) => Math.log(inBlock(theirs, block) / inBlock(ours, block)))
}

/** In how many blocks the head failed more often than the base. */
export function blocksWithMoreFailures({ base, head }: Round, steps: Group): number {
  const failed = (run: RunResult) => {
    const byIndex = new Map<number, number>()
    for (const step of stepsOf(run, steps))
      for (const { index, failed } of step.blocks?.records ?? []) byIndex.set(index, (byIndex.get(index) ?? 0) + failed)
    return byIndex
  }
  const theirs = failed(base)
  return [...failed(head)].filter(([index, count]) => count > (theirs.get(index) ?? 0)).length
}

/** Of one group, by the index of the block. */
type Samples = ReadonlyMap<number, { readonly count: number; readonly texts: readonly HistogramText[] }>

function samplesOf(run: RunResult, groups: readonly Group[]): readonly Samples[] {
  return groups.map((ids) => {
    const byIndex = new Map<number, { count: number; texts: HistogramText[] }>()
    for (const step of stepsOf(run, ids))
      for (const { index, succeeded, response } of step.blocks?.records ?? []) {
        const known = byIndex.get(index) ?? { count: 0, texts: [] }
        known.count += succeeded
        known.texts.push(response)
        byIndex.set(index, known)
      }
    return byIndex
  })
}

function countIn(group: Samples, block: readonly number[]): number {
  return block.reduce((sum, index) => sum + (group.get(index)?.count ?? 0), 0)
}

/** NaN without samples. */
function quantileIn(group: Samples, block: readonly number[], q: Share): number {
  const us = quantileOf(
    block.flatMap((index) => group.get(index)?.texts ?? []),
    q,
  )
  // The histogram's smallest step is a microsecond, so a 0 means less than that. It only keeps the logarithm finite.
  return us === undefined ? Number.NaN : Math.max(us, 1)
}

/** Successes of the steps in each block of the window, in order. */
function succeededIn(run: RunResult, steps: Group): readonly number[] {
  const { measured } = run.plan
  const counts: number[] = []
  for (const { blocks } of stepsOf(run, steps)) {
    if (blocks === undefined) continue
    const { length, records } = blocks
    while (counts.length < measured / length) counts.push(0)
    for (const { index, succeeded } of records)
      if (isWithinWindow(index, { measured, length })) counts[index]! += succeeded
  }
  return counts
}

function stepsOf(run: RunResult, ids: Group): readonly StepResult[] {
  return [...run.steps, ...(run.background?.steps ?? [])].filter(({ id }) => ids.includes(id))
}

function indexesOf(groups: readonly Samples[]): readonly number[] {
  return [...new Set(groups.flatMap((group) => [...group.keys()]))].sort((a, b) => a - b)
}

/** Neighbours put together until they are enough; a rest that is not joins the last one, or stands alone. */
function cut(indexes: readonly number[], isEnough: (taken: readonly number[]) => boolean): readonly number[][] {
  const blocks: number[][] = []
  let taken: number[] = []
  for (const index of indexes) {
    taken.push(index)
    if (!isEnough(taken)) continue
    blocks.push(taken)
    taken = []
  }
  if (taken.length > 0) {
    const last = blocks.at(-1)
    if (last) last.push(...taken)
    else blocks.push(taken)
  }
  return blocks
}
