import { subjectOf } from '../profile/budget.ts'
import type { Budget } from '../profile/profile.ts'
import { type Difference, namesOf } from './difference.ts'
import { orderOf } from './limits.ts'

/** Budgets by what they limit; the defaults that stand in for what is not written are among them. */
export function budgetDifferences(base: readonly Budget[], head: readonly Budget[]): readonly Difference[] {
  const [before, after] = [bySubject(base), bySubject(head)]
  return namesOf(before.keys(), after.keys()).flatMap((subject): readonly Difference[] => {
    const [was, is] = [before.get(subject), after.get(subject)]
    const effect = effectOf(was, is)
    if (effect === 'same') return []
    return [{ what: `budget ${about(was ?? is!)}`, before: was?.text, after: is?.text, effect }]
  })
}

function effectOf(was: Budget | undefined, is: Budget | undefined): Difference['effect'] | 'same' {
  if (was === undefined) return 'tighter'
  if (is === undefined) return 'looser'
  return orderOf(was.metric, was.limit, is.limit)
}

function about({ metric, of, limit, abort }: Budget): string {
  const scope = of === undefined ? '' : ` of "${of}"`
  return `${metric}${scope}${limit.kind === 'baseline' ? ' against the baseline' : abort ? ' while it runs' : ''}`
}

export function bySubject(budgets: readonly Budget[]): ReadonlyMap<string, Budget> {
  return new Map(budgets.map((budget) => [subjectOf(budget), budget]))
}
