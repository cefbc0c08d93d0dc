import type { Step as StepGrammar } from './grammar-step.ts'
import type { Body, Template } from './profile.ts'
import { readGraphQl } from './read-graphql.ts'
import { readJson } from './read-json.ts'
import { readMultipart } from './read-multipart.ts'
import { readTemplate } from './read-template.ts'
import { complain, type Reading, unread } from './reading.ts'
import { wrongHeaderValue } from './scalars.ts'
import type { Loose } from './schema.ts'
import { joinLiterals, type Scope } from './template.ts'
import { keysAt, nodeAt, type Path } from './tree.ts'

type Section = Loose<typeof StepGrammar>

const KINDS = ['json', 'form', 'multipart', 'graphql', 'generate', 'body'] as const

/** What a request carries; `broken` where something is wrong with it, which is then in the log. */
export function readBody(
  reading: Reading,
  section: Section,
  { path, method, scope }: { readonly path: Path; readonly method: string; readonly scope: Scope },
): Body | undefined | 'broken' {
  const keys = keysAt(reading.root, path)
  const [kind, second] = KINDS.filter((key) => keys.includes(key))
  const conflict = (key: string, why: string): 'broken' => {
    complain(reading, [...path, key], 'conflict', why, 'head')
    return 'broken'
  }
  if (second) return conflict(second, `a request has one body; keep "${kind}" or "${second}"`)
  if (keys.includes('type') && kind !== 'body')
    return conflict('type', '"type" belongs to "body"; set the header content-type instead')
  if (!kind) return undefined
  if (kind === 'graphql' && method !== 'post') return conflict(kind, 'GraphQL is sent with POST; write "post"')
  if (method === 'get' || method === 'head')
    return conflict(kind, `a ${method.toUpperCase()} request has no body; write "post", or "query" for parameters`)
  return CONTENT[kind](reading, section, { path: [...path, kind], scope }) ?? 'broken'
}

interface Place {
  readonly path: Path
  readonly scope: Scope
}

type ReadBody = (reading: Reading, section: Section, place: Place) => Body | undefined

const CONTENT: Readonly<Record<(typeof KINDS)[number], ReadBody>> = {
  json: (reading, { json }, place) => typed('application/json', readJson(reading, json, place)),
  form: (reading, { form }, { path, scope }) =>
    typed('application/x-www-form-urlencoded', readPairs(reading, form, path, scope)),
  multipart: (reading, { multipart }, place) => readMultipart(reading, multipart, place),
  graphql: (reading, { graphql }, place) => typed('application/json', readGraphQl(reading, graphql, place)),
  generate: (_, { generate }) => typed('application/json', documentContent(generate)),
  body: readPlain,
}

function typed(type: string | undefined, content: Template | undefined): Body | undefined {
  return content && { type, content }
}

function readPlain(reading: Reading, { body, type }: Section, { path, scope }: Place): Body | undefined {
  const beside = [...path.slice(0, -1), 'type']
  const wrongType = type === undefined ? undefined : wrongHeaderValue(type)
  if (wrongType) complain(reading, beside, wrongType.code, wrongType.message.replace('{}', '"type"'))
  const broken = wrongType !== undefined || (nodeAt(reading.root, beside) !== undefined && type === undefined)
  const content =
    typeof body === 'object' ? fileContent(body.file) : readTemplate(reading, path, { scope, encode: 'none' })
  return broken ? undefined : typed(type, content)
}

export function documentContent(section: Section['generate']): Template | undefined {
  const { file, size, list } = section ?? {}
  if (file === undefined || size === undefined) return undefined
  return [{ encode: 'none', value: { kind: 'document', file, size, list } }]
}

function fileContent(file: string | undefined): Template | undefined {
  return file === undefined ? undefined : [{ encode: 'none', value: { kind: 'file', file } }]
}

export function urlEncoded(literal: string): string {
  return encodeURIComponent(literal.toWellFormed())
}

/** `name=value&name=value`, as queries and forms write it. */
export function readPairs(reading: Reading, pairs: Section['query'], path: Path, scope: Scope): Template | undefined {
  const written = Object.keys(pairs ?? {}).map((name) => {
    const value = readTemplate(reading, [...path, name], { scope, encode: 'url', write: urlEncoded })
    return value && [`${urlEncoded(name)}=`, ...value]
  })
  if (!written.every((pair) => pair !== undefined) || unread(reading, path, pairs)) return undefined
  return joinLiterals(written.flatMap((pair, index) => (index > 0 ? ['&', ...pair] : pair)))
}
