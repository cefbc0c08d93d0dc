import type { WrittenCall } from './call.ts'
import type { FunctionCall } from './functions.ts'
import type { Reference } from './profile.ts'
import { type Wrong, wrong } from './scalars.ts'
import { show } from './show.ts'

/** Anything but a call of a function. */
type Generated = Exclude<Reference['value'], FunctionCall>
type Generator = (given: readonly string[], written: string) => Generated | Wrong

const PLAIN = ['uuid', 'now', 'user', 'iteration', 'worker'] as const

/** Each with how it is written. */
const GENERATORS: ReadonlyMap<string, { readonly as: string; readonly read: Generator }> = new Map([
  ...PLAIN.map((kind) => [kind, { as: `${kind}()`, read: plain(kind) }] as const),
  ['random', { as: 'random(from, to)', read: random }],
])

export function isGenerator(name: string): boolean {
  return GENERATORS.has(name)
}

/** As they are written, for those who look for one. */
export const KNOWN_GENERATORS = [...GENERATORS.values()].map(({ as }) => as)

/** What a call of a generator means; undefined where it is of none. */
export function generatorOf({ name, given }: WrittenCall, written: string): Generated | Wrong | undefined {
  return GENERATORS.get(name)?.read(given, written)
}

function plain(kind: (typeof PLAIN)[number]): Generator {
  return (given, written) =>
    given.length === 0 ? { kind } : wrong('invalid-value', `${show(written)}: ${kind}() takes nothing in its brackets`)
}

function random(given: readonly string[], written: string): Generated | Wrong {
  const [from, to] = given.map((text) => (/^-?\d+$/.test(text) ? Number(text) : undefined))
  if (from === undefined || to === undefined || given.length > 2)
    return wrong('invalid-value', `${show(written)} needs two whole numbers, as in \${random(1, 100)}`)
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from > to)
    return wrong('out-of-range', `${show(written)}: the first number must not be above the second, and both below 2^53`)
  return { kind: 'random', from, to }
}
