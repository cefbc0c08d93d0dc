import type { JsonValue } from '../../profile/profile.ts'
import { jsonAsWritten, parsedJson } from '../bodies.ts'
import type { DraftBody, DraftPart, Pairs } from '../draft.ts'
import type { Secrets } from '../secrets.ts'
import { type Fields, fields, items, textOf } from '../source.ts'
import type { Uploads } from '../uploads.ts'

type Write = (text: string) => string

interface Making {
  readonly write: Write
  readonly secrets: Secrets
  readonly uploads: Uploads
  /** Of the header, where there is one. */
  readonly type: string | undefined
}

/** Whether a request sends one. */
export function hasBody({ body }: Fields): boolean {
  const { mode, disabled } = fields(body)
  const name = textOf(mode)
  if (name === undefined || name === 'none' || disabled === true) return false
  const content = fields(body)[name]
  return typeof content === 'string'
    ? content !== ''
    : Array.isArray(content)
      ? content.length > 0
      : content !== undefined && content !== null
}

/** As a step has it, or why it cannot. */
export function bodyOf({ body }: Fields, making: Making): DraftBody | { readonly why: string } {
  const given = fields(body)
  const mode = textOf(given.mode) ?? ''
  const make = MODES[mode]
  return make
    ? make(given[mode], { ...making, options: fields(given.options) })
    : { why: `with a body of the mode "${mode}"` }
}

type Make = (content: unknown, making: Making & { readonly options: Fields }) => DraftBody | { readonly why: string }

const MODES: Readonly<Record<string, Make>> = {
  raw: (content, { write, type, options }) => {
    const text = write(textOf(content) ?? '')
    const language = textOf(fields(options.raw).language)
    const written = type ?? TYPES[language ?? ''] ?? 'text/plain'
    const value = /^application\/json\b/i.test(written) ? jsonAsWritten(text) : undefined
    return value === undefined ? { kind: 'text', text, type: written } : { kind: 'json', value }
  },
  urlencoded: (content, making) => {
    const pairs = enabled(content).map((pair) => pairOf(pair, making))
    const twice = new Set(pairs.map(([name]) => name)).size < pairs.length
    return twice ? { why: 'with a field that comes twice' } : { kind: 'form', pairs }
  },
  formdata: (content, making) => ({
    kind: 'multipart',
    parts: enabled(content).flatMap((part): readonly DraftPart[] => {
      const [name, value] = pairOf(part, making)
      if (part.type !== 'file') return [{ name, value }]
      const type = textOf(part.contentType)
      return [part.src].flat().map((source) => ({ name, file: making.uploads.pathOf(textOf(source) ?? ''), type }))
    }),
  }),
  graphql: (content, { write }) => {
    const { query, variables, operationName } = fields(content)
    const text = write(textOf(variables) ?? '')
    const given = text.trim() === '' ? {} : parsedJson(text)
    if (given === undefined) return { why: 'with GraphQL variables that are no JSON' }
    const name = textOf(operationName)
    const value: JsonValue = {
      ...(name ? { operationName: name } : {}),
      query: write(textOf(query) ?? ''),
      variables: given,
    }
    return { kind: 'json', value }
  },
  file: (content, { type, uploads }) => {
    const { src, content: text } = fields(content)
    return { kind: 'file', file: uploads.pathOf(textOf(src) ?? '', textOf(text)), type }
  },
}

const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  xml: 'application/xml',
  html: 'text/html',
  javascript: 'application/javascript',
}

function enabled(content: unknown): readonly Fields[] {
  return items(content)
    .map((item) => fields(item))
    .filter(({ disabled }) => disabled !== true)
}

function pairOf({ key, value }: Fields, { write, secrets }: Making): Pairs[number] {
  const [name, text] = [textOf(key) ?? '', textOf(value) ?? '']
  return [write(name), text.includes('{{') ? write(text) : secrets.hide(name, text)]
}
