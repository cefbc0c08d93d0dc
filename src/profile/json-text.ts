import type { JsonValue, TemplatePart } from './profile.ts'
import { complain, type Reading } from './reading.ts'
import { show } from './show.ts'
import type { Node, Path, ScalarNode } from './tree.ts'

/** A value of the profile as JSON, its strings as written; undefined when something in it cannot be JSON. */
export function jsonOf(reading: Reading, node: Node, path: Path): JsonValue | undefined {
  if (node.kind === 'broken') return undefined
  if (node.kind === 'scalar') {
    const problem = wrongNumber(node)
    if (problem) complain(reading, path, 'invalid-value', problem)
    return problem ? undefined : node.value
  }
  if (node.kind === 'list') {
    const items = node.items.map((item, index) => jsonOf(reading, item, [...path, index]))
    return items.every((item) => item !== undefined) ? items : undefined
  }
  const values: Record<string, JsonValue> = Object.create(null)
  let whole = true
  for (const [key, { value }] of node.entries) {
    const inner = jsonOf(reading, value, [...path, key])
    if (inner === undefined) whole = false
    else values[key] = inner
  }
  return whole ? values : undefined
}

/** A number that would be sent as another one than the reader of the profile sees. */
function wrongNumber({ value, written }: ScalarNode): string | undefined {
  if (typeof value !== 'number') return undefined
  if (!Number.isFinite(value)) return `${show(written)} is no number in JSON; put it in quotes`
  if (/^[-+]?0[\dxo]/.test(written))
    return `${show(written)} would be sent as ${value}; write that, or put it in quotes`
  return Number.isInteger(value) && !Number.isSafeInteger(value)
    ? `${show(written)} has too many digits for a JSON number; put it in quotes`
    : undefined
}

/** JSON text in which each string is replaced by the parts it stands for, already escaped. */
export function jsonParts(
  value: JsonValue,
  stringParts: (text: string, path: Path) => readonly TemplatePart[],
  path: Path = [],
): readonly TemplatePart[] {
  if (typeof value === 'string') return ['"', ...stringParts(value, path), '"']
  if (value === null || typeof value !== 'object') return [JSON.stringify(value)]
  if (Array.isArray(value))
    return [
      '[',
      ...value.flatMap((item, index) => [...comma(index), ...jsonParts(item, stringParts, [...path, index])]),
      ']',
    ]
  const entries = Object.entries(value as Readonly<Record<string, JsonValue>>)
  return [
    '{',
    ...entries.flatMap(([key, item], index) => [
      ...comma(index),
      `${JSON.stringify(key)}:`,
      ...jsonParts(item, stringParts, [...path, key]),
    ]),
    '}',
  ]
}

function comma(index: number): readonly string[] {
  return index > 0 ? [','] : []
}
