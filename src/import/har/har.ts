import { LoadgateError } from '../../errors.ts'
import { type Account, REPEATED } from '../account.ts'
import type { Imported } from '../draft.ts'
import { cleanName } from '../names.ts'
import { duration } from '../pauses.ts'
import { createSecrets, type Secrets, tellSecrets } from '../secrets.ts'
import { type Source, stemOf } from '../source.ts'
import { createUploads } from '../uploads.ts'
import { baseOf, type Choice, isAsset, isTaken, pathBehind, whyNot } from './choose.ts'
import { addressOf, type Entry, readEntries } from './entries.ts'
import { learnSecrets } from './learn.ts'
import { type Plays, playsOf } from './plays.ts'
import { scenarioOf } from './scenario.ts'
import { byVisitor } from './visitors.ts'

/** A recording of a browser (HAR 1.2): scenarios that do the same again, for every user with values of its own. */
export function importHar(source: Source, account: Account): Imported {
  const entries = readEntries(source)
  const base = baseOf(entries, source.target)
  if (base === undefined)
    throw new LoadgateError('usage', `${source.file} has no request over HTTP`, {
      hint: 'Record a visit of the service.',
    })
  for (const { headers, body } of entries) {
    account.found('request')
    account.found('header', headers.length)
    account.found('body', body ? 1 : 0)
  }
  const name = cleanName(stemOf(source.file), 'recording')
  const uploads = createUploads(account)
  const choices = byVisitor(entries.map((entry) => choiceOf(entry, base)))
  const secrets = createSecrets()
  learnSecrets(choices, secrets)
  const { plays, data, users } = playsOf(choices, { name, secrets, uploads })
  const scenarios = plays.map((play) => scenarioOf(play, { secrets, uploads, account }))
  leave(choices, plays, { secrets, account })
  tellSecrets(secrets, account)
  account.note(
    users > 1
      ? `A recording says nothing of the load: "load" is the ${users} people of it; set it.`
      : 'A recording says nothing of the load: "load" is one user; set it.',
  )
  const longest = 2 * Math.max(0, ...plays.map((play) => lengthOf(play.choices)))
  const load = { users, for: duration(longest + 30_000 - (longest % 30_000), 86_400_000) }
  return { draft: { name, target: base, load, data, scenarios }, files: uploads.files }
}

function choiceOf(entry: Entry, base: string): Choice {
  const why = whyNot(entry, base)
  if (why !== undefined) return { entry, why }
  return { entry, path: pathBehind(base, entry.url!) ?? '/', asset: isAsset(entry) }
}

/** Into the account: what is no step, and what is in no pass that is written. */
function leave(
  choices: readonly Choice[],
  plays: Plays['plays'],
  { secrets, account }: { readonly secrets: Secrets; readonly account: Account },
): void {
  const played = new Set(plays.flatMap((play) => play.choices))
  for (const choice of choices) {
    if (isTaken(choice) && played.has(choice)) continue
    const { headers, body } = choice.entry
    const what = secrets.redact(addressOf(choice.entry))
    account.leaveRequest(isTaken(choice) ? REPEATED : choice.why, what, {
      headers: headers.length,
      bodies: body ? 1 : 0,
    })
  }
}

function lengthOf(choices: readonly Choice[]): number {
  const begun = choices[0]?.entry.begun ?? 0
  return choices.reduce((latest, { entry }) => Math.max(latest, entry.ended), begun) - begun
}
