export type JsonSchema = Readonly<Record<string, unknown>>

/** Makes a checked value of an unknown one, or throws a Misread that names the place. */
export interface Reader<T> {
  (value: unknown, place: string): T
  /** What it takes, as far as JSON Schema can say; undefined where only the reader itself can. */
  readonly schema?: JsonSchema
  /** Whether the value may be absent from a record. */
  readonly optional?: true
}

/** A reader that says what it takes. */
export function described<T>(schema: JsonSchema, read: (value: unknown, place: string) => T): Reader<T> {
  return Object.assign(read, { schema })
}

/** What is wrong where; caught where the whole is read. */
export class Misread extends Error {
  constructor(place: string, expected: string) {
    super(`${place || 'the whole'} is not ${expected}`)
  }
}

/** @param schema what `holds` demands beyond `read`, as far as JSON Schema can say it */
export function where<T>(
  read: Reader<T>,
  holds: (value: T) => boolean,
  expected: string,
  schema: JsonSchema = {},
): Reader<T> {
  return described({ ...read.schema, ...schema }, (value, place) => {
    const result = read(value, place)
    if (!holds(result)) throw new Misread(place, expected)
    return result
  })
}

const LONGEST = 10_000

export const text: Reader<string> = described({ type: 'string', maxLength: LONGEST }, (value, place) => {
  if (typeof value !== 'string' || value.length > LONGEST)
    throw new Misread(place, 'a text of at most 10,000 characters')
  return value
})

export const matching = (pattern: RegExp, expected: string) =>
  where(text, (value) => pattern.test(value), expected, { pattern: pattern.source })

/** Finite and not negative: JSON has no NaN, but 1e999 reads as Infinity. */
export const amount: Reader<number> = described({ type: 'number', minimum: 0 }, (value, place) => {
  if (typeof value !== 'number' || !(value >= 0 && value < Number.POSITIVE_INFINITY))
    throw new Misread(place, 'a number from 0 on')
  return value
})

/** Finite, and perhaps negative. */
export const finite: Reader<number> = described({ type: 'number' }, (value, place) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Misread(place, 'a number')
  return value
})

export const whole: Reader<number> = described({ type: 'integer' }, (value, place) => {
  if (!Number.isSafeInteger(value)) throw new Misread(place, 'a whole number')
  return Number(value)
})

export const count = where(whole, (value) => value >= 0, 'a count', { minimum: 0 })

export const truth: Reader<boolean> = described({ type: 'boolean' }, (value, place) => {
  if (typeof value !== 'boolean') throw new Misread(place, 'true or false')
  return value
})

export function oneOf<const T extends string | number | boolean>(...choices: readonly T[]): Reader<T> {
  return described({ enum: choices }, (value, place) => {
    const chosen = choices.find((choice) => choice === value)
    if (chosen === undefined) throw new Misread(place, choices.join(' or '))
    return chosen
  })
}

export function optional<T>(read: Reader<T>): Reader<T | undefined> {
  const reader = described(read.schema ?? {}, (value, place) => (value === undefined ? undefined : read(value, place)))
  return Object.assign(reader, { optional: true as const })
}

export function list<T>(read: Reader<T>, most: number): Reader<readonly T[]> {
  return described({ type: 'array', maxItems: most, items: read.schema ?? {} }, (value, place) => {
    if (!Array.isArray(value) || value.length > most) throw new Misread(place, `a list of at most ${most}`)
    return value.map((item, index) => read(item, `${place}[${index}]`))
  })
}

export function pair<A, B>(first: Reader<A>, second: Reader<B>): Reader<readonly [A, B]> {
  const items = [first.schema ?? {}, second.schema ?? {}]
  return described({ type: 'array', items, minItems: 2, maxItems: 2 }, (value, place) => {
    if (!Array.isArray(value) || value.length !== 2) throw new Misread(place, 'a pair')
    return [first(value[0], `${place}[0]`), second(value[1], `${place}[1]`)] as const
  })
}

/** Keys it does not know are left behind: a later version may have written them. */
export function record<T extends object>(readers: { readonly [K in keyof T]: Reader<T[K]> }): Reader<T> {
  const fields = Object.entries<Reader<unknown>>(readers)
  const schema = {
    type: 'object',
    properties: Object.fromEntries(fields.map(([key, read]) => [key, read.schema ?? {}])),
    required: fields.flatMap(([key, read]) => (read.optional ? [] : [key])),
  }
  return described(schema, (value, place) => {
    const given = entriesOf(value, place)
    // In the order given, so that what is written again is the same text.
    const known = [...given.keys()].filter((key) => Object.hasOwn(readers, key))
    const missing = fields.flatMap(([key]) => (given.has(key) ? [] : [key]))
    const all = new Map(fields)
    const read = [...known, ...missing].map((key) => [
      key,
      all.get(key)!(given.get(key), place ? `${place}.${key}` : key),
    ])
    return Object.fromEntries(read) as T
  })
}

/** A record that says by its `kind` which of several it is. */
export function ofKind<T extends { readonly kind: string }>(
  readers: {
    readonly [K in T['kind']]: Reader<Extract<T, { readonly kind: K }>>
  },
): Reader<T> {
  const all = new Map(Object.entries<Reader<T>>(readers))
  return described({ anyOf: [...all.values()].map(({ schema }) => schema ?? {}) }, (value, place) => {
    const kind = entriesOf(value, place).get('kind')
    const read = typeof kind === 'string' ? all.get(kind) : undefined
    if (read === undefined) throw new Misread(`${place}.kind`, [...all.keys()].join(' or '))
    return read(value, place)
  })
}

/** Counts by key, each key one that `isKey` knows. */
export function counts(isKey: (key: string) => boolean, expected: string): Reader<Record<string, number>> {
  return described({ type: 'object', additionalProperties: count.schema }, (value, place) => {
    const given = [...entriesOf(value, place)]
    if (!given.every(([key]) => isKey(key))) throw new Misread(place, `counts by ${expected}`)
    return Object.fromEntries(given.map(([key, value]) => [key, count(value, `${place}.${key}`)]))
  })
}

function entriesOf(value: unknown, place: string): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Misread(place, 'a record')
  return new Map(Object.entries(value))
}
