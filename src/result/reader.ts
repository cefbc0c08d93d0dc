/** Makes a checked value of an unknown one, or throws a Misread that names the place. */
export type Reader<T> = (value: unknown, place: string) => T

/** What is wrong where; caught where the whole is read. */
export class Misread extends Error {
  constructor(place: string, expected: string) {
    super(`${place || 'the whole'} is not ${expected}`)
  }
}

export function where<T>(read: Reader<T>, holds: (value: T) => boolean, expected: string): Reader<T> {
  return (value, place) => {
    const result = read(value, place)
    if (!holds(result)) throw new Misread(place, expected)
    return result
  }
}

export const text: Reader<string> = (value, place) => {
  if (typeof value !== 'string' || value.length > 10_000)
    throw new Misread(place, 'a text of at most 10,000 characters')
  return value
}

export const matching = (pattern: RegExp, expected: string) => where(text, (value) => pattern.test(value), expected)

/** Finite and not negative: JSON has no NaN, but 1e999 reads as Infinity. */
export const amount: Reader<number> = (value, place) => {
  if (typeof value !== 'number' || !(value >= 0 && value < Number.POSITIVE_INFINITY))
    throw new Misread(place, 'a number from 0 on')
  return value
}

export const whole: Reader<number> = (value, place) => {
  if (!Number.isSafeInteger(value)) throw new Misread(place, 'a whole number')
  return Number(value)
}

export const count = where(whole, (value) => value >= 0, 'a count')

export const truth: Reader<boolean> = (value, place) => {
  if (typeof value !== 'boolean') throw new Misread(place, 'true or false')
  return value
}

export function oneOf<const T extends string | number>(...choices: readonly T[]): Reader<T> {
  return (value, place) => {
    const chosen = choices.find((choice) => choice === value)
    if (chosen === undefined) throw new Misread(place, choices.join(' or '))
    return chosen
  }
}

export function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return (value, place) => (value === undefined ? undefined : read(value, place))
}

export function list<T>(read: Reader<T>, most: number): Reader<readonly T[]> {
  return (value, place) => {
    if (!Array.isArray(value) || value.length > most) throw new Misread(place, `a list of at most ${most}`)
    return value.map((item, index) => read(item, `${place}[${index}]`))
  }
}

/** Keys it does not know are left behind: a later version may have written them. */
export function record<T extends object>(readers: { readonly [K in keyof T]: Reader<T[K]> }): Reader<T> {
  return (value, place) => {
    const given = entriesOf(value, place)
    const read = Object.entries<Reader<unknown>>(readers).map(([key, read]) => [
      key,
      read(given.get(key), place ? `${place}.${key}` : key),
    ])
    return Object.fromEntries(read) as T
  }
}

/** Counts by key, each key one that `isKey` knows. */
export function counts(isKey: (key: string) => boolean, expected: string): Reader<Record<string, number>> {
  return (value, place) => {
    const given = [...entriesOf(value, place)]
    if (!given.every(([key]) => isKey(key))) throw new Misread(place, `counts by ${expected}`)
    return Object.fromEntries(given.map(([key, value]) => [key, count(value, `${place}.${key}`)]))
  }
}

function entriesOf(value: unknown, place: string): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Misread(place, 'a record')
  return new Map(Object.entries(value))
}
