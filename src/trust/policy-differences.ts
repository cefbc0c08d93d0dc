import { formatDuration } from '../units.ts'
import { budgetDifferences } from './budget-differences.ts'
import { dataDifferences } from './data-differences.ts'
import { type Difference, namesOf, numberDiffers, textDiffers } from './difference.ts'
import { loadDifferences } from './load-differences.ts'
import type { Policy } from './policy.ts'
import { scenarioDifferences } from './scenario-differences.ts'

/**
 * Everything in which two profiles differ that could change a verdict, what is looser first. Defaults count as if they were
 * written, so that leaving something out is no way around. What was renamed is one thing less and one more.
 */
export function policyDifferences(base: Policy, head: Policy): readonly Difference[] {
  const all = [...loadOrServiceDifferences(base, head), ...budgetDifferences(base.plan.budgets, head.plan.budgets)]
  return all.toSorted((a, b) => RANK[a.effect] - RANK[b.effect])
}

const RANK: Readonly<Record<Difference['effect'], number>> = { looser: 0, different: 1, tighter: 2 }

/** All but the budgets: whether the two send the same to the same. */
export function loadOrServiceDifferences(base: Policy, head: Policy): readonly Difference[] {
  const known = [
    ...textDiffers('name', base.profile.name, head.profile.name),
    ...textDiffers('target', base.profile.target, head.profile.target),
    ...serviceDifferences(base.profile.service, head.profile.service),
    ...loadDifferences(base, head),
    ...dataDifferences(base, head),
    ...scenarioDifferences(base.profile, head.profile),
  ]
  // Whatever a later version of the plan holds, and nobody has taught this page to say, is still no secret.
  if (known.length > 0 || base.plan.hash === head.plan.hash) return known
  return textDiffers('load', base.plan.hash.slice(0, 12), head.plan.hash.slice(0, 12))
}

type Service = Policy['profile']['service']

/** How long it may take to be ready is a number; the rest is a command, a path, or a switch. */
function serviceDifferences(before: Service, after: Service): readonly Difference[] {
  const { readyWithin: patience, ...written } = before ?? {}
  const { readyWithin: patienceNow, ...writtenNow } = after ?? {}
  const [was, is] = [new Map(Object.entries(written)), new Map(Object.entries(writtenNow))]
  return [
    ...namesOf(was.keys(), is.keys()).flatMap((key) =>
      textDiffers(`service: ${key}`, textOf(was.get(key)), textOf(is.get(key))),
    ),
    ...(patience === undefined || patienceNow === undefined
      ? []
      : numberDiffers('service: ready-within', [patience, patienceNow], 'looser', formatDuration)),
  ]
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value)
}
