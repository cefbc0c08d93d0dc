import type { Account } from '../account.ts'
import type { DraftRequest, DraftScenario, DraftStep } from '../draft.ts'
import { measuredPause } from '../pauses.ts'
import type { Secrets } from '../secrets.ts'
import type { Uploads } from '../uploads.ts'
import { isFeed, isFrame, isTaken } from './choose.ts'
import { addressOf, type Entry } from './entries.ts'
import type { Play } from './plays.ts'
import { createSteps } from './steps.ts'

interface Making {
  readonly secrets: Secrets
  readonly uploads: Uploads
  readonly account: Account
}

/** One pass as a scenario, in the order in which its requests began. */
export function scenarioOf(play: Play, making: Making): DraftScenario {
  const { name, weight, choices } = play
  const taken = choices.filter(isTaken)
  const make = createSteps(taken, play, making)
  const steps: DraftStep[] = []
  let ended = choices[0]?.entry.begun ?? 0
  let once = 0
  let done = false
  for (const choice of choices) {
    if (!isTaken(choice)) {
      steps.push({ kind: 'note', text: `Left out: ${making.secrets.redact(addressOf(choice.entry))}: ${choice.why}` })
      continue
    }
    const request = make(taken.indexOf(choice))
    const pause = pauseBefore(choice.entry, ended)
    // What is captured in a frame is known to later steps alone, and nobody waits before one that a page brings along.
    const part = choice.asset || (isFrame(choice.entry) && pause.length === 0 && !request.capture)
    if (!part || !withPart(steps, request)) {
      if (done && once === 0) once = steps.length
      steps.push(...pause, request)
    }
    if (choice === play.once) done = true
    // A feed is read beside what comes next.
    ended = Math.max(ended, isFeed(choice.entry) ? choice.entry.begun : choice.entry.ended)
  }
  return {
    name,
    ...(weight === undefined ? {} : { weight }),
    ...(once > 0 ? { once: steps.slice(0, once) } : {}),
    steps: steps.slice(once),
  }
}

/** Puts it to the page that came before it; false where there is none. */
function withPart(steps: DraftStep[], request: DraftRequest): boolean {
  const before = steps.findLastIndex(({ kind }) => kind !== 'note')
  const page = steps[before]
  if (page?.kind !== 'request') return false
  steps[before] = { ...page, also: [...(page.also ?? []), request] }
  return true
}

function pauseBefore({ begun }: Entry, ended: number): readonly DraftStep[] {
  const pause = measuredPause(begun - ended)
  return pause === undefined ? [] : [{ kind: 'think', pause }]
}
