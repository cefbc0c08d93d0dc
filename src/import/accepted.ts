import { LoadgateError } from '../errors.ts'
import type { Issue } from '../profile/issue.ts'
import { createIssueLog } from '../profile/issue-log.ts'
import type { Place } from '../profile/profile.ts'
import { readProfile } from '../profile/read-profile.ts'
import { nodeAt, type Path } from '../profile/tree.ts'
import { readYaml } from '../profile/yaml-tree.ts'
import type { Account } from './account.ts'
import { type Draft, type DraftBlock, type DraftRequest, type DraftStep, requestsIn, requestsOf } from './draft.ts'
import { alwaysSending } from './flow.ts'
import { variablesIn } from './text.ts'
import { writeProfile } from './write-profile.ts'

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
  let draft = eachRequest(given, (step) => {
    return NOT_IN_YAML.test(JSON.stringify(step)) ? leave(step, NO_YAML, account) : step
  })
  for (let time = 0; time < MOST_TIMES; time++) {
    draft = alwaysSending(withoutIdle(draft, account), account)
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

function leave(step: DraftRequest, why: string, account: Account): DraftStep {
  account.leaveRequest(why, step.source, step.holds)
  return { kind: 'note', text: `Left out: ${step.source}: ${why}` }
}

function eachRequest(draft: Draft, make: (step: DraftRequest) => DraftStep): Draft {
  const all = (steps: readonly DraftStep[]): readonly DraftStep[] =>
    steps.flatMap((step) => {
      if (step.kind === 'block') return asBlock({ ...step, steps: all(step.steps) })
      return step.kind === 'request' ? withOthers(step, make) : [step]
    })
  const scenarios = draft.scenarios.map(({ once = [], steps, ...rest }) => {
    const first = all(once)
    const then = all(steps)
    // Without a request it is nothing that anybody does once.
    if (requestsIn(first).length > 0) return { ...rest, once: first, steps: then }
    return { ...rest, steps: [...first.filter(({ kind }) => kind === 'note'), ...then] }
  })
  return { ...draft, scenarios }
}

/** Without the scenarios in which nothing is sent time after time. */
function withoutIdle(draft: Draft, account: Account): Draft {
  const isIdle = ({ steps }: Draft['scenarios'][number]) => requestsIn(steps).length === 0
  for (const request of requestsOf({ ...draft, scenarios: draft.scenarios.filter(isIdle) }))
    leave(request, 'sent once, by users who then send nothing', account)
  return { ...draft, scenarios: draft.scenarios.filter((scenario) => !isIdle(scenario)) }
}

/** What is left of one in which no request is left. */
function asBlock(block: DraftBlock): readonly DraftStep[] {
  return requestsIn(block.steps).length > 0 ? [block] : block.steps.filter(({ kind }) => kind === 'note')
}

/** A page and what is loaded along with it; where the page goes, the others stay. */
function withOthers(step: DraftRequest, make: (step: DraftRequest) => DraftStep): readonly DraftStep[] {
  const page = make(step)
  const others = (step.also ?? []).map(make)
  if (page.kind !== 'request') return [page, ...others]
  const { also: _, ...alone } = page
  const also = others.filter((other) => other.kind === 'request')
  return [also.length > 0 ? { ...alone, also } : alone, ...others.filter((other) => other.kind !== 'request')]
}

function refusals(text: string, draft: Draft): ReadonlyMap<DraftStep, Issue> {
  if (draft.scenarios.length === 0)
    throw new LoadgateError('usage', 'There is no request in it that a profile could send', {
      hint: 'The list above says why each one is left out.',
    })
  if (text.length > MOST_CHARACTERS) throw tooLarge(`its ${requestsOf(draft).length} requests are more than 1 MiB`)
  const { issues } = readProfile(text, { file: 'the profile', env: standIns(text) })
  if (issues.length === 0) return new Map()
  const places = placesOf(text, draft)
  return new Map(
    issues.flatMap((issue) => {
      const place = places.find(({ first, last }) => !isBefore(issue.place, first) && !isBefore(last, issue.place))
      if (!place) throw issue.code === 'too-large' ? tooLarge(issue.message) : notSound(issue.message)
      const { step } = place
      return (step.kind === 'block' ? requestsIn(step.steps) : [step]).map((one) => [one, issue] as const)
    }),
  )
}

function isBefore(a: Place, b: Place): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column)
}

/** A value for each variable that has none in the profile. */
export function standIns(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(variablesIn(text).map((name) => [name, 'x']))
}

interface StepPlace {
  readonly step: DraftStep
  readonly first: Place
  readonly last: Place
}

/** What is within a step, or loaded along with it, comes before it: the innermost is meant. */
function placesOf(text: string, draft: Draft): readonly StepPlace[] {
  const log = createIssueLog(text, 'the profile')
  const root = readYaml(text, log)
  if (!root) throw notSound(log.sorted()[0]?.message ?? 'it is no YAML')
  const placed = (steps: readonly DraftStep[], path: Path): readonly StepPlace[] =>
    steps
      .filter(({ kind }) => kind !== 'note')
      .flatMap((step, index) => {
        const at = [...path, index]
        const span = nodeAt(root, at)?.span ?? { start: 0, end: 0 }
        const inner =
          step.kind === 'block'
            ? placed(step.steps, [...at, 'steps'])
            : placed((step.kind === 'request' && step.also) || [], [...at, 'also'])
        return [...inner, { step, first: log.place(span.start), last: log.place(Math.max(span.start, span.end - 1)) }]
      })
  return draft.scenarios.flatMap(({ once = [], steps }, index) => [
    ...placed(once, ['scenarios', index, 'once']),
    ...placed(steps, ['scenarios', index, 'steps']),
  ])
}

function tooLarge(why: string): LoadgateError {
  return new LoadgateError('usage', `It is more than a profile holds: ${why}`, { hint: 'Import a shorter one.' })
}

function notSound(why: string): LoadgateError {
  return new LoadgateError('infrastructure', `The profile that was made is not sound: ${why}`, {
    hint: 'This is a mistake in Loadgate. Nothing was written.',
  })
}
