import type { Difference } from '../trust/difference.ts'
import type { PolicyFacts } from '../trust/policy-facts.ts'
import { counted } from '../units.ts'
import { codeSpan } from './code-span.ts'
import { wrapped } from './columns.ts'
import { NONE } from './figures.ts'
import { prose } from './prose.ts'
import { table } from './table.ts'
import { terminalTable } from './terminal-table.ts'
import { MARKDOWN, PLAIN, type Writing } from './writing.ts'

/** Looser ones stand first; a profile that differs in more is another profile. */
const MAX_DIFFERENCES = 20
const MAX_NOTES = 20
const COLUMNS = ['Difference', 'Base', 'Head', 'Effect'] as const

/** The rules a verdict came about by, where they are not plainly those of the profile: for Markdown. */
export function policyBlocks(policy: PolicyFacts | undefined): readonly string[] {
  if (policy === undefined) return []
  const { shown, more } = firstOf(policy.differences)
  const rows = shown.map(({ what, before, after, effect }) => [prose(what), cell(before), cell(after), effect])
  const notes = notesOf(policy, MARKDOWN).map((note) => `- ${note}`)
  return [
    ...introduction(policy).map((sentence) => `**${sentence.bold}** ${prose(sentence.plain)}`.trim()),
    ...(rows.length === 0 ? [] : [table(COLUMNS, rows, ['Base', 'Head', 'Effect'])]),
    ...(more === undefined ? [] : [`_${more}_`]),
    ...(notes.length === 0 ? [] : [notes.join('\n')]),
  ]
}

/** The same for a terminal. */
export function policyLines(policy: PolicyFacts | undefined, width: number): readonly string[] {
  if (policy === undefined) return []
  const { shown, more } = firstOf(policy.differences)
  const text = (value: string | undefined) => (value === undefined ? NONE : PLAIN.name(value))
  const rows = shown.map(({ what, before, after, effect }) => [PLAIN.name(what), text(before), text(after), effect])
  return [
    ...introduction(policy).flatMap(({ bold, plain }) => wrapped(PLAIN.sentence(`${bold} ${plain}`), width)),
    ...(rows.length === 0 ? [] : terminalTable([COLUMNS.map((name) => name.toLowerCase()), ...rows], width, TEXT)),
    ...(more === undefined ? [] : [more]),
    ...notesOf(policy, PLAIN).flatMap((note) =>
      wrapped(note, width - 2).map((line, at) => `${at === 0 ? '- ' : '  '}${line}`),
    ),
  ]
}

const TEXT = ['base', 'head', 'effect']

function cell(value: string | undefined): string {
  return value === undefined ? NONE : codeSpan(value)
}

function firstOf(differences: readonly Difference[]) {
  const more = differences.length - MAX_DIFFERENCES
  return {
    shown: differences.slice(0, MAX_DIFFERENCES),
    more: more > 0 ? `… and ${counted(more, 'more difference')}; report.json has them all.` : undefined,
  }
}

function introduction({ differences, why = '', problem }: PolicyFacts): readonly { bold: string; plain: string }[] {
  if (problem !== undefined)
    return [
      {
        bold: 'The profile of the base cannot be read, so that no budget of the base judged.',
        plain: `The head is run and judged by its own profile. What is wrong in the base: ${problem}`,
      },
    ]
  if (differences.length === 0) return why === '' ? [] : [{ bold: 'The profile is new.', plain: why }]
  const looser = differences.filter(({ effect }) => effect === 'looser').length
  const some =
    looser === 0 ? 'none of them looser' : looser === differences.length ? 'looser' : `${looser} of them looser`
  return [
    { bold: `The profile is not that of the base: ${counted(differences.length, 'difference')}, ${some}.`, plain: why },
  ]
}

function notesOf({ accepted, notes }: PolicyFacts, { name }: Writing): readonly string[] {
  const all = [
    ...accepted.map(
      ({ budget, limit, until, reason }) =>
        `Accepted until ${until}: ${name(limit)} instead of ${name(budget)}, since ${name(reason)}`,
    ),
    ...notes.map(({ text, of }) => `${text}: ${name(of)}`),
  ]
  const more = all.length - MAX_NOTES
  return more > 0 ? [...all.slice(0, MAX_NOTES), `… and ${more} more of the kind`] : all
}
