import type { PolicyFacts } from '../../trust/policy-facts.ts'
import { counted } from '../../units.ts'
import { NONE } from '../figures.ts'
import { machineText } from '../machine-text.ts'
import type { Report } from '../report.ts'
import {
  comparedSentence,
  improvementSentence,
  newLevelSentences,
  refusedSentences,
  resolutionSentence,
} from '../sentences.ts'
import { sharpnessSentence } from '../sharpness.ts'
import { storedWindowSentences } from '../stored-window.ts'
import { type Html, html } from './markup.ts'
import { voice } from './voice.ts'

/** What was compared with what, how finely, and by which rules where they are not plainly those of the profile. */
export function compared(report: Report): Html {
  const { writing } = voice
  const { baselineNote } = report.run
  const { machine, plan } = report.result.fingerprint
  const sentences = [
    improvementSentence(report, writing),
    resolutionSentence(report),
    comparedSentence(report, writing),
    ...newLevelSentences(report, writing),
    ...refusedSentences(report, writing),
    ...storedWindowSentences(report, writing),
    `Measured on ${machineText(machine, writing.name)}, with the load ${writing.name(plan.slice(0, 7))}.`,
    sharpnessSentence(report, writing),
  ].filter((sentence) => sentence !== undefined)
  const note = baselineNote === undefined ? [] : [voice.sentence(baselineNote)]
  const all = [...sentences.map(voice.said), ...note]
  return html`<section id="compared"><h2>What was compared</h2>
<p class="prose">${all.map((one) => html`${one} `)}</p>
${report.policy && policy(report.policy)}
</section>`
}

const MOST = 20

function policy(facts: PolicyFacts): Html | undefined {
  const { differences, accepted, notes, why, problem } = facts
  const rows = differences
    .slice(0, MOST)
    .map(
      ({ what, before, after, effect }) =>
        html`<tr><td class="text">${voice.sentence(what)}</td><td class="text">${side(before)}</td><td class="text">${side(after)}</td><td class="text">${effect}</td></tr>`,
    )
  const said = [
    ...accepted.map(
      ({ budget, limit, until, reason }) =>
        html`Accepted until ${voice.plain(until)}: ${voice.name(limit)} instead of ${voice.name(budget)}, since ${voice.name(reason)}`,
    ),
    ...notes.map(({ text, of }) => html`${text}: ${voice.name(of)}`),
  ].slice(0, MOST)
  const more = Math.max(0, differences.length - MOST) + Math.max(0, accepted.length + notes.length - MOST)
  return html`${opening(facts)} ${why === undefined ? undefined : html`<p>${voice.sentence(why)}</p>`}
${problem === undefined ? undefined : html`<p>The head is run and judged by its own profile. What is wrong in the base: ${voice.sentence(problem)}</p>`}
${rows.length === 0 ? undefined : html`<div class="scroll" role="region" aria-label="Differences of the profile" tabindex="0"><table class="figures"><thead><tr><th scope="col">difference</th><th scope="col" class="text">base</th><th scope="col" class="text">head</th><th scope="col" class="text">effect</th></tr></thead><tbody>${rows}</tbody></table></div>`}
${said.length === 0 ? undefined : html`<ul>${said.map((one) => html`<li>${one}</li>`)}</ul>`}
${more > 0 ? html`<p class="note">… and ${counted(more, 'more', 'more')}; report.json has them all.</p>` : undefined}`
}

function opening({ differences, problem, why }: PolicyFacts): Html | undefined {
  const bold = (text: string) => html`<p><b>${text}</b></p>`
  if (problem !== undefined)
    return bold('The profile of the base cannot be read, so that no budget of the base judged.')
  if (differences.length === 0) return why === undefined ? undefined : bold('The profile is new.')
  const looser = differences.filter(({ effect }) => effect === 'looser').length
  return bold(
    `The profile is not that of the base: ${counted(differences.length, 'difference')}, ${looser === 0 ? 'none' : looser} of them looser.`,
  )
}

function side(value: string | undefined): Html {
  return value === undefined ? html`${NONE}` : voice.name(value)
}
