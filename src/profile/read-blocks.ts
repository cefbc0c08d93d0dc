import type { BlockEntry, StepList } from './list-steps.ts'
import type { Block, Step } from './profile.ts'
import { MOST_TIMES, readFlow } from './read-flow.ts'
import { complain, type Reading } from './reading.ts'
import type { Scope } from './template.ts'
import { keysAt } from './tree.ts'

const KEYS: readonly string[] = ['steps', 'chance', 'when', 'repeat', 'between']

/** Several steps that are gone through together; undefined when something is wrong with it, which is then in the log. */
export function readBlock(reading: Reading, { section, path, from, to }: BlockEntry, scope: Scope): Block | undefined {
  const keys = keysAt(reading.root, path)
  const odd = keys.includes('websocket') ? undefined : keys.find((key) => !KEYS.includes(key) && key in (section ?? {}))
  if (odd !== undefined) {
    const why = `several steps together have no "${odd}"; write it in one of them, or begin a new "- " entry for it`
    complain(reading, [...path, odd], 'conflict', why, 'head')
  }
  const flow = readFlow(reading, section ?? {}, { path, scope })
  if (flow === undefined)
    complain(
      reading,
      [...path, 'steps'],
      'missing-key',
      'these steps need a "repeat", a "chance" or a "when"; without one, write them among the others',
      'head',
    )
  return odd === undefined && flow !== undefined && flow !== 'broken' ? { from, to, flow } : undefined
}

/** Whether none is done more often than anybody does it: a repetition within another multiplies it. */
export function repeatsAreBounded(
  reading: Reading,
  { entries, blocks: written }: StepList,
  { steps, blocks }: { readonly steps: readonly (Step | undefined)[]; readonly blocks: readonly (Block | undefined)[] },
): boolean {
  if (blocks.length === 0) return true
  // What is within another stands behind it.
  const spans = [
    ...blocks.flatMap((block, index) => (block ? [{ ...block, path: written[index]!.path }] : [])),
    ...steps.flatMap((step, index) =>
      step?.kind === 'request' && step.flow
        ? [{ from: index, to: index + 1, flow: step.flow, path: entries[index]!.path }]
        : [],
    ),
  ]
  const tooOften = spans.filter(({ from, to, flow, path }, index) => {
    const around = spans.slice(0, index + 1).filter((outer) => outer.from <= from && to <= outer.to)
    const most = around.reduce((times, { flow: { repeat } }) => times * repeat.to, 1)
    if (flow.repeat.to === 1 || most <= MOST_TIMES) return false
    const why = `with the steps around it these are up to ${most} times in one iteration; possible are ${MOST_TIMES}`
    complain(reading, [...path, 'repeat'], 'out-of-range', why)
    return true
  })
  return tooOften.length === 0
}
