import type { Outcome } from '../../compare/verdict.ts'
import { counted } from '../../units.ts'
import { NONE } from '../figures.ts'
import { isOwnAddress } from '../own-address.ts'
import { type Kind, reasonsOf } from '../reasons.ts'
import type { Report } from '../report.ts'
import { short, withoutStop } from '../sentences.ts'
import { type Html, html } from './markup.ts'
import { voice } from './voice.ts'

export const SIGN: Record<Outcome, string> = { pass: '✓', fail: '✕', inconclusive: '?', invalid: '⊘' }

const MEANING: Record<Kind, { readonly meaning: string | undefined; readonly others: string }> = {
  broken: {
    meaning: 'This run proves nothing, neither that the change is good nor that it is bad.',
    others: 'What else broke the evidence, and the way out',
  },
  'too coarse': {
    meaning: 'The measurement is sound, but too coarse to tell.',
    others: 'What else is undecided, and what would sharpen it',
  },
  also: { meaning: undefined, others: 'Also' },
}
const MAX_REASONS = 20

/** The verdict, its reason, what to do about it, and of what run it is. */
export function top(report: Report): Html {
  const { outcome, reason } = report.verdict
  return html`<header class="top ${outcome}">
<p class="brand">Loadgate · ${voice.name(report.result.profile)}</p>
<h1><span class="verdict"><span aria-hidden="true">${SIGN[outcome]}</span> ${outcome}</span> ${voice.sentence(withoutStop(reason))}</h1>
${reasons(report)}
${particulars(report)}
</header>`
}

function reasons(report: Report): Html {
  const { kind, remedy, list } = reasonsOf(report)
  const { meaning, others } = MEANING[kind]
  const more = list.length - MAX_REASONS
  const items = list
    .slice(0, MAX_REASONS)
    .map(({ text, remedy }) => html`<li>${voice.sentence(text)}${wayOut(remedy)}</li>`)
  return html`${meaning === undefined ? undefined : html`<p>${meaning}${wayOut(remedy)}</p>`}${
    list.length === 0
      ? undefined
      : html`<p class="others">${others}:</p><ul class="reasons">${items}${
          more > 0 ? html`<li>… and ${counted(more, 'further reason')}</li>` : undefined
        }</ul>`
  }`
}

function wayOut(remedy: string | undefined): Html | undefined {
  return remedy === undefined ? undefined : html` <span class="remedy">→ ${voice.sentence(remedy)}</span>`
}

function particulars({ run, result }: Report): Html {
  const sha = run.commit ?? run.changedFrom
  const changes = run.changedFrom === undefined ? '' : ' with uncommitted changes'
  const facts: (Html | undefined)[] = [
    sha === undefined ? undefined : html`commit ${voice.name(sha.slice(0, 12))}${changes}`,
    html`measured ${result.startedAt === 0 ? NONE : moment(result.startedAt)}`,
    html`profile ${voice.name(run.profilePath)}`,
    run.url !== undefined && isOwnAddress(run.url) ? html`<a href="${run.url}">this run on GitHub</a>` : undefined,
    html`Loadgate ${voice.plain(run.version)}`,
  ]
  return html`<p class="particulars">${facts.filter((fact) => fact !== undefined).map((fact) => html`<span>${fact}</span> `)}</p>`
}

/** For the name of the window. */
export function titleOf({ verdict, result, run }: Report): string {
  const commit = run.commit === undefined ? '' : ` at ${voice.plain(short(run.commit))}`
  return `${verdict.outcome}: ${voice.plain(result.profile)}${commit} – Loadgate`
}

function moment(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
