import { LoadgateError } from '../errors.ts'
import type { Bytes } from '../units.ts'
import { readJson } from './data.ts'
import { jsonParts } from './json-text.ts'
import type { JsonValue, Reference, Template, TemplatePart } from './profile.ts'
import { show } from './show.ts'
import { fillEnvironment, joinLiterals, referenceOf, type Slot } from './template.ts'
import type { Path } from './tree.ts'

/** A JSON document that is made from a file, and grown to a size by repeating the entries of a list in it. */
export interface DocumentValue {
  readonly kind: 'document'
  /** Path relative to the profile. */
  readonly file: string
  /** At least so large. */
  readonly size: Bytes
  /** JSON Pointer to the list; undefined for the first that has entries. */
  readonly list: string | undefined
}

/** The document around the list, and each entry of the list. */
export interface DocumentParts {
  readonly before: Template
  readonly entries: readonly Template[]
  readonly after: Template
}

const NO_SCOPE = { sources: [], captured: [], later: [] }
/** What follows from the seed alone, so that entries can be made before anybody arrives. */
const DRAWN: readonly Reference['value']['kind'][] = ['uuid', 'random', 'generated']

/** Throws LoadgateError 'usage' with the line. */
export function parseDocument(text: string, { file, list }: Pick<DocumentValue, 'file' | 'list'>): DocumentParts {
  const document = readJson(text, file) as JsonValue
  const way = list === undefined ? firstList(document) : tokensOf(list)
  const entries = way && valueAt(document, way)
  if (!way || !Array.isArray(entries) || entries.length === 0)
    throw broken(file, 1, `there is no list with entries${list === undefined ? '' : ` at ${show(list)}`}`)
  const read = (value: JsonValue, only?: typeof DRAWN) =>
    joinLiterals(jsonParts(value, (string) => stringParts(string, { file, text, only })))
  const before: TemplatePart[] = []
  const after: TemplatePart[] = []
  around(document, way, read, before, after)
  return {
    before: joinLiterals(before),
    entries: entries.map((entry) => read(entry, DRAWN)),
    after: joinLiterals(after),
  }
}

interface Place {
  readonly file: string
  readonly text: string
  /** Kinds of references that can stand there; all when undefined. */
  readonly only: typeof DRAWN | undefined
}

function stringParts(string: string, { file, text, only }: Place): readonly TemplatePart[] {
  const lineOf = (slot: Slot) =>
    text.slice(0, Math.max(0, text.indexOf(JSON.stringify(slot.written).slice(1, -1)))).split('\n').length
  const { parts, problems } = fillEnvironment(string, {})
  const [problem] = problems
  if (problem)
    throw broken(
      file,
      lineOf(problem.slot),
      problem.code === 'missing-env'
        ? `${show(problem.slot.written)}: the environment cannot stand in a document`
        : problem.message,
    )
  return parts.map((part): TemplatePart => {
    if (typeof part === 'string') return JSON.stringify(part.toWellFormed()).slice(1, -1)
    const value = referenceOf(part, NO_SCOPE)
    if (!('kind' in value)) throw broken(file, lineOf(part), value.message)
    if (only && !only.includes(value.kind))
      throw broken(
        file,
        lineOf(part),
        `${show(part.written)} cannot stand in the repeated list, which is made before the load`,
      )
    return { encode: 'json', value }
  })
}

/** All that stands before the list, and all behind it, with its brackets. */
function around(
  value: JsonValue,
  [token, ...rest]: readonly string[],
  read: (value: JsonValue) => Template,
  before: TemplatePart[],
  after: TemplatePart[],
): void {
  if (token === undefined) {
    before.push('[')
    after.unshift(']')
    return
  }
  const isList = Array.isArray(value)
  const members = Object.entries(value as Readonly<Record<string, JsonValue>>)
  const at = members.findIndex(([key]) => key === token)
  const key = (name: string) => (isList ? '' : `${JSON.stringify(name)}:`)
  before.push(
    isList ? '[' : '{',
    ...members.slice(0, at).flatMap(([name, inner]) => [key(name), ...read(inner), ',']),
    key(token),
  )
  after.unshift(
    ...members.slice(at + 1).flatMap(([name, inner]) => [',', key(name), ...read(inner)]),
    isList ? ']' : '}',
  )
  around(members[at]![1], rest, read, before, after)
}

/** The way to the first list that has entries, the uppermost first. */
function firstList(document: JsonValue): readonly string[] | undefined {
  const left: { readonly value: JsonValue; readonly way: readonly string[] }[] = [{ value: document, way: [] }]
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const { value, way } = next
    if (Array.isArray(value) && value.length > 0) return way
    if (typeof value === 'object' && value !== null)
      left.push(...Object.entries(value).map(([key, inner]) => ({ value: inner as JsonValue, way: [...way, key] })))
  }
  return undefined
}

function valueAt(document: JsonValue, way: Path): JsonValue | undefined {
  let at: JsonValue | undefined = document
  for (const key of way) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as Readonly<Record<string, JsonValue>>)[key]
  }
  return at
}

/** RFC 6901 4. */
function tokensOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

const HINT = 'A document is JSON with a list in it, and generators such as ${uuid()} in its texts.'

function broken(file: string, line: number, problem: string): LoadgateError {
  const mistakes = [{ place: { file, line, column: 1 }, message: problem }]
  return new LoadgateError('usage', `${file}:${line}: ${problem}`, { hint: HINT, mistakes })
}
