import { formatDuration } from '../units.ts'
import { budgetDifferences } from './budget-differences.ts'
import { dataDifferences } from './data-differences.ts'
import { type Difference, namesOf, numberDiffers, textDiffers } from './difference.ts'
import { fileDifferences } from './file-differences.ts'
import { functionDifferences } from './function-differences.ts'
import { guardDifferences } from './guard-differences.ts'
import { loadDifferences } from './load-differences.ts'
import type { Policy } from './policy.ts'
import { scenarioDifferences } from './scenario-differences.ts'
import { scriptDifferences } from './script-differences.ts'

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
    ...functionDifferences(base.plan.functions, head.plan.functions),
    ...scriptDifferences(base, head),
    ...fileDifferences(base.plan, head.plan),
    ...scenarioDifferences(base.profile, head.profile),
    ...guardDifferences(base.profile, head.profile),
  ]
  // Whatever a later version of the plan holds, and nobody has taught this page to say, is still no secret.
  if (known.length > 0 || base.plan.hash === head.plan.hash) return known
  return textDiffers('load', base.plan.hash.slice(0, 12), head.plan.hash.slice(0, 12))
}

type Service = Policy['profile']['service']

/** Commands, a path and a switch, and how long they may take. */
function serviceDifferences(before: Service, after: Service): readonly Difference[] {
  const [was, is] = [new Map(Object.entries(before ?? {})), new Map(Object.entries(after ?? {}))]
  return namesOf(was.keys(), is.keys()).flatMap((key) => {
    const [value, valueNow] = [was.get(key), is.get(key)]
    const what = `service: ${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    if (typeof value === 'number' && typeof valueNow === 'number')
      return numberDiffers(what, [value, valueNow], 'looser', formatDuration)
    return textDiffers(what, textOf(value), textOf(valueNow))
  })
}

/** All numbers of a service are times. */
function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined
  return typeof value === 'number' ? formatDuration(value) : String(value)
}
