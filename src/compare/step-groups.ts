import type { Share } from '../units.ts'
import { type Group, roundNeeds } from './blocks.ts'
import type { Round } from './compare-sides.ts'
import { type Part, stepsBeside } from './scope.ts'

/** How a part is measured side by side: its groups of steps, or how few successes it has where these are too few. */
export type Grouping =
  | { readonly kind: 'groups'; readonly groups: readonly Group[] }
  | { readonly kind: 'too-few'; readonly successes: number; readonly needed: number }

interface Step {
  readonly id: number
  /** Of the side that has fewer, per round. */
  readonly successes: number
}

/**
 * Each step of the part by itself, so that a quick step that became slow is not hidden behind a slow one. Steps with too few
 * successes for the quantile are measured together or, where that is still too few, with the rarest of the others: no
 * request is left out.
 */
export function groupSteps(rounds: readonly Round[], part: Part, q: Share): Grouping {
  const needed = roundNeeds(q)
  const steps = successesByStep(rounds, part).toSorted((a, b) => b.successes - a.successes)
  const often = steps.filter(({ successes }) => successes >= needed)
  const rest = steps.slice(often.length)
  const left = rest.reduce((sum, { successes }) => sum + successes, 0)
  if (often.length === 0 && left < needed) return { kind: 'too-few', successes: Math.floor(left), needed }
  const groups = often.map(({ id }) => [id])
  if (left >= needed) groups.push(idsOf(rest))
  else groups.at(-1)?.push(...idsOf(rest))
  return { kind: 'groups', groups }
}

function idsOf(steps: readonly Step[]): number[] {
  return steps.map(({ id }) => id)
}

function successesByStep(rounds: readonly Round[], part: Part): readonly Step[] {
  const steps = rounds[0] ? stepsBeside(rounds[0].head, part) : []
  return steps.flatMap((step, at) => {
    if (!part.includes(step)) return []
    const succeeded = (side: keyof Round) =>
      rounds.reduce((sum, round) => sum + (stepsBeside(round[side], part)[at]?.succeeded ?? 0), 0) / rounds.length
    return [{ id: step.id, successes: Math.min(succeeded('base'), succeeded('head')) }]
  })
}
