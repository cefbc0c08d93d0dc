import type { Expect, JsonValue } from './profile.ts'
import { literal, type Reading } from './reading.ts'
import { nodeAt, type Path } from './tree.ts'

/** Values that JSON must have, by their pointers; what is wrong with others is in the log. */
export function readJsonValues(
  reading: Reading,
  values: Readonly<Record<string, JsonValue | undefined>>,
  path: Path,
): Expect['json'] {
  return Object.entries(values).flatMap(([pointer, given]) => {
    const value = given === undefined ? undefined : plainJson(reading, given, [...path, pointer])
    return value === undefined ? [] : [{ pointer, value }]
  })
}

/** JSON whose strings take `${env.NAME}` only: what an answer must hold is known before the run. */
function plainJson(reading: Reading, value: JsonValue, path: Path): JsonValue | undefined {
  if (typeof value === 'string') {
    const node = nodeAt(reading.root, path)
    return node?.kind === 'scalar' ? literal(reading, node) : undefined
  }
  if (value === null || typeof value !== 'object') return value
  if (isList(value)) {
    const items = value.map((item, index) => plainJson(reading, item, [...path, index]))
    return items.every((item) => item !== undefined) ? items : undefined
  }
  const entries = Object.entries(value).map(([key, item]) => [key, plainJson(reading, item, [...path, key])] as const)
  const known = entries.flatMap(([key, item]) => (item === undefined ? [] : [[key, item] as const]))
  return known.length === entries.length ? Object.fromEntries(known) : undefined
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}
