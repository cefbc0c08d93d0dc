import type { Place, Reference } from './profile.ts'

/** The module whose exported functions are called inside `${…}`. */
export interface FunctionsModule {
  /** Path relative to the profile. */
  readonly file: string
  /** Where the profile names it. */
  readonly place: Place
}

/** A call of a function of the profile's own module; what it returns stands in its place. */
export interface FunctionCall {
  readonly kind: 'function'
  readonly name: string
  readonly given: readonly Argument[]
  /** With `${` and `}`. */
  readonly written: string
}

export type Argument =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | Exclude<Reference['value'], FunctionCall>

/** Where a step calls a function: for messages, and no part of the load. */
export interface CallPlace {
  readonly name: string
  /** How many arguments. */
  readonly given: number
  readonly written: string
  readonly place: Place
}

/** All values that a reference asks for: a call's arguments are values, too. */
export function valuesIn(value: Reference['value']): readonly Reference['value'][] {
  if (value.kind !== 'function') return [value]
  return value.given.filter((argument) => argument.kind !== 'literal')
}
