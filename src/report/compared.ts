import { machineText } from './machine-text.ts'
import { prose } from './prose.ts'
import type { Report } from './report.ts'
import { comparedSentence, improvementSentence, newLevelSentences, refusedSentences } from './sentences.ts'
import { sharpnessSentence } from './sharpness.ts'
import { storedWindowSentences } from './stored-window.ts'
import { MARKDOWN } from './writing.ts'

/** What nobody should have to open anything for: what became better, and why nothing was compared. */
export function comparedInBrief(report: Report): readonly string[] {
  const better = improvementSentence(report, MARKDOWN)
  const why = lacksBaseline(report) ? [...whatWasCompared(report), ...whatWasKept(report)] : []
  return [...(better === undefined ? [] : [better]), ...(why.length === 0 ? [] : [why.join(' ')])]
}

/** For the folded part: commits, distance, machine, and how sharp such a comparison is. */
export function comparedInFull(report: Report): readonly string[] {
  const { machine, plan } = report.result.fingerprint
  const sharpness = sharpnessSentence(report, MARKDOWN)
  return [
    ...(lacksBaseline(report) ? [] : [...whatWasCompared(report), ...whatWasKept(report)]),
    `Measured on ${machineText(machine, MARKDOWN.name)}, with the load ${MARKDOWN.name(plan.slice(0, 7))}.`,
    ...(sharpness === undefined ? [] : [sharpness]),
  ]
}

function whatWasCompared(report: Report): readonly string[] {
  const compared = comparedSentence(report, MARKDOWN)
  return [
    ...(compared === undefined ? [] : [compared]),
    ...newLevelSentences(report, MARKDOWN),
    ...refusedSentences(report, MARKDOWN),
    ...storedWindowSentences(report, MARKDOWN),
  ]
}

function whatWasKept({ run: { baselineNote } }: Report): readonly string[] {
  return baselineNote === undefined ? [] : [prose(baselineNote)]
}

/** Whether relative budgets were left without anything to compare with. */
function lacksBaseline({ comparison: { baseline, budgets } }: Report): boolean {
  const relative = budgets.some(({ budget }) => budget.limit.kind === 'baseline')
  return relative && baseline.kind === 'stored' && baseline.comparable === 0
}
