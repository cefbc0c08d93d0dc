import { nearest } from '../nearest.ts'
import { type ParsedBudget, parseBudget, subjectOf } from './budget.ts'
import { type Budget, eventTimeOf } from './profile.ts'
import type { Named } from './read-scenarios.ts'
import { complain, type Reading } from './reading.ts'
import { type Wrong, wrong } from './scalars.ts'
import { show } from './show.ts'
import { stepLabel } from './step-label.ts'
import { headSpan, nodeAt, type Path } from './tree.ts'

export interface Scopes {
  readonly named: readonly Named[]
  /** False when some scenario or step has no readable name: then an unknown one may well be right. */
  readonly allNamed: boolean
}

/** The budgets that are right; what is wrong with the others is in the log. */
export function readBudgets(
  reading: Reading,
  texts: readonly (string | undefined)[],
  { path, scopes }: { readonly path: Path; readonly scopes: Scopes },
): readonly Budget[] {
  const seen = new Map<string, number>()
  return texts.flatMap((text, index) => {
    const place = [...path, index]
    const budget = text === undefined ? undefined : readBudget(reading, text, place, scopes)
    if (!budget) return []
    const subject = subjectOf(budget)
    const before = seen.get(subject)
    seen.set(subject, before ?? index)
    if (before === undefined) return [budget]
    complain(reading, place, 'duplicate-name', `budget ${before + 1} limits the same; keep one of them`)
    return []
  })
}

function readBudget(reading: Reading, text: string, path: Path, scopes: Scopes): Budget | undefined {
  const parsed = parseBudget(text)
  const scope = 'code' in parsed || parsed.of === undefined ? undefined : scopeOf(parsed.of, scopes)
  const problem =
    'code' in parsed ? parsed : typeof scope === 'object' ? scope : withoutEvents({ ...parsed, of: scope }, scopes)
  if (problem)
    complain(
      reading,
      path,
      problem.code,
      fromEnvironment(reading, path) ?? problem.message.replace('{}', () => show(text)),
    )
  if (problem || 'code' in parsed || typeof scope === 'object') return undefined
  const place = reading.log.place(headSpan(reading.root, path).start)
  return { ...parsed, text: text.replace(/\s+/g, ' ').trim(), of: scope, place }
}

/** Nothing would be measured. */
function withoutEvents({ metric, of }: ParsedBudget, { named, allNamed }: Scopes): Wrong | undefined {
  if (eventTimeOf(metric) === undefined || !allNamed) return undefined
  const labels = named.flatMap(({ scenario, ofEvents }) =>
    ofEvents.map((step) => [scenario, stepLabel(scenario, step)]),
  )
  if (labels.some(([scenario, step]) => of === undefined || of === scenario || of === step)) return undefined
  const where = of === undefined ? 'no request' : `no request of ${show(of)}`
  return wrong('invalid-budget', `${where} has "events", so that nothing is measured ${eventTimeOf(metric)}`)
}

/** Instead of what is wrong in detail, which would quote pieces of a value that may be a secret. */
function fromEnvironment({ root }: Reading, path: Path): string | undefined {
  const node = nodeAt(root, path)
  if (node?.kind !== 'scalar' || !node.written.includes('${env.')) return undefined
  return `the value of ${show(node.written)} is not a budget; write "p95 < 250 ms" or "p95 of NAME < 250 ms"`
}

/** The label of what is meant: `scenario` or `scenario › step`; as written where nobody can know. */
function scopeOf(name: string, { named, allNamed }: Scopes): string | Wrong | undefined {
  const labels = named.flatMap(({ scenario, steps }) => steps.map((step) => stepLabel(scenario, step)))
  const scenarios = named.map(({ scenario }) => scenario)
  if (labels.includes(name)) return name
  const meant = [
    ...scenarios.filter((scenario) => scenario === name),
    ...named.filter(({ steps }) => steps.includes(name)).map(({ scenario }) => stepLabel(scenario, name)),
  ]
  if (meant.length === 1) return meant[0]
  if (meant.length > 1)
    return wrong(
      'invalid-budget',
      `${show(name)} is more than one; write ${meant
        .slice(0, 5)
        .map((label) => `of ${quoted(label)}`)
        .join(' or ')}`,
    )
  if (!allNamed) return name
  const known = [...scenarios, ...named.flatMap(({ steps }) => steps)]
  const near = nearest(name.slice(0, 100), known)
  const list = scenarios.slice(0, 10).map(quoted).join(', ')
  return wrong(
    'unknown-reference',
    `there is no scenario or step ${show(name)}; ${near ? `did you mean "${near}"?` : `the scenarios are ${list}`}`,
  )
}

function quoted(label: string): string {
  return `"${label}"`
}
