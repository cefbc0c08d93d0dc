import type { Share } from '../units.ts'
import type { StepSection } from './grammar-step.ts'
import type { Flow } from './profile.ts'
import { complain, type Reading } from './reading.ts'
import { type Read, type Scalar, wrong } from './scalars.ts'
import { show } from './show.ts'
import type { Scope } from './template.ts'
import { keysAt, type Path } from './tree.ts'

/** Far above what anybody does in a row; a mistake in a number is not a load. */
export const MOST_TIMES = 10_000
const RAREST = 1e-9

export const CHANCE = '\\d+\\s+in\\s+\\d+|\\d+(?:\\.\\d+)?\\s*%'
export const TIMES = '\\d+\\s*\\.\\.\\s*\\d+|\\d+'

/** "1 in 500" or "5 %". */
export function readChance(raw: Scalar): Read<Share> {
  const text = String(raw)
  const [, some, all] = /^\s*(\d+)\s+in\s+(\d+)\s*$/.exec(text) ?? []
  const [, percent] = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text) ?? []
  if (some === undefined && percent === undefined)
    return wrong('unknown-unit', '{} is not a chance; write 1 in 500, or 5 %')
  const value = percent === undefined ? Number(some) / Number(all) : Number(percent) / 100
  return value >= RAREST && value <= 1
    ? { value }
    : wrong('out-of-range', '{} is out of range; a chance is above 0 and at most 1 in 1')
}

/** "3" or "1..5". */
export function readTimes(raw: Scalar): Read<{ readonly from: number; readonly to: number }> {
  const [, first = '', second = first] = /^\s*(\d+)\s*(?:\.\.\s*(\d+)\s*)?$/.exec(String(raw)) ?? []
  if (first === '')
    return wrong('wrong-type', '{} is no number of times; write one such as 3, or 1..5 for a random one')
  const [from, to] = [Number(first), Number(second)]
  if (from > to) return wrong('out-of-range', `{} runs backwards; write ${second}..${first}`)
  return from >= 1 && to <= MOST_TIMES
    ? { value: { from, to } }
    : wrong('out-of-range', `{} is out of range; possible is from 1 to ${MOST_TIMES}`)
}

export const FLOW_KEYS = ['chance', 'when', 'repeat', 'between'] as const

/** Undefined where a step has none of it; `broken` where something is wrong with it, which is then in the log. */
export function readFlow(
  reading: Reading,
  section: StepSection,
  { path, scope }: { readonly path: Path; readonly scope: Scope },
): Flow | 'broken' | undefined {
  const keys: readonly string[] = keysAt(reading.root, path)
  const given = FLOW_KEYS.filter((key) => keys.includes(key))
  if (given.length === 0) return undefined
  let sound = given.every((key) => section[key] !== undefined)
  if (keys.includes('between') && !keys.includes('repeat')) {
    complain(
      reading,
      [...path, 'between'],
      'conflict',
      '"between" is the pause of a "repeat"; add that, or remove it',
      'head',
    )
    sound = false
  }
  const when = Object.entries(section.when ?? {}).map(([capture, is]) => {
    if (!scope.captured.includes(capture)) {
      const why = `there is no ${show(capture)} here; an earlier step has to capture it`
      complain(reading, [...path, 'when', capture], 'unknown-reference', why, 'head')
      sound = false
    }
    if (is === undefined) sound = false
    return { capture, is: [is ?? []].flat().filter((text) => text !== undefined) }
  })
  const { from = 1, to = 1 } = section.repeat ?? {}
  return sound ? { chance: section.chance, when, repeat: { from, to, between: section.between } } : 'broken'
}
