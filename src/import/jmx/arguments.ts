import type { Pairs } from '../draft.ts'
import { literal, pathText } from '../text.ts'
import { constant, type Filling, filled, hidden } from './filling.ts'
import type { Props, TestElement } from './plan-tree.ts'
import type { Scope } from './scope.ts'

/** A parameter, which stands in the query or in a form; without a name a piece of a text. */
export interface Argument {
  readonly name: string
  readonly value: string
  /** Whether JMeter encodes it; else it is encoded already. */
  readonly encode: boolean
}

/** Those of the sampler before those of the defaults. */
export function argumentsOf(sampler: TestElement, { defaults }: Scope): readonly Argument[] {
  return [sampler, ...[...defaults].reverse()].flatMap(({ props }) => argumentsIn(props))
}

export function argumentsIn(props: Props): readonly Argument[] {
  return props.list('HTTPsampler.Arguments').map((argument) => ({
    name: argument.text('Argument.name'),
    value: argument.text('Argument.value'),
    encode: argument.flag('HTTPArgument.always_encode'),
  }))
}

/** What is asked for: pairs, or the end of the path where pairs cannot say it. One without a name JMeter leaves away. */
export interface Query {
  readonly pairs: Pairs
  readonly ofPath: string
}

export function queryOf(given: readonly Argument[], path: string, filling: Filling): Query {
  const named = given.filter(({ name }) => name.trim() !== '')
  const names = new Set(named.map(({ name }) => name))
  const plain = names.size === named.length && named.every((argument) => isPlain(argument))
  if (plain) return { pairs: named.map((argument) => pairOf(argument, filling)), ofPath: '' }
  const written = named.map((argument) => writtenInQuery(argument, filling)).join('&')
  return { pairs: [], ofPath: `${path.includes('?') ? '&' : '?'}${written}` }
}

/** Whether it is one parameter with a name that does not change. */
function isPlain({ name, value, encode }: Argument): boolean {
  return !name.includes('${') && (encode || !/[&#]/.test(value))
}

/** As pairs, which the profile encodes. */
export function pairOf({ name, value, encode }: Argument, filling: Filling): Pairs[number] {
  const key = literal(constant(name, 'a field whose name', filling))
  if (encode) return [key, hidden(name, value, filling)]
  if (!value.includes('${')) return [key, filling.secrets.hide(name, formDecoded(value))]
  return [key, filled(value, filling, formDecoded)]
}

function writtenInQuery({ name, value, encode }: Argument, filling: Filling): string {
  const key = filled(name, filling, encodeURIComponent)
  const isGiven = value.includes('${') || filling.secrets.hide(name, value) === literal(value)
  if (!isGiven) return `${key}=${hidden(name, value, filling)}`
  return `${key}=${filled(value, filling, encode ? encodeURIComponent : pathText)}`
}

/** The text that stands in a form or a query so; the same where it stands for none. */
export function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

export function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1)
}
