import { METHODS } from './grammar-step.ts'
import type { StepEntry } from './list-steps.ts'
import type { Step } from './profile.ts'
import { readRequest } from './read-request.ts'
import { complain, type Reading } from './reading.ts'
import type { Scope } from './template.ts'
import { keysAt, type Path } from './tree.ts'

const KINDS: readonly string[] = [...METHODS, 'think']

/** A request or a pause; undefined when something is wrong with it, which is then in the log. */
export function readStep(
  reading: Reading,
  { section, path, once, page }: StepEntry,
  { name, scope }: { readonly name: string | undefined; readonly scope: Scope },
): Step | undefined {
  if (section === undefined) return undefined
  const keys = keysAt(reading.root, path)
  const [kind, second] = keys.filter((key) => KINDS.includes(key))
  const first = once ? ({ once } as const) : {}
  if (kind === undefined) {
    // An unknown key is most likely the one, misspelt, and reported already.
    if (keys.some((key) => !(key in section))) return undefined
    const what = `a step needs one of ${METHODS.join(', ')} with a path, or think with a duration`
    complain(reading, path, 'missing-key', what, 'head')
    return undefined
  }
  if (second !== undefined) {
    const why = `a step is one request or one pause; begin a new "- " entry for "${second}"`
    complain(reading, [...path, second], 'conflict', why, 'head')
    return undefined
  }
  if (kind !== 'think') {
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
