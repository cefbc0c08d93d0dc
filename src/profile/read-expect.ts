import type { CallPlace } from './functions.ts'
import type { Expectation } from './grammar-step.ts'
import type { Expect, JsonValue } from './profile.ts'
import { readAnswerChecks } from './read-answer-checks.ts'
import { literal, type Reading } from './reading.ts'
import type { Loose } from './schema.ts'
import { nodeAt, type Path } from './tree.ts'

const ANY_SUCCESS = [{ from: 200, to: 399 }]

/** What makes an answer a success; undefined when something is wrong with it, which is then in the log. */
export function readExpect(
  reading: Reading,
  section: Loose<typeof Expectation> | undefined,
  path: Path,
  calls?: CallPlace[],
): Expect | undefined {
  const checks = readAnswerChecks(reading, section, path, calls)
  const given = section?.status
  const status = given === undefined ? ANY_SUCCESS : 'from' in given ? [given] : given
  const json = Object.entries(section?.json ?? {}).map(([pointer, value]) => ({
    pointer,
    value: value === undefined ? undefined : plainJson(reading, value, [...path, 'json', pointer]),
  }))
  const headers = Object.entries(section?.headers ?? {}).map(([name, contains]) => ({
    name: name.toLowerCase(),
    contains,
  }))
  if (!checks) return undefined
  return {
    status: status.filter((range) => range !== undefined),
    json: json.flatMap(({ pointer, value }) => (value === undefined ? [] : [{ pointer, value }])),
    headers: headers.flatMap(({ name, contains }) => (contains === undefined ? [] : [{ name, contains }])),
    body: section?.body,
    ...checks,
  }
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
