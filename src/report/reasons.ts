import { isFinding, worstBudgets } from './budget-rows.ts'
import type { Report } from './report.ts'

/** What lies behind a verdict, beyond its first sentence, and what to do about it. May hold text from outside. */
export interface Reason {
  readonly text: string
  readonly remedy: string | undefined
}

export interface Reasons {
  readonly kind: 'broken' | 'too coarse' | 'also'
  readonly list: readonly Reason[]
}

/** Flaws of the evidence where there are any; else what would sharpen a doubt; else what the judge adds. */
export function reasonsOf({ comparison, verdict }: Report): Reasons {
  const { defects } = comparison
  if (defects.length > 0)
    return { kind: 'broken', list: defects.map(({ message, remedy }) => ({ text: message, remedy })) }
  if (verdict.outcome !== 'inconclusive')
    return { kind: 'also', list: verdict.also.map((text) => ({ text, remedy: undefined })) }
  const list = worstBudgets(comparison)
    .filter(isFinding)
    .flatMap(({ metric, scope, judgement }) =>
      judgement.kind === 'undecided'
        ? [{ text: `${metric} of "${scope}": ${judgement.reason}`, remedy: judgement.remedy }]
        : [],
    )
  return { kind: 'too coarse', list }
}
