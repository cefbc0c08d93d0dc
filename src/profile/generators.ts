import type { WrittenCall } from './call.ts'
import type { FunctionCall } from './functions.ts'
import type { Recipe } from './generated.ts'
import type { Reference } from './profile.ts'
import { RECIPES } from './recipes.ts'
import { type Wrong, wrong } from './scalars.ts'
import { show } from './show.ts'

/** Anything but a call of a function. */
type Made = Exclude<Reference['value'], FunctionCall>
type Generator = (given: readonly string[], written: string) => Made | Wrong

const PLAIN = ['uuid', 'now', 'user', 'iteration', 'worker'] as const

/** Each with how it is written. */
const GENERATORS: ReadonlyMap<string, { readonly as: string; readonly read: Generator }> = new Map([
  ...PLAIN.map((kind) => [kind, { as: `${kind}()`, read: plain(kind) }] as const),
  ['random', { as: 'random(from, to)', read: random }],
  ...[...RECIPES].map(([name, { as, read }]) => [name, { as, read: generated(read) }] as const),
])

export function isGenerator(name: string): boolean {
  return GENERATORS.has(name)
}

/** As they are written, for those who look for one. */
export const KNOWN_GENERATORS = [...GENERATORS.values()].map(({ as }) => as)

/** What a call of a generator means; undefined where it is of none. */
export function generatorOf({ name, given }: WrittenCall, written: string): Made | Wrong | undefined {
  return GENERATORS.get(name)?.read(given, written)
}

function plain(kind: (typeof PLAIN)[number]): Generator {
  return (given, written) =>
    given.length === 0 ? { kind } : wrong('invalid-value', `${show(written)}: ${kind}() takes nothing in its brackets`)
}

function generated(read: (given: readonly string[], written: string) => Recipe | Wrong): Generator {
  return (given, written) => {
    const recipe = read(given, written)
    return 'from' in recipe ? { kind: 'generated', recipe, written } : recipe
  }
}

function random(given: readonly string[], written: string): Made | Wrong {
  const [from, to] = given.map((text) => (/^-?\d+$/.test(text) ? Number(text) : undefined))
  if (from === undefined || to === undefined || given.length > 2)
    return wrong('invalid-value', `${show(written)} needs two whole numbers, as in \${random(1, 100)}`)
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from > to)
    return wrong('out-of-range', `${show(written)}: the first number must not be above the second, and both below 2^53`)
  return { kind: 'random', from, to }
}
