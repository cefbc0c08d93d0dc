import { doubtOfLeftOut } from '../compare/left-out.ts'
import { reasonOf, subject } from '../compare/reason.ts'
import { isFinding } from './budget-rows.ts'
import type { Report } from './report.ts'
import { withoutStop } from './sentences.ts'

/** What lies behind a verdict and what to do about it. May hold text from outside. */
export interface Reason {
  readonly text: string
  readonly remedy: string | undefined
}

export interface Reasons {
  readonly kind: Kind
  /** What to do about the reason that is in the headline; undefined where there is nothing to say. */
  readonly remedy: string | undefined
  /** All others. */
  readonly list: readonly Reason[]
}

export type Kind = 'broken' | 'too coarse' | 'also'

export function reasonsOf(report: Report): Reasons {
  const { kind, all } = allReasons(report)
  const first = all.find(({ inHeadline }) => inHeadline)
  return { kind, remedy: first?.remedy, list: [...serviceReason(report), ...all.filter((reason) => reason !== first)] }
}

/** No verdict by itself where the load went on: the requests that it failed to answer have theirs. */
function serviceReason({ run: { serviceEnd }, comparison: { defects } }: Report): readonly Reason[] {
  const told = defects.some(({ code }) => code === 'service-ended')
  return serviceEnd === undefined || told ? [] : [{ text: serviceEnd, remedy: 'Its last output is in the log.' }]
}

interface ToldReason extends Reason {
  readonly inHeadline: boolean
}

/** Flaws of the evidence where there are any; else what would sharpen a doubt; else what the judge adds. */
function allReasons({ comparison, verdict }: Report): { readonly kind: Kind; readonly all: readonly ToldReason[] } {
  const inHeadline = (sentence: string) => withoutStop(sentence) === withoutStop(verdict.reason)
  const { defects } = comparison
  if (defects.length > 0)
    return {
      kind: 'broken',
      all: defects.map(({ message, remedy }) => ({ text: message, remedy, inHeadline: inHeadline(message) })),
    }
  if (verdict.outcome !== 'inconclusive')
    return { kind: 'also', all: verdict.also.map((text) => ({ text, remedy: undefined, inHeadline: false })) }
  const all = comparison.budgets.filter(isFinding).flatMap((row): readonly ToldReason[] => {
    const { judgement } = row
    if (judgement.kind !== 'undecided') return []
    const text = `${subject(row)}: ${judgement.reason}`
    return [{ text, remedy: judgement.remedy, inHeadline: inHeadline(reasonOf(row)) }]
  })
  const leftOut = doubtOfLeftOut(comparison)
  const rounds = leftOut
    ? [{ text: leftOut.reason, remedy: leftOut.remedy, inHeadline: inHeadline(leftOut.reason) }]
    : []
  return { kind: 'too coarse', all: [...all, ...rounds] }
}
