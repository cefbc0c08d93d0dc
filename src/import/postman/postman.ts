import { readTarget } from '../../profile/scalars.ts'
import type { Account } from '../account.ts'
import type { DraftScenario, DraftStep, Imported } from '../draft.ts'
import { cleanName, unique } from '../names.ts'
import { createSecrets, tellSecrets } from '../secrets.ts'
import { brokenSource, type Fields, fields, items, parseJsonSource, type Source, stemOf, textOf } from '../source.ts'
import { createUploads } from '../uploads.ts'
import { addressOf } from './address.ts'
import { hasBody } from './body.ts'
import { absolute, headersOf, type Item, requestOf } from './request.ts'
import { type PostmanVariables, variablesOf } from './variables.ts'

const NOWHERE = 'http://127.0.0.1:8080'
/** Folders in folders. */
const DEEPEST = 30

/** A collection of Postman, version 2.0 or 2.1: a scenario for each folder, and one for what is in none. */
export function importPostman(source: Source, account: Account): Imported {
  const given = fields(parseJsonSource(source, 'the collection'))
  const collection = Array.isArray(given.item) ? given : fields(given.collection)
  if (!Array.isArray(collection.item))
    throw brokenSource(source.file, 'there is no "item" list', 'Export the collection as version 2.1.')
  const title = cleanName(textOf(fields(collection.info).name) ?? stemOf(source.file), 'collection')
  const secrets = createSecrets()
  const variables = variablesOf(collection, secrets)
  const folders = foldersOf(collection, title, account)
  const all = folders.flatMap((folder) => folder.items)
  for (const { request } of all) find(request, account)
  const base = baseOf(all, variables, source, account)
  const uploads = createUploads(account, source.neighbour)
  const taken = new Set<string>()
  const scenarios = folders.map(({ name, items }): DraftScenario => {
    const names = new Set<string>()
    const steps = items.map((item): DraftStep => {
      const request = requestOf(item, { base, variables, names, secrets, uploads, account })
      if (!('why' in request)) return request
      account.leaveRequest(request.why, `"${item.path}"`, {
        headers: headersOf(item.request).length,
        bodies: hasBody(item.request) ? 1 : 0,
      })
      return { kind: 'note', text: `Left out: "${item.path}": ${request.why}` }
    })
    return { name: unique(name, taken), steps }
  })
  tellSecrets(secrets, account)
  account.note('A collection says nothing of the load: "load" is one user; set it.')
  return {
    draft: { name: title, target: base, load: { users: 1, for: '60s' }, data: [], scenarios },
    files: uploads.files,
  }
}

function find(request: Fields, account: Account): void {
  account.found('request')
  account.found('header', headersOf(request).length)
  account.found('body', hasBody(request) ? 1 : 0)
}

interface Folder {
  readonly name: string
  readonly items: readonly Item[]
}

/** The outermost folders, each with all that is in it, and what stands beside them. */
function foldersOf(collection: Fields, title: string, account: Account): readonly Folder[] {
  const loose: Item[] = []
  const folders: Folder[] = []
  leaveScripts(collection, title, account)
  for (const given of items(collection.item)) {
    const item = fields(given)
    const found = itemsIn(item, { above: '', auth: collection.auth, depth: DEEPEST, account })
    if (Array.isArray(item.item)) folders.push({ name: cleanName(textOf(item.name) ?? '', 'folder'), items: found })
    else loose.push(...found)
  }
  return [...(loose.length > 0 ? [{ name: title, items: loose }] : []), ...folders].filter(
    (folder) => folder.items.length > 0,
  )
}

interface Below {
  readonly above: string
  readonly auth: unknown
  readonly depth: number
  readonly account: Account
}

function itemsIn(item: Fields, { above, auth, depth, account }: Below): readonly Item[] {
  const name = textOf(item.name) ?? 'request'
  const path = above === '' ? name : `${above} / ${name}`
  leaveScripts(item, path, account)
  if (Array.isArray(item.item)) {
    if (depth === 0) {
      account.found('element')
      account.leave('element', `nested more than ${DEEPEST} levels deep`, path)
      return []
    }
    const inner = { above: path, auth: item.auth ?? auth, depth: depth - 1, account }
    return item.item.flatMap((one) => itemsIn(fields(one), inner))
  }
  const request = typeof item.request === 'string' ? { url: item.request } : fields(item.request)
  const follows = fields(item.protocolProfileBehavior).followRedirects !== false
  return [{ name, path, request, auth: request.auth ?? auth, follows }]
}

/** Scripts run in Postman alone, and saved answers are for people. */
function leaveScripts({ event, response }: Fields, path: string, account: Account): void {
  for (const script of items(event)) {
    account.found('element')
    account.leave('element', 'run by Postman alone', `${textOf(fields(script).listen) ?? 'script'} of "${path}"`)
  }
  for (const answer of items(response)) {
    account.found('element')
    account.leave('element', 'kept as an example of an answer', `"${textOf(fields(answer).name) ?? ''}" of "${path}"`)
  }
}

/** The address that was asked for, or the one with the most requests. */
function baseOf(all: readonly Item[], variables: PostmanVariables, source: Source, account: Account): string {
  if (source.target !== undefined) return source.target
  const origins = all.flatMap(({ request }) => {
    const { origin } = addressOf(request.url)
    const constant = origin === '' ? undefined : variables.constant(origin)
    const read = constant === undefined ? undefined : readTarget(absolute(constant))
    return read && 'value' in read ? [read.value] : []
  })
  const counts = Map.groupBy(origins, (origin) => origin)
  const base = [...counts].sort(([, a], [, b]) => b.length - a.length)[0]?.[0]
  if (base === undefined) account.note(`The collection names no host; "target" is ${NOWHERE}: set it.`)
  return base ?? NOWHERE
}
