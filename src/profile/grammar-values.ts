import {
  type Level,
  type Read,
  readAsWritten,
  readChoice,
  readDuration,
  readFileBeside,
  readHeaderName,
  readIdentifier,
  readLevel,
  readName,
  readPointer,
  readRate,
  readText,
  readUsers,
  type Scalar,
} from './scalars.ts'
import { anyJson, described, type Facets, leaf } from './schema.ts'

// The kinds of single values, each with its pattern for editors.

const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const LONGEST_LOAD = 24 * HOUR

/** What is said of a key; the kind of its value is known. */
export type Words = Omit<Facets, 'type' | 'json'> & { readonly type?: string }
// A value of the environment may stand in for any other; its shape is known only when the profile is read.
export const orEnvironment = (pattern: string) => ({ type: 'string', pattern: `^(?:${pattern})$|\\$\\{env\\.` })
export const TIME = '(?:\\d+(?:\\.\\d+)?\\s*(?:ms|s|m|h)\\s*)+'
const RATE = '\\d+(?:\\.\\d+)?\\s*/\\s*[smh]'
const USERS = '\\d+(?:\\s*users?)?'

export const duration = (min: number, max: number, words: Words) =>
  leaf((raw) => readDuration(raw, { min, max }), {
    type: 'a duration such as 30s',
    json: orEnvironment(TIME),
    ...words,
  })
const level = (read: (raw: Scalar) => Read<Level>, pattern: string, type: string, words: Words) =>
  leaf(read, {
    type,
    json: pattern === RATE ? orEnvironment(RATE) : { anyOf: [{ type: 'integer' }, orEnvironment(pattern)] },
    ...words,
  })
export const rate = (words: Words) => level(readRate, RATE, 'a rate such as 50/s', words)
export const users = (words: Words) => level(readUsers, USERS, 'a whole number of users such as 50', words)
export const anyLevel = (words: Words) =>
  level(readLevel, `${RATE}|${USERS}`, 'a rate such as 50/s, or a number of users', words)
export const text = (words: Words) => leaf(readText, { type: 'text', json: { type: 'string', minLength: 1 }, ...words })
export const redirects = (words: Words) =>
  leaf((raw) => readChoice(raw, ['follow', 'none']), {
    type: '`follow` or `none`',
    examples: ['follow'],
    json: { enum: ['follow', 'none'] },
    ...words,
  })
/** A file that is read with the profile. */
export const fileBeside = (words: Words) =>
  leaf(readFileBeside, {
    type: 'a path',
    json: { type: 'string', minLength: 1 },
    ...words,
  })
export const anyScalar = { type: ['string', 'number', 'boolean'] }
export const template = (words: Words) =>
  leaf(readAsWritten, { type: 'text', content: 'template', asWritten: true, json: anyScalar, ...words })
export const json = (words: Words) => described(anyJson(), { type: 'any value', content: 'json', ...words })
export const headerName = leaf(readHeaderName, {
  type: 'a header name',
  description: 'Header name.',
  json: { type: 'string', pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" },
})
export const identifier = leaf(readIdentifier, {
  type: 'a name of letters, digits, "_" and "-"',
  description: 'Name for use in `${…}`.',
  json: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_-]*$' },
})
export const pointer = (words: Words) =>
  leaf(readPointer, { type: 'a JSON Pointer such as /user/id', json: { type: 'string', pattern: '^(/|$)' }, ...words })
export const plainKey = leaf(readAsWritten, { type: 'text', description: 'Name, sent as written.' })
export const name = (words: Words) =>
  leaf(readName, { type: 'text', json: { type: 'string', minLength: 1, maxLength: 100 }, ...words })
