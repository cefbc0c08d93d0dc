import { LoadgateError } from '../errors.ts'
import type { Issue } from '../profile/issue.ts'
import { createIssueLog } from '../profile/issue-log.ts'
import { readProfile } from '../profile/read-profile.ts'
import { nodeAt, type Path } from '../profile/tree.ts'
import { readYaml } from '../profile/yaml-tree.ts'
import type { Account } from './account.ts'
import { type Draft, type DraftRequest, type DraftStep, requestsOf } from './draft.ts'
import { variablesIn } from './text.ts'
import { inOneRow, writeProfile } from './write-profile.ts'

// YAML 1.2, section 5.1; what its writer does not write by number.
const NOT_IN_YAML = /(?![\t\n\r\x85])[\p{Cc}\p{Cs}\ufffe\uffff]/u
const NO_YAML = 'with characters that YAML cannot carry'
/** What the reader of profiles takes (src/profile/read-profile.ts), less the comment at the head. */
const MOST_CHARACTERS = 1_000_000
/** Each time some step goes, so that this is far above what can be needed. */
const MOST_TIMES = 1_000

/**
 * The draft without what the reader of profiles refuses, which goes into the account with the reader's own words. So what is
 * written is always accepted, whatever stood in the source.
 */
export function acceptedDraft(given: Draft, account: Account): Draft {
  let draft = eachRequest(oneByOne(given), (step) => {
    return NOT_IN_YAML.test(JSON.stringify(step)) ? leave(step, NO_YAML, account) : step
  })
  for (let time = 0; time < MOST_TIMES; time++) {
    const text = writeProfile(draft, [])
    const refused = refusals(text, draft)
    if (refused.size === 0) return draft
    draft = eachRequest(draft, (step) => {
      const issue = refused.get(step)
      return issue ? leave(step, `refused by the profile (${issue.message})`, account) : step
    })
  }
  throw notSound('it is refused again and again')
}

/** With everything in the row in which it is sent, so that a place in the profile is a place in the draft. */
function oneByOne(draft: Draft): Draft {
  const scenarios = draft.scenarios.map(({ once, steps, ...rest }) => ({
    ...rest,
    ...(once ? { once: inOneRow(once) } : {}),
    steps: inOneRow(steps),
  }))
  return { ...draft, scenarios }
}

function leave(step: DraftRequest, why: string, account: Account): DraftStep {
  account.leaveRequest(why, step.source, step.holds)
  return { kind: 'note', text: `Left out: ${step.source}: ${why}` }
}

function eachRequest(draft: Draft, make: (step: DraftRequest) => DraftStep): Draft {
  const all = (steps: readonly DraftStep[]) => steps.map((step) => (step.kind === 'request' ? make(step) : step))
  const scenarios = draft.scenarios.map(({ once, steps, ...rest }) => ({
    ...rest,
    ...(once ? { once: all(once) } : {}),
    steps: all(steps),
  }))
  return { ...draft, scenarios: scenarios.filter(({ steps }) => steps.some(({ kind }) => kind === 'request')) }
}

function refusals(text: string, draft: Draft): ReadonlyMap<DraftStep, Issue> {
  if (draft.scenarios.length === 0)
    throw new LoadgateError('usage', 'There is no request in it that a profile could send', {
      hint: 'The list above says why each one is left out.',
    })
  if (text.length > MOST_CHARACTERS)
    throw new LoadgateError('usage', `Its ${requestsOf(draft).length} requests are more than a profile holds (1 MiB)`, {
      hint: 'Import a shorter one.',
    })
  const { issues } = readProfile(text, { file: 'the profile', env: standIns(text) })
  if (issues.length === 0) return new Map()
  const places = placesOf(text, draft)
  return new Map(
    issues.map((issue) => {
      const place = places.find(({ first, last }) => first <= issue.place.line && issue.place.line <= last)
      if (!place) throw notSound(issue.message)
      return [place.step, issue] as const
    }),
  )
}

/** A value for each variable that has none in the profile. */
export function standIns(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(variablesIn(text).map((name) => [name, 'x']))
}

interface StepPlace {
  readonly step: DraftStep
  readonly first: number
  readonly last: number
}

function placesOf(text: string, draft: Draft): readonly StepPlace[] {
  const log = createIssueLog(text, 'the profile')
  const root = readYaml(text, log)
  if (!root) throw notSound(log.sorted()[0]?.message ?? 'it is no YAML')
  const placed = (steps: readonly DraftStep[], path: Path) =>
    steps
      .filter(({ kind }) => kind !== 'note')
      .flatMap((step, index): StepPlace[] => {
        const span = nodeAt(root, [...path, index])?.span
        return span
          ? [{ step, first: log.place(span.start).line, last: log.place(Math.max(span.start, span.end - 1)).line }]
          : []
      })
  return draft.scenarios.flatMap(({ once = [], steps }, index) => [
    ...placed(once, ['scenarios', index, 'once']),
    ...placed(steps, ['scenarios', index, 'steps']),
  ])
}

function notSound(why: string): LoadgateError {
  return new LoadgateError('infrastructure', `The profile that was made is not sound: ${why}`, {
    hint: 'This is a mistake in Loadgate. Nothing was written.',
  })
}
