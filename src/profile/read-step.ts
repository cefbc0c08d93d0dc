import { METHODS } from './grammar-step.ts'
import type { StepEntry } from './list-steps.ts'
import type { Step } from './profile.ts'
import { readRequest } from './read-request.ts'
import { readConversation, readSaid } from './read-talk.ts'
import { complain, type Reading } from './reading.ts'
import type { Scope } from './template.ts'
import { keysAt, type Path } from './tree.ts'

const KINDS: readonly string[] = [...METHODS, 'websocket', 'think']

/** A request, a pause or a part of a conversation; undefined when something is wrong with it, which is then in the log. */
export function readStep(
  reading: Reading,
  { section, path, once, page, talk }: StepEntry,
  { name, scope }: { readonly name: string | undefined; readonly scope: Scope },
): Step | undefined {
  if (section === undefined) return undefined
  const keys = keysAt(reading.root, path)
  const first = once ? ({ once } as const) : {}
  if (talk?.does === 'say' && !keys.includes('think')) {
    const said = readSaid(reading, section, { path, name, scope })
    return said && { ...said, ...first }
  }
  const [kind, second] = keys.filter((key) => KINDS.includes(key))
  if (kind === undefined) {
    // An unknown key is most likely the one, misspelt, and reported already.
    if (keys.some((key) => !(key in section))) return undefined
    const what = `a step needs one of ${METHODS.join(', ')} or websocket with a path, or think with a duration`
    complain(reading, path, 'missing-key', what, 'head')
    return undefined
  }
  if (second !== undefined) {
    const why = `a step is one request, one conversation or one pause; begin a new "- " entry for "${second}"`
    complain(reading, [...path, second], 'conflict', why, 'head')
    return undefined
  }
  if (kind === 'websocket') {
    const part =
      name === undefined ? undefined : readConversation(reading, section, { path, name, scope, part: talk?.does })
    return part && { ...part, ...first }
  }
  if (kind !== 'think') {
    const stray = ['talk', 'subprotocol'].find((key) => keys.includes(key))
    if (stray !== undefined)
      complain(reading, [...path, stray], 'conflict', `"${stray}" is of "websocket"; write that, or remove it`, 'head')
    const request = name === undefined ? undefined : readRequest(reading, section, { path, name, scope })
    return request && { ...request, ...first, ...(page === undefined ? {} : { also: true }) }
  }
  const odd = keys.find((key) => key !== 'think' && key in section)
  if (odd !== undefined) complain(reading, [...path, odd], 'conflict', `a pause has no "${odd}"; remove it`, 'head')
  return section.think && odd === undefined ? { kind: 'think', ...section.think, ...first } : undefined
}

export function isPause({ root }: Reading, path: Path): boolean {
  return keysAt(root, path).includes('think')
}
