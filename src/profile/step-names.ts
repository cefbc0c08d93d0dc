import { METHODS, type StepSection } from './grammar-step.ts'
import type { StepEntry } from './list-steps.ts'
import { operationIn } from './read-graphql.ts'
import { complain, type Reading } from './reading.ts'
import { LONGEST_NAME } from './scalars.ts'
import { show, visible } from './show.ts'
import { talkMethod } from './talk.ts'
import { nodeAt, type ScalarNode } from './tree.ts'

/**
 * Names of the request steps of a scenario, each its own: as given, or the operation of GraphQL, or method and path as
 * written, with a number behind it when there are several; in a conversation, what is done and where it was opened. Undefined
 * for pauses and for what cannot be named.
 */
export function stepNames(reading: Reading, steps: readonly StepEntry[]): readonly (string | undefined)[] {
  const taken = new Map<string, number>()
  const numbers = new Map<string, number>()
  for (const [index, { section, path, talk }] of steps.entries()) {
    if (section?.name === undefined || talk?.does === 'close') continue
    const before = taken.get(section.name)
    if (before === undefined) taken.set(section.name, index)
    else {
      const why = `step ${before + 1} is also called ${show(section.name)}; every step of a scenario needs its own name`
      complain(reading, [...path, 'name'], 'duplicate-name', why)
    }
  }
  return steps.map(({ section, path, talk }) => {
    const node = nodeAt(reading.root, path)
    if (node?.kind !== 'map' || node.entries.has('think')) return undefined
    if (node.entries.has('name') && talk?.does !== 'close') return section?.name
    if (talk) {
      const at = nodeAt(reading.root, [...talk.of, 'websocket'])
      return at?.kind === 'scalar' && at.value !== null
        ? unique(`${talkMethod(talk.does, node.entries.has('send'))} ${written(at)}`, taken, numbers)
        : undefined
    }
    const operation = section?.graphql && nameOf(section.graphql)
    if (operation !== undefined) return unique(operation, taken, numbers)
    const method = METHODS.find((key) => node.entries.has(key))
    const address = method && nodeAt(reading.root, [...path, method])
    if (!method || address?.kind !== 'scalar' || address.value === null) return undefined
    return unique(`${method.toUpperCase()} ${written(address)}`, taken, numbers)
  })
}

function written(address: ScalarNode): string {
  return visible(address.written).normalize('NFC')
}

/** Of all that is asked at one address, the operation tells what. */
function nameOf({ operation, query }: NonNullable<StepSection['graphql']>): string | undefined {
  return operation ?? (query === undefined ? undefined : operationIn(query))
}

/** `numbers` remembers where each name's count stands, so that a thousand equal steps are not counted from 1 each. */
function unique(name: string, taken: Map<string, number>, numbers: Map<string, number>): string {
  for (let number = (numbers.get(name) ?? 0) + 1; ; number++) {
    const suffix = number === 1 ? '' : ` (${number})`
    const room = LONGEST_NAME - suffix.length
    const candidate = `${name.length > room ? `${name.slice(0, room - 1).toWellFormed()}…` : name}${suffix}`
    if (taken.has(candidate)) continue
    taken.set(candidate, -1)
    numbers.set(name, number)
    return candidate
  }
}
