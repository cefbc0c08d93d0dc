import type { GraphQl } from './grammar-body.ts'
import type { RequestStep, Template } from './profile.ts'
import { insideJson, readJsonText } from './read-json.ts'
import { readTemplate } from './read-template.ts'
import { complain, type Reading } from './reading.ts'
import type { Loose } from './schema.ts'
import { joinLiterals, type Scope } from './template.ts'
import { keysAt, nodeAt, type Path } from './tree.ts'

type Section = Loose<typeof GraphQl>

/** GraphQL over HTTP: one JSON document; undefined when something is wrong with it, which is then in the log. */
export function readGraphQl(
  reading: Reading,
  section: Section | undefined,
  { path, scope }: { readonly path: Path; readonly scope: Scope },
): Template | undefined {
  if (section === undefined) return undefined
  const keys = keysAt(reading.root, path)
  const document = readDocument(reading, section, { path, scope })
  const { operation, variables } = section
  const given = variables === undefined ? [] : readVariables(reading, section, { path, scope })
  const named = operation === undefined ? [] : [`,"operationName":${JSON.stringify(operation)}`]
  const broken = keys.some((key) => section[key as keyof Section] === undefined)
  if (!document || !given || broken) return undefined
  return joinLiterals(['{"query":"', ...document, '"', ...given, ...named, '}'])
}

type Place = { readonly path: Path; readonly scope: Scope }

function readDocument(reading: Reading, { file }: Section, { path, scope }: Place): Template | undefined {
  const keys = keysAt(reading.root, path)
  if (keys.includes('query') && keys.includes('file')) {
    complain(reading, [...path, 'file'], 'conflict', 'there is one document; keep "query" or "file"', 'head')
    return undefined
  }
  if (keys.includes('query')) {
    const use = { scope, encode: 'json', write: insideJson } as const
    return readTemplate(reading, [...path, 'query'], use)
  }
  if (!keys.includes('file'))
    complain(reading, path, 'missing-key', 'the document is missing; add "query", or "file" with its path', 'head')
  return file === undefined ? undefined : [{ encode: 'json', value: { kind: 'file', file } }]
}

function readVariables(reading: Reading, { variables }: Section, { path, scope }: Place): Template | undefined {
  const place = { path: [...path, 'variables'], scope }
  if (variables === undefined || nodeAt(reading.root, place.path)?.kind !== 'map') {
    complain(reading, place.path, 'wrong-type', 'variables are a map of names to values', 'head')
    return undefined
  }
  const text = readJsonText(reading, variables, place)
  return text && [',"variables":', ...text]
}

// GraphQL over HTTP, 5.1: a client says what it takes.
const ACCEPT = ['accept', ['application/graphql-response+json, application/json;q=0.9']] as const

/** What else there is to a request with such a body. Whoever looks for a value of the errors expects them. */
export function asGraphQl(step: RequestStep): RequestStep {
  const { headers, expect } = step
  const says = headers.some(([name]) => name.toLowerCase() === 'accept')
  const meansErrors = expect.json.some(({ pointer }) => /^\/errors(?:\/|$)/.test(pointer))
  return {
    ...step,
    headers: says ? headers : [...headers, ACCEPT],
    expect: meansErrors ? expect : { ...expect, graphql: true },
  }
}

/** Of a document that names what it asks for. */
export function operationIn(document: string): string | undefined {
  return /^(?:\s|#[^\n]*\n)*(?:query|mutation|subscription)\s+([_A-Za-z][_0-9A-Za-z]{0,99})/.exec(document)?.[1]
}
