import { LoadgateError } from '../../errors.ts'
import type { Account } from '../account.ts'
import type { DraftScenario, DraftStep, Imported } from '../draft.ts'
import { cleanName } from '../names.ts'
import { duration, measuredPause } from '../pauses.ts'
import { createSecrets, tellSecrets } from '../secrets.ts'
import { type Source, stemOf } from '../source.ts'
import { createUploads, type Uploads } from '../uploads.ts'
import { baseOf, isAsset, isFeed, pathBehind, whyNot } from './choose.ts'
import { findDynamic, type Taken } from './dynamic.ts'
import { type Entry, readEntries } from './entries.ts'
import { createSteps } from './steps.ts'

/** A recording of a browser (HAR 1.2): one scenario that does the same again, for every user with values of its own. */
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
  const scenario: DraftScenario = { name, steps: stepsOf(entries, base, { uploads, account }) }
  const load = {
    users: 1,
    for: duration(2 * lengthOf(entries) + 30_000 - ((2 * lengthOf(entries)) % 30_000), 86_400_000),
  }
  account.note('A recording says nothing of the load: "load" is one user; set it.')
  return { draft: { name, target: base, load, data: [], scenarios: [scenario] }, files: uploads.files }
}

function lengthOf(entries: readonly Entry[]): number {
  const begun = entries[0]?.begun ?? 0
  return entries.reduce((latest, { ended }) => Math.max(latest, ended), begun) - begun
}

type Choice = { readonly entry: Entry; readonly why: string } | Taken

function stepsOf(
  entries: readonly Entry[],
  base: string,
  { uploads, account }: { readonly uploads: Uploads; readonly account: Account },
): readonly DraftStep[] {
  const choices = entries.map((entry): Choice => {
    const why = whyNot(entry, base)
    if (why !== undefined) return { entry, why }
    return { entry, path: pathBehind(base, entry.url!) ?? '/', asset: isAsset(entry) }
  })
  const taken = choices.filter((choice): choice is Taken => !('why' in choice))
  const dynamic = findDynamic(taken)
  const secrets = createSecrets()
  const make = createSteps(taken, { dynamic, secrets, uploads, account })
  const steps: DraftStep[] = []
  let ended = entries[0]?.begun ?? 0
  for (const choice of choices) {
    if ('why' in choice) {
      const what = addressOf(choice.entry)
      const { headers, body } = choice.entry
      account.leaveRequest(choice.why, what, { headers: headers.length, bodies: body ? 1 : 0 })
      steps.push({ kind: 'note', text: `Left out: ${what}: ${choice.why}` })
      continue
    }
    const request = make(taken.indexOf(choice))
    const before = steps.findLastIndex(({ kind }) => kind !== 'note')
    const page = steps[before]
    if (choice.asset && page?.kind === 'request') steps[before] = { ...page, also: [...(page.also ?? []), request] }
    else steps.push(...pauseBefore(choice.entry, ended), request)
    // A feed is read beside what comes next.
    ended = Math.max(ended, isFeed(choice.entry) ? choice.entry.begun : choice.entry.ended)
  }
  tellSecrets(secrets, account)
  return steps
}

function pauseBefore({ begun }: Entry, ended: number): readonly DraftStep[] {
  const pause = measuredPause(begun - ended)
  return pause === undefined ? [] : [{ kind: 'think', pause }]
}

/** Method and address without the query, which may hold a secret. */
export function addressOf({ method, url, address }: Entry): string {
  return `${method} ${url ? `${url.origin === 'null' ? url.protocol : url.origin}${url.pathname}` : address}`.slice(
    0,
    200,
  )
}
