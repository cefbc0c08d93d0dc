import type { Outcome } from '../compare/verdict.ts'
import { isFinding, worstBudgets } from './budget-rows.ts'
import { prose } from './prose.ts'
import type { Report } from './report.ts'
import { counted } from './sentences.ts'

const ICON: Record<Outcome, string> = { pass: '✅', fail: '❌', inconclusive: '⚠️', invalid: '🚫' }
const MAX_REASONS = 10

/** The verdict and its reason: what a reader must know, in ten seconds. Never cut away. */
export function headline({ verdict }: Report): string {
  return `## ${ICON[verdict.outcome]} Loadgate: ${verdict.outcome} — ${prose(verdict.reason)}`
}

/** What stands between the headline and the figures: further reasons, and what to do about them. */
export function explanation(report: Report): readonly string[] {
  const { verdict } = report
  if (verdict.outcome === 'invalid') return defects(report)
  const also = list('Also:', verdict.also.map(prose))
  return verdict.outcome === 'inconclusive' ? [...also, ...remedies(report)] : also
}

function defects({ comparison }: Report): readonly string[] {
  return list(
    'This run proves nothing, neither that the change is good nor that it is bad. What broke the evidence, and the way out:',
    comparison.defects.map(({ message, remedy }) => withRemedy(message, remedy)),
  )
}

function remedies({ comparison }: Report): readonly string[] {
  const lines = worstBudgets(comparison)
    .filter(isFinding)
    .flatMap(({ scope, metric, judgement }) =>
      judgement.kind === 'undecided'
        ? [withRemedy(`${metric} of "${scope}": ${judgement.reason}`, judgement.remedy)]
        : [],
    )
  return list('The measurement is sound, but too coarse to tell. What would sharpen it:', lines)
}

function withRemedy(message: string, remedy: string): string {
  return `${prose(message)}\\\n  → ${prose(remedy)}`
}

function list(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return []
  const more = lines.length - MAX_REASONS
  const shown = lines.slice(0, MAX_REASONS).map((line) => `- ${line}`)
  return [[title, '', ...shown, ...(more > 0 ? [`- … and ${counted(more, 'further reason')}`] : [])].join('\n')]
}
