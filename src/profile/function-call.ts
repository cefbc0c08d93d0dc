import { literalIn, type WrittenCall } from './call.ts'
import type { Argument, FunctionCall } from './functions.ts'
import { type Wrong, wrong } from './scalars.ts'
import { show } from './show.ts'

/** The meaning of an argument that is neither text nor number; undefined where it is of a kind that cannot be one. */
export type ArgumentOf = (source: string) => Argument | Wrong

/** What is called by more is a mistake, and what reads it is to be quick. */
const MOST = 20

export function functionCall(
  { name, given }: WrittenCall,
  written: string,
  argumentOf: ArgumentOf,
): FunctionCall | Wrong {
  if (given.length > MOST) return wrong('too-large', `${show(written)} has more than ${MOST} arguments`)
  const read: Argument[] = []
  for (const source of given) {
    const literal = literalIn(source)
    const argument = literal ? { kind: 'literal' as const, ...literal } : argumentOf(source)
    if (!('kind' in argument)) return argument
    read.push(argument)
  }
  return { kind: 'function', name, given: read, written }
}
