import type { CallPlace } from './functions.ts'
import type { Expectation } from './grammar-step.ts'
import type { Expect } from './profile.ts'
import { readAnswerChecks } from './read-answer-checks.ts'
import { readJsonValues } from './read-json-values.ts'
import type { Reading } from './reading.ts'
import type { Loose } from './schema.ts'
import type { Path } from './tree.ts'

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
  const headers = Object.entries(section?.headers ?? {}).map(([name, contains]) => ({
    name: name.toLowerCase(),
    contains,
  }))
  if (!checks) return undefined
  return {
    status: status.filter((range) => range !== undefined),
    json: readJsonValues(reading, section?.json ?? {}, [...path, 'json']),
    headers: headers.flatMap(({ name, contains }) => (contains === undefined ? [] : [{ name, contains }])),
    body: section?.body,
    ...checks,
  }
}
