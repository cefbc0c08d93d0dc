import { nearest } from '../nearest.ts'
import { counted } from '../units.ts'
import type { CallPlace } from './functions.ts'
import { isGenerator } from './generators.ts'
import type { Issue } from './issue.ts'
import type { LoadProfile } from './profile.ts'
import { show } from './show.ts'

/** A function as its module exports it. */
export interface Exported {
  readonly name: string
  /** Parameters before the first with a default. */
  readonly takes: number
  /** Whether it may be given more: it has defaults, or takes what comes. */
  readonly open: boolean
  /** Whether it is `async`. */
  readonly later: boolean
}

/** The calls of a profile, in its order; empty where it calls nothing of its own. */
export function callsOf({ scenarios }: Pick<LoadProfile, 'scenarios'>): readonly CallPlace[] {
  return scenarios.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === 'request' ? (step.calls ?? []) : [])))
}

/** What is wrong with the calls of a profile, given what its module exports. */
export function callIssues(profile: LoadProfile, exported: readonly Exported[]): readonly Issue[] {
  const { functions } = profile
  if (!functions) return []
  const hidden = exported.filter(({ name }) => isGenerator(name))
  return [
    ...hidden.map(({ name }) => ({
      code: 'duplicate-name' as const,
      place: functions.place,
      length: functions.file.length,
      message: `${functions.file} exports ${name}, and \${${name}()} is Loadgate's own; rename it`,
    })),
    ...callsOf(profile).flatMap((call) => callIssue(call, exported, functions.file)),
  ]
}

function callIssue(call: CallPlace, exported: readonly Exported[], file: string): readonly Issue[] {
  const issue = (code: Issue['code'], message: string) => [
    { code, place: call.place, length: call.written.length, message },
  ]
  const called = exported.find(({ name }) => name === call.name)
  if (!called) return issue('unknown-reference', unknownFunction(call.name, exported, file))
  const { name, takes, open, later } = called
  if (later)
    return issue(
      'invalid-value',
      `${name} of ${file} is async; a function answers at once, so that no request waits for it`,
    )
  // The context comes last, and who does not want it does not name it.
  const fits = call.given + 1 >= takes && (call.given <= takes || open)
  return fits ? [] : issue('invalid-value', `${show(call.written)}: ${name} takes ${takesText(takes)}`)
}

function takesText(takes: number): string {
  return takes === 0 ? 'no argument' : `${counted(takes, 'argument')}, the last of which may be left to the context`
}

function unknownFunction(name: string, exported: readonly Exported[], file: string): string {
  const near = nearest(
    name.slice(0, 100),
    exported.map((one) => one.name),
  )
  if (near !== undefined) return `${file} exports no function ${show(name)}; did you mean "${near}"?`
  const all = exported.map((one) => one.name).slice(0, 20)
  return `${file} exports no function ${show(name)}; ${all.length > 0 ? `it exports ${all.join(', ')}` : 'it exports none'}`
}
