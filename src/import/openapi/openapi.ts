import { readTarget } from '../../profile/scalars.ts'
import { type Account, WITH_ITS_REQUEST } from '../account.ts'
import type { DraftMethod, DraftStep, Imported } from '../draft.ts'
import { cleanName } from '../names.ts'
import { type Fields, fields, items, type Source, stemOf, textOf } from '../source.ts'
import { createUploads } from '../uploads.ts'
import { type ApiDocument, readDocument } from './document.ts'
import { type Described, labelOf, type Operation, parametersOf, requestOf } from './operation.ts'

/** What only reads comes first, and what takes away comes last. */
const ORDER: readonly DraftMethod[] = ['get', 'head', 'options', 'post', 'put', 'patch', 'delete']
const NOWHERE = 'http://127.0.0.1:8080'

/** A description in OpenAPI 3.0 or 3.1: one scenario with a step for each operation. */
export function importOpenApi(source: Source, account: Account): Imported {
  const document = readDocument(source)
  const target = targetOf(document.root, source, account)
  const name = cleanName(textOf(fields(document.root.info).title) ?? stemOf(source.file), 'api')
  const names = new Set<string>()
  const uploads = createUploads(account)
  const operations = operationsOf(document)
  for (const operation of operations) find(operation, document, account)
  const steps = operations.map((operation): DraftStep => {
    const request = requestOf(operation, { document, names, uploads, account })
    if (!('why' in request)) return request
    leave(operation, request.why, { document, account })
    return { kind: 'note', text: `Left out: ${labelOf(operation)}: ${request.why}` }
  })
  leaveOthers(document, account)
  account.note(
    'A description says nothing of load and order: "load" is one user, and values are examples or made up from schemas.',
  )
  const load = { users: 1, for: '60s' }
  return { draft: { name, target, load, data: [], scenarios: [{ name, steps }] }, files: uploads.files }
}

function operationsOf({ root, resolve }: ApiDocument): readonly Operation[] {
  const paths = Object.entries(fields(root.paths)).filter(([path]) => path.startsWith('/'))
  const all = paths.flatMap(([path, written]) => {
    const item = resolve(written) ?? {}
    return ORDER.flatMap((method): Operation[] =>
      item[method] === undefined ? [] : [{ method, path, item, given: fields(item[method]) }],
    )
  })
  return all.sort((a, b) => ORDER.indexOf(a.method) - ORDER.indexOf(b.method))
}

function find(operation: Described, document: ApiDocument, account: Account): void {
  const parameters = parametersOf(operation, document)
  const headers = parameters.filter(({ place }) => place === 'header').length
  account.found('request')
  account.found('header', headers)
  account.found('element', parameters.length - headers)
  account.found('body', operation.given.requestBody === undefined ? 0 : 1)
}

function leave(
  operation: Described,
  why: string,
  { document, account }: { readonly document: ApiDocument; readonly account: Account },
): void {
  const parameters = parametersOf(operation, document)
  const headers = parameters.filter(({ place }) => place === 'header').length
  const bodies = operation.given.requestBody === undefined ? 0 : 1
  account.leaveRequest(why, labelOf(operation), { headers, bodies })
  for (const { name, place } of parameters)
    if (place !== 'header') account.leave('element', WITH_ITS_REQUEST, `${labelOf(operation)}: ${name}`)
}

/** What a description has beside operations that are asked for: methods that a profile has not, and what the service calls itself. */
function leaveOthers(document: ApiDocument, account: Account): void {
  const { root, resolve } = document
  for (const [path, written] of Object.entries(fields(root.paths))) {
    const item = resolve(written)
    if (item === undefined) {
      account.found('element')
      account.leave('element', 'described elsewhere', path)
    } else if (item.trace !== undefined) {
      const operation = { method: 'trace', path, item, given: fields(item.trace) }
      find(operation, document, account)
      leave(operation, 'with a method that a profile does not have', { document, account })
    }
  }
  for (const name of Object.keys(fields(root.webhooks))) {
    account.found('element')
    account.leave('element', 'called by the service itself', `webhook ${name}`)
  }
}

function targetOf(root: Fields, source: Source, account: Account): string {
  if (source.target !== undefined) return source.target
  const server = fields(items(root.servers)[0])
  const variables = fields(server.variables)
  const written = (textOf(server.url) ?? '').replace(
    /\{([^{}]+)\}/g,
    (_, name: string) => textOf(fields(variables[name]).default) ?? '',
  )
  const read = readTarget(URL.canParse(written) ? written : `${NOWHERE}${written.startsWith('/') ? written : ''}`)
  const target = 'value' in read ? read.value : NOWHERE
  if (!URL.canParse(written)) account.note(`The description names no host; "target" is ${target}: set it.`)
  return target
}
