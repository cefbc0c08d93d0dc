import type { Account } from '../account.ts'
import { impliesType, rawBody } from '../bodies.ts'
import type { DraftBody, DraftCapture, DraftPart, DraftRequest } from '../draft.ts'
import { ofTheBrowser } from '../headers.ts'
import { multipartParts, type RecordedPart } from '../multipart.ts'
import { cleanName, unique } from '../names.ts'
import type { Secrets } from '../secrets.ts'
import type { Uploads } from '../uploads.ts'
import { methodOf } from './choose.ts'
import { cookiesSetBy, ownCookies } from './cookies.ts'
import type { Dynamic, Taken } from './dynamic.ts'
import type { RecordedBody } from './entries.ts'
import { eventsOf } from './events.ts'
import { createFill, type Fill } from './fill.ts'
import { placeOf } from './leaves.ts'
import type { Play } from './plays.ts'

interface Making {
  readonly secrets: Secrets
  readonly uploads: Uploads
  readonly account: Account
}

const NONE: ReadonlyMap<string, string> = new Map()
/** What a step is called that nobody has named is its method and its path; longer than this nobody reads it. */
const LONGEST_LABEL = 60

/** Makes the steps of a recording, which have to be asked for in their order. */
export function createSteps(
  taken: readonly Taken[],
  { dynamic, cells, earlier, logins }: Pick<Play, 'dynamic' | 'cells' | 'earlier' | 'logins'>,
  { secrets, uploads, account }: Making,
): (index: number) => DraftRequest {
  const kept = new Set(earlier.flatMap(({ entry }) => cookiesSetBy(entry.answer)))
  const names = new Set<string>()
  const known = new Map<string, string>()
  tellDynamic(taken, dynamic, { secrets, account })

  return (index) => {
    const { entry, path, asset } = taken[index]!
    const own = cells.get(taken[index]!) ?? NONE
    const fill = createFill({ names: new Map(known), cells: own, secrets, sent: entry.begun })
    const body = bodyOf(entry.body, fill, uploads)
    if (body?.kind === 'text' && body.type !== 'application/json')
      account.note(
        'Bodies that are neither JSON nor a form are written as recorded, but for the secrets that are called so in them.',
      )
    const headers: [string, string][] = []
    let held = 0
    for (const [name, value] of entry.headers) {
      const written = headerOf(name, value)
      if (written === undefined) continue
      held++
      if (written !== 'with the body') headers.push([name, written])
    }
    for (const name of cookiesSetBy(entry.answer)) kept.add(name)
    const capture: Record<string, DraftCapture> = {}
    for (const value of dynamic.values)
      if (value.from === index) {
        capture[value.name] = value.capture
        known.set(value.value, value.name)
      }
    const method = methodOf(entry)!
    const written = fill.path(path)
    return {
      kind: 'request',
      source: secrets.redact(`${entry.method} ${path.split('?')[0]}`),
      holds: { headers: held, bodies: entry.body ? 1 : 0 },
      method,
      path: written,
      ...nameOf(`${entry.method} ${written}`, body),
      headers,
      ...(body ? { body } : {}),
      ...(isTelling(taken[index]!) ? { expect: { status: entry.answer.status } } : {}),
      ...(Object.keys(capture).length > 0 ? { capture } : {}),
      ...eventsOf(entry, written, account),
    }

    /** Undefined where it is left out, and in the account. */
    function headerOf(name: string, value: string): string | 'with the body' | undefined {
      const key = name.toLowerCase()
      if (key === 'cookie') return ownCookies(value, { kept, asset, secrets, account })
      if (key === 'content-type' && body && saysType(body, value)) return 'with the body'
      const twice = headers.some(([other]) => other.toLowerCase() === key)
      const why = ofTheBrowser(name, value) ?? (twice ? 'given twice' : undefined)
      if (why === undefined) return fill.header(name, value)
      account.leave('header', why, key)
      return undefined
    }
  }

  /** What is wrong, and the redirect of those who are let in: whoever is not gets the form again, with 200. */
  function isTelling(one: Taken): boolean {
    const { status } = one.entry.answer
    return status >= 400 || (status >= 300 && logins.has(one))
  }

  function nameOf(label: string, body: DraftBody | undefined): { readonly name?: string } {
    const operation = operationOf(body)
    if (operation !== undefined) return { name: unique(operation, names) }
    const short = label.split('?')[0] ?? label
    return label.length > LONGEST_LABEL ? { name: unique(cleanName(short, 'request'), names) } : {}
  }
}

/** The operation of a GraphQL request, by which people know it: their path is always the same. */
function operationOf(body: DraftBody | undefined): string | undefined {
  if (body?.kind !== 'json' || typeof body.value !== 'object' || body.value === null || !('query' in body.value))
    return undefined
  const { operationName } = body.value as Readonly<Record<string, unknown>>
  return typeof operationName === 'string' ? cleanName(operationName, '') || undefined : undefined
}

function bodyOf(body: RecordedBody | undefined, fill: Fill, uploads: Uploads): DraftBody | undefined {
  if (body?.text === undefined) return undefined
  const { text, type, bytes = false } = body
  const parts = multipartParts(text, type ?? '', bytes)
  if (parts === undefined && bytes)
    return { kind: 'file', file: uploads.pathOf('body.bin', Buffer.from(text, 'latin1')), type }
  if (parts === undefined) return fill.body(rawBody(text, type))
  return { kind: 'multipart', parts: parts.map((part, at) => partOf(part, placeOf.field(at), fill, uploads)) }
}

/** A file that nobody has chosen is sent without a name and without content. */
function partOf(part: RecordedPart, place: string, fill: Fill, uploads: Uploads): DraftPart {
  if ('value' in part) return { name: part.name, value: fill.value(part.name, part.value, place) }
  const { name, file, type, content } = part
  return file === '' ? { name, value: '' } : { name, file: uploads.pathOf(file, content), type }
}

function saysType(body: DraftBody, value: string): boolean {
  if (body.kind === 'text')
    return body.type === value || (body.type === 'application/json' && impliesType('json', value))
  if (body.kind === 'file') return body.type === value
  return body.kind === 'multipart' || impliesType(body.kind, value)
}

function tellDynamic(
  taken: readonly Taken[],
  { values, unclear }: Dynamic,
  { secrets, account }: Pick<Making, 'secrets' | 'account'>,
): void {
  const step = (index: number) => secrets.redact(`${taken[index]!.entry.method} ${taken[index]!.path.split('?')[0]}`)
  const captured = values.map(({ name, from }) => `${name} (${step(from)})`)
  if (captured.length > 0)
    account.note(`Captured from answers, since they look new for every user: ${captured.join(', ')}.`)
  for (const { name, by, from } of unclear)
    account.note(
      `${step(by)} sends ${name || 'a value'} as recorded; the answer of ${step(from)} has it too, in no place that is clear. Capture it where it has to be new.`,
    )
}
