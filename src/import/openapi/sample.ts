import type { JsonValue } from '../../profile/profile.ts'
import { mapStrings } from '../bodies.ts'
import { fields, items } from '../source.ts'
import { literal } from '../text.ts'
import type { ApiDocument } from './document.ts'

/** Schemas in schemas; what is deeper and has to be there is left out, since a schema may hold itself. */
const DEEPEST = 8
const MOST_ITEMS = 3

/** A value of a media type or a parameter, as a template: its example, or one that fits its schema. Undefined where nothing fits. */
export function sampleOf(given: unknown, document: ApiDocument): JsonValue | undefined {
  const example = writtenExample(given, document)
  if (example !== undefined) return example
  return ofSchema(fields(given).schema, document, DEEPEST)
}

/** What the description itself writes as an example, or as a default. */
export function writtenExample(given: unknown, document: ApiDocument): JsonValue | undefined {
  const { example, examples, schema } = fields(given)
  const [first] = Object.values(fields(examples))
  const shown = example ?? fields(document.resolve(first)).value
  if (shown !== undefined) return asTemplate(shown)
  const described = document.resolve(schema)
  return described === undefined ? undefined : fixed(described)
}

function asTemplate(value: unknown): JsonValue {
  return mapStrings(value as JsonValue, literal)
}

function fixed(schema: ReturnType<typeof fields>): JsonValue | undefined {
  const value = schema.example ?? items(schema.examples)[0] ?? schema.default ?? schema.const
  return value === undefined ? undefined : asTemplate(value)
}

function ofSchema(given: unknown, document: ApiDocument, depth: number): JsonValue | undefined {
  const schema = document.resolve(given)
  if (schema === undefined || depth === 0) return undefined
  const known = fixed(schema) ?? (items(schema.enum).length > 0 ? asTemplate(items(schema.enum)[0]) : undefined)
  if (known !== undefined) return known
  const parts = items(schema.allOf)
  if (parts.length > 0) return merged([...parts, { ...schema, allOf: undefined }], document, depth)
  const [choice] = [...items(schema.oneOf), ...items(schema.anyOf)]
  if (choice !== undefined) return ofSchema(choice, document, depth - 1)
  const type = typeOf(schema)
  return type === undefined ? undefined : BY_TYPE[type]?.(schema, document, depth)
}

function merged(parts: readonly unknown[], document: ApiDocument, depth: number): JsonValue | undefined {
  const values = parts.map((part) => ofSchema(part, document, depth - 1)).filter((value) => value !== undefined)
  const maps = values.filter((value) => typeof value === 'object' && value !== null && !Array.isArray(value))
  return maps.length > 0 ? Object.assign({}, ...maps) : values[0]
}

function typeOf(schema: ReturnType<typeof fields>): string | undefined {
  const types = [schema.type].flat().filter((type) => typeof type === 'string')
  const type = types.find((name) => name !== 'null') ?? types[0]
  if (type !== undefined) return type
  return schema.properties === undefined ? (schema.items === undefined ? undefined : 'array') : 'object'
}

type OfType = (schema: ReturnType<typeof fields>, document: ApiDocument, depth: number) => JsonValue | undefined

const BY_TYPE: Readonly<Record<string, OfType>> = {
  object: ({ properties, required }, document, depth) => {
    const names = items(required)
    const entries = Object.entries(fields(properties)).flatMap(([name, property]) => {
      const isGiven = document.resolve(property)?.readOnly !== true
      // What need not be there is worth a line only near the top.
      const value =
        isGiven && (names.includes(name) || depth > DEEPEST - 3) ? ofSchema(property, document, depth - 1) : undefined
      return value === undefined ? [] : [[name, value] as const]
    })
    return Object.fromEntries(entries)
  },
  array: ({ items: item, minItems }, document, depth) => {
    const value = ofSchema(item, document, depth - 1)
    const count = Math.min(MOST_ITEMS, Math.max(1, typeof minItems === 'number' ? minItems : 1))
    return value === undefined ? [] : Array.from({ length: count }, () => value)
  },
  string: ({ format, minLength, maxLength }) => {
    const text = FORMATS[String(format)] ?? 'text'
    if (text.includes('${')) return text
    const least = typeof minLength === 'number' ? Math.min(minLength, 1_000) : 0
    const most = typeof maxLength === 'number' ? maxLength : Number.POSITIVE_INFINITY
    return text.padEnd(least, 'x').slice(0, most)
  },
  integer: (schema) => Math.ceil(numberFor(schema)),
  number: numberFor,
  boolean: () => true,
  null: () => null,
}

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-01T12:00:00Z',
  date: '2026-01-01',
  time: '12:00:00Z',
  email: 'user@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  uuid: '${uuid()}',
  byte: 'dGV4dA==',
}

function numberFor({ minimum, exclusiveMinimum, maximum, multipleOf }: ReturnType<typeof fields>): number {
  const step = typeof multipleOf === 'number' && multipleOf > 0 ? multipleOf : 1
  const above = typeof exclusiveMinimum === 'number' ? exclusiveMinimum + step : undefined
  const least = above ?? (typeof minimum === 'number' ? minimum + (exclusiveMinimum === true ? step : 0) : undefined)
  const first = least ?? step
  return typeof maximum === 'number' && maximum < first ? maximum : Math.ceil(first / step) * step
}
