import type { Bytes } from '../units.ts'
import { budgetBlocks, splitBudgets } from './budget-table.ts'
import { codeSpan } from './code-span.ts'
import { comparedInBrief } from './compared.ts'
import { details, type Extent } from './details.ts'
import { explanation, headline } from './headline.ts'
import { isOwnAddress } from './own-address.ts'
import { policyBlocks } from './policy.ts'
import { prose } from './prose.ts'
import type { Report } from './report.ts'

const ALL = Number.POSITIVE_INFINITY

// A report that is too long loses first what is fine, then the details, then the budgets; verdict and reasons are last.
const EXTENTS: readonly Extent[] = [
  { passing: true, steps: ALL, details: true, budgets: ALL },
  { passing: false, steps: ALL, details: true, budgets: ALL },
  { passing: false, steps: 50, details: true, budgets: ALL },
  { passing: false, steps: 0, details: false, budgets: ALL },
  { passing: false, steps: 0, details: false, budgets: 20 },
  { passing: false, steps: 0, details: false, budgets: 0 },
]

const CUT = '_The details do not fit in here; the files of the report have them._'

export interface MarkdownOptions {
  /** Of UTF-8, and so at most as many characters. */
  readonly limit: Bytes
  /** One line on the runs before this one; undefined where there are none to tell of. */
  readonly recent?: string | undefined
}

/** The pull request's comment and the job's summary. The headline stays whole, whatever the limit. */
export function renderMarkdown(report: Report, { limit, recent }: MarkdownOptions): string {
  const fits = (text: string) => Buffer.byteLength(text) <= limit
  for (const extent of EXTENTS) {
    const text = render(report, extent, recent)
    if (fits(text)) return text
  }
  const verdict = `${headline(report)}\n`
  const noted = `${verdict}\n${CUT}\n`
  return fits(noted) ? noted : verdict
}

function render(report: Report, extent: Extent, recent: string | undefined): string {
  const budgets = splitBudgets(report, extent.budgets)
  const blocks = [
    headline(report),
    ...(extent.budgets === 0 ? [] : policyBlocks(report.policy)),
    ...explanation(report, { table: budgets.shown, details: extent.details }),
    ...budgetBlocks(report, budgets),
    ...(extent.budgets === 0 ? [] : comparedInBrief(report)),
    ...(recent === undefined ? [] : [recent]),
    ...(extent.details ? details(report, extent) : [CUT]),
    footer(report),
  ]
  return `${blocks.join('\n\n')}\n`
}

function footer({ run, result }: Report): string {
  const { url } = run
  const links = url !== undefined && isOwnAddress(url) ? [`[Full report](${url}#artifacts)`, `[log](${url})`] : []
  const sha = run.commit ?? run.changedFrom
  const changes = run.changedFrom === undefined ? '' : ' with uncommitted changes'
  const commit = sha === undefined ? [] : [`commit ${codeSpan(sha.slice(0, 12))}${changes}`]
  const parts = [`${codeSpan(result.profile)} in ${codeSpan(run.profilePath)}`, ...commit]
  return [...links, ...parts, `Loadgate ${prose(run.version)}`].join(' · ')
}
