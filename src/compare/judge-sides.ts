import type { Budget } from '../profile/profile.ts'
import { limitOf, type RelativeLimit } from './change.ts'
import type { Round, SidesOptions } from './compare-sides.ts'
import type { Judgement } from './comparison.ts'
import { type Judged, judgeChange, shownBy } from './judge-budget.ts'
import type { LookLevels } from './look-levels.ts'
import { fewestRounds, isDecision, looksAt } from './looks.ts'
import { measure } from './measure.ts'
import { metricOf } from './metrics.ts'
import { inARow, paceOfRounds } from './rounds-in-a-row.ts'
import { type Part, scopeOf } from './scope.ts'
import { type Sides, sideChange } from './side-change.ts'

/** A relative budget and the part it reads. */
export interface Gated {
  readonly budget: Budget & { readonly limit: RelativeLimit }
  readonly part: Part
}

export function isRelative(budget: Budget): budget is Gated['budget'] {
  return budget.limit.kind === 'baseline'
}

/**
 * What the rounds show of each relative budget. The rules are those of stored runs, two keys, with the noise between rounds
 * in place of that between runs. Looks are taken as the rounds come, at levels that keep the error of all looks together;
 * for each budget the first look that decides stands, with the figures it saw.
 */
export function judgeSides(
  rounds: readonly Round[],
  gated: readonly Gated[],
  options: SidesOptions,
): readonly Judged[] {
  const { after, levels } = looksAt(rounds.length, options)
  let standing = gated.map((one) => unseen(one, sidesOf(rounds, one.part)))
  for (const count of after.filter((count) => count >= fewestRounds(options))) {
    const seen = lookAt(rounds.slice(0, count), gated, { levels, options })
    standing = standing.map((before, at) => (isDecision(before.judgement) ? before : seen[at]!))
  }
  return standing
}

function lookAt(
  rounds: readonly Round[],
  gated: readonly Gated[],
  { levels, options }: { readonly levels: LookLevels; readonly options: SidesOptions },
): readonly Judged[] {
  const look = { ...options, level: levels.bound }
  const parts = new Map([...new Set(gated.map(({ part }) => part))].map((part) => [part, sidesOf(rounds, part)]))
  const weighed = gated.map(({ budget, part }) => {
    const sides = parts.get(part)!
    return { sides, seen: sideChange(budget.metric, budget.limit, sides, look) }
  })
  const shown = shownBy(
    weighed.map(({ seen }) => ('kind' in seen ? undefined : seen)),
    levels.slower,
  )
  return gated.map((one, at) => {
    const { sides, seen } = weighed[at]!
    const before = unseen(one, sides)
    if (before.measured === undefined) return before
    if ('kind' in seen) return { ...before, judgement: seen }
    const { measured } = before
    return judgeChange({ ...one, now: sides.head, measured }, seen, shown[at]!, levels.slower / gated.length)
  })
}

function sidesOf(rounds: readonly Round[], part: Part): Sides {
  const of = (side: keyof Round) => scopeOf(inARow(rounds.map((round) => round[side])), part)
  return { rounds, part, head: of('head'), base: of('base') }
}

/** What there is to see before any look. */
function unseen({ budget: { metric, limit }, part }: Gated, { rounds, head, base }: Sides): Judged {
  const { read, worse } = metricOf(metric)
  const pace = paceOfRounds(
    rounds.map((round) => round.head),
    part,
  )
  const measured = measure(metric, head, pace)
  const before = read(base)
  return {
    measured,
    limit: before === undefined ? undefined : limitOf(limit, before, worse),
    baseline: before === undefined ? undefined : { value: before, runs: rounds.length },
    change: undefined,
    resolution: undefined,
    improved: false,
    judgement: measured === undefined ? { kind: 'no-samples' } : ONE_ROUND,
  }
}

const ONE_ROUND: Judgement = {
  kind: 'undecided',
  reason: 'one round does not tell two versions from two processes of one version',
  remedy: 'Measure at least two rounds.',
}
