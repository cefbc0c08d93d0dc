import type { Bytes } from '../units.ts'
import { ANSWER_CHECKS, type AnswerChecks, type SizeRange } from './answer-checks.ts'
import type { CallPlace } from './functions.ts'
import type { ExpectationSection } from './grammar-step.ts'
import type { JsonValue } from './profile.ts'
import { complain, type Reading } from './reading.ts'
import { type Read, readFileBeside, type Scalar, wrong } from './scalars.ts'
import { keysAt, nodeAt, type Path } from './tree.ts'

const UNITS = new Map<string, Bytes>([
  ['B', 1],
  ['kB', 1e3],
  ['MB', 1e6],
])
/** Of an answer's body; longer ones are not kept. */
const LARGEST: Bytes = 64e6
const AMOUNT = '\\d+(?:\\.\\d+)?\\s*(?:B|kB|MB)'
export const SIZE = `[<>]\\s*${AMOUNT}|${AMOUNT}\\s*\\.\\.\\s*${AMOUNT}|${AMOUNT}`

/** "100 kB" */
export function readBytes(text: string): Bytes | undefined {
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*(B|kB|MB)\s*$/.exec(text) ?? []
  const factor = UNITS.get(unit)
  return amount === undefined || factor === undefined ? undefined : Math.round(Number(amount) * factor)
}

/** "< 100 kB", "> 1 kB", "1 kB..2 kB", or "2 kB" for exactly so much. */
export function readSize(raw: Scalar): Read<SizeRange> {
  const text = String(raw).trim()
  const [, sign = '', first = '', last = first] = /^([<>]?)\s*([^.<>]+(?:\.\d[^.<>]*)?)(?:\.\.(.+))?$/.exec(text) ?? []
  const [from, to] = [readBytes(first), readBytes(last)]
  if (from === undefined || to === undefined || (sign !== '' && first !== last))
    return wrong('unknown-unit', '{} is not a size; write < 100 kB, > 1 kB or 1 kB..100 kB, in B, kB or MB')
  if (from > to) return wrong('out-of-range', '{} runs backwards; write the smaller size first')
  if (to > LARGEST) return wrong('out-of-range', '{} is out of range; a body of at most 64 MB can be expected')
  if (sign === '') return { value: { from, to } }
  if (sign === '>') return { value: { from: from + 1, to: undefined } }
  return to > 0
    ? { value: { from: 0, to: to - 1 } }
    : wrong('out-of-range', '{} cannot be; nothing is smaller than 0 B')
}

/** Undefined where something is wrong with them, which is then in the log. */
export function readAnswerChecks(
  reading: Reading,
  section: ExpectationSection | undefined,
  path: Path,
  calls: CallPlace[] | undefined,
): AnswerChecks | undefined {
  const given = keysAt(reading.root, path).filter((key) => (ANSWER_CHECKS as readonly string[]).includes(key))
  if (given.length === 0 || section === undefined) return {}
  const { without, matches, size, check } = section
  const schema = section.schema === undefined ? undefined : schemaIn(reading, section.schema, [...path, 'schema'])
  if (check !== undefined) noteCheck(reading, check, [...path, 'check'], calls)
  const read = { without, matches, size, schema, check }
  if (given.some((key) => read[key as keyof typeof read] === undefined)) return undefined
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined))
}

function schemaIn(reading: Reading, written: JsonValue, path: Path): AnswerChecks['schema'] | undefined {
  if (typeof written === 'object' && written !== null && !Array.isArray(written)) return { inline: written }
  const file = typeof written === 'string' ? readFileBeside(written) : undefined
  if (file === undefined || !('value' in file) || !/[^/]\.json$/i.test(file.value)) {
    const why = 'a JSON Schema is a map, or the path to a .json file beside the profile or below it'
    complain(reading, path, 'invalid-value', why)
    return undefined
  }
  return { file: file.value }
}

/** It is called with the answer. */
function noteCheck(reading: Reading, name: string, path: Path, calls: CallPlace[] | undefined): void {
  const node = nodeAt(reading.root, path)
  if (!node) return
  if (calls) calls.push({ name, given: 1, written: name, place: reading.log.place(node.span.start) })
  else complain(reading, path, 'unknown-reference', 'there are no functions here; name their module under "functions"')
}
