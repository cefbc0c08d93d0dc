import type { BudgetRow, Comparison } from '../../compare/comparison.ts'
import { counted, formatChange } from '../../units.ts'
import { budgetFigures, RESULT } from '../budget-rows.ts'
import type { Report } from '../report.ts'
import { type Html, html } from './markup.ts'
import { strip } from './strip.ts'
import { voice } from './voice.ts'

/** More are folded: they are worst first. */
const SHOWN = 25

/** The verdict explained budget by budget, worst first. */
export function budgets({ comparison }: Report): Html | undefined {
  const { budgets } = comparison
  if (budgets.length === 0) return undefined
  const items = budgets.map((row) => item(row, comparison))
  const more = items.length - SHOWN
  return html`<section id="budgets"><h2>Budgets</h2>
<p class="key"><span class="k-dot">measured, within its bounds</span> <span class="k-limit">limit</span> <span class="k-beyond">beyond it</span>${
    budgets.some(({ baseline }) => baseline) ? html` <span class="k-base">baseline</span>` : undefined
  }<span class="k-note">Bounds are one-sided, 95 % each.</span></p>
<ol class="budgets">${items.slice(0, SHOWN)}</ol>
${more > 0 ? html`<details><summary>${counted(more, 'more budget')}, none as far beyond its limit</summary><ol class="budgets">${items.slice(SHOWN)}</ol></details>` : undefined}
</section>`
}

function item(row: BudgetRow, { defects, baseline }: Comparison): Html {
  const broken = defects.length > 0
  // On broken evidence no budget is said to hold or to be exceeded.
  const kind = broken ? 'not-judged' : row.judgement.kind
  const word = broken ? 'not judged' : RESULT[row.judgement.kind].word
  return html`<li class="budget ${kind}"><span class="result">${word}</span> <div class="what">${voice.name(row.budget.text)}
<p class="figures">${figures(row, baseline.kind === 'stored' ? 'run' : 'round')}</p>${broken ? undefined : remark(row)}</div>${strip(row, kind)}</li>
`
}

function figures(row: BudgetRow, of: 'run' | 'round'): readonly Html[] {
  const { value, valueBounds, limit, baseline, change, changeBounds } = budgetFigures(row)
  const between = (bounds: string | undefined) => (bounds === undefined ? undefined : html` <small>${bounds}</small>`)
  const facts = [
    html`<b>${value}</b>${changeBounds === undefined ? between(valueBounds) : undefined}`,
    ...(row.limit === undefined ? [] : [html`limit ${limit}`]),
    ...(row.baseline === undefined
      ? []
      : [
          html`baseline ${baseline} <small>${counted(row.baseline.runs, of)}</small>`,
          html`change ${change}${between(changeBounds)}`,
        ]),
    ...(row.resolution === undefined
      ? []
      : [html`resolution ${formatChange(1 + Math.abs(row.resolution - 1)).replace(/^[+±]/, '')}`]),
    ...(row.improved ? [html`better, beyond what noise explains`] : []),
  ]
  return facts.map((fact) => html`<span>${fact}</span> `)
}

function remark({ judgement }: BudgetRow): Html | undefined {
  if (judgement.kind !== 'undecided') return undefined
  return html`<p class="remark">${voice.sentence(judgement.reason)} <span class="remedy">→ ${voice.sentence(judgement.remedy)}</span></p>`
}
