import type { JsonValue } from '../profile/profile.ts'
import { visible } from '../profile/show.ts'
import type { Path } from '../profile/tree.ts'
import { type Layout, writeYaml } from '../profile/yaml-tree.ts'
import {
  type Draft,
  type DraftBlock,
  type DraftFlow,
  type DraftRequest,
  type DraftScenario,
  type DraftStep,
  type Pairs,
  requestsOf,
} from './draft.ts'
import { bodyKeys } from './write-body.ts'

/** Columns of a line; what is longer is written over several. */
const WIDTH = 100

/** The profile as somebody would have written it; `head` are the lines of the comment at its beginning. */
export function writeProfile(draft: Draft, head: readonly string[]): string {
  const layouts = new Map<string, Layout>([['[]', { above: head.map(commentLine) }]])
  const lay = (path: Path, layout: Layout) => void layouts.set(JSON.stringify(path), layout)
  const all = requestsOf(draft).every(({ follow }) => follow)
  const value = {
    name: draft.name,
    target: `\${env.TARGET_URL:-${draft.target}}`,
    load: structuredClone(draft.load) as JsonValue,
    ...(all ? { redirects: 'follow' } : {}),
    ...(draft.data.length > 0 ? { data: dataOf(draft, lay) } : {}),
    scenarios: draft.scenarios.map((scenario, index) => scenarioOf(scenario, ['scenarios', index], { lay, all })),
  }
  for (const key of ['load', 'data', 'scenarios'])
    lay([key], { apart: true, flat: key === 'load' && fits(value.load, 6) })
  return writeYaml(value, (path) => {
    const layout = layouts.get(JSON.stringify(path))
    return isInStep(path) || isStage(path) ? { flat: fits(at(value, path), indentOf(path)), ...layout } : layout
  })
}

type Lay = (path: Path, layout: Layout) => void

interface Writing {
  readonly lay: Lay
  /** Whether redirects are followed by all of the profile's requests. */
  readonly all: boolean
}

function dataOf({ data }: Draft, lay: Lay): JsonValue {
  for (const { name, notes = [] } of data)
    lay(['data', name], { flat: true, ...(notes.length > 0 ? { above: notes.map(commentLine) } : {}) })
  return Object.fromEntries(
    data.map(({ name, file, pick, env }) => [
      name,
      { file, ...(pick === 'sequential' ? {} : { pick }), ...(env ? { env } : {}) },
    ]),
  )
}

function scenarioOf({ name, weight, once = [], steps }: DraftScenario, path: Path, writing: Writing): JsonValue {
  if (Number(path[1]) > 0) writing.lay(path, { apart: true })
  return {
    name,
    ...(weight === undefined ? {} : { weight }),
    ...(once.length > 0 ? { once: stepsOf(once, [...path, 'once'], writing) } : {}),
    steps: stepsOf(steps, [...path, 'steps'], writing),
  }
}

/** Notes are comments above the step that comes next, or at the end. */
function stepsOf(steps: readonly DraftStep[], path: Path, writing: Writing): readonly JsonValue[] {
  const { lay, all } = writing
  const written: JsonValue[] = []
  let above: string[] = []
  for (const step of steps) {
    if (step.kind === 'note') {
      above.push(commentLine(step.text))
      continue
    }
    if (above.length > 0) lay([...path, written.length], { above })
    above = []
    if (step.kind === 'block') written.push(blockOf(step, [...path, written.length], writing))
    else written.push(step.kind === 'think' ? { think: step.pause } : requestOf(step, all))
  }
  if (above.length > 0) lay(path, { below: above })
  return written
}

function blockOf({ steps, ...block }: DraftBlock, path: Path, writing: Writing): JsonValue {
  return { ...flowOf(block), steps: stepsOf(steps, [...path, 'steps'], writing) }
}

function flowOf({ chance, when, repeat, between }: DraftFlow): Readonly<Record<string, JsonValue>> {
  return defined({ chance, when, repeat, between })
}

/** @param all whether the profile says for all of them that redirects are followed */
function requestOf(step: DraftRequest, all: boolean): JsonValue {
  const { method, path, name, headers, query = [], body, expect, capture, follow, events, timeout, also = [] } = step
  return defined({
    [method]: path,
    name,
    headers: mapOf(headers),
    query: mapOf(query),
    ...(body ? bodyKeys(body) : {}),
    expect,
    capture: capture && Object.keys(capture).length > 0 ? (capture as JsonValue) : undefined,
    ...flowOf(step),
    redirects: follow && !all ? 'follow' : undefined,
    events,
    timeout,
    also: also.length > 0 ? also.map((one) => requestOf(one, all)) : undefined,
  })
}

function mapOf(pairs: Pairs): JsonValue | undefined {
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined
}

function defined(values: Readonly<Record<string, JsonValue | undefined>>): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  )
}

/** `scenarios › n › steps › n › key …`, where the step may stand in a block, which is `… › steps › n › steps › n` */
function isInStep(path: Path): boolean {
  let at = 4
  while (path[at] === 'steps') at += 2
  return path[0] === 'scenarios' && at < path.length
}

function isStage(path: Path): boolean {
  return path[0] === 'load' && path.length === 3
}

function indentOf(path: Path): number {
  return path.length * 2 + String(path.at(-1)).length + 2
}

/** Whether the value fits into one line, told from its JSON, which is about as long. */
function fits(value: JsonValue | undefined, indent: number): boolean {
  if (value === undefined || value === null || typeof value !== 'object') return false
  const text = JSON.stringify(value)
  return !text.includes('\\n') && text.length + indent <= WIDTH
}

function at(value: JsonValue, path: Path): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((inner, key) => {
    return inner !== null && typeof inner === 'object' ? (inner as Record<string, JsonValue>)[key] : undefined
  }, value)
}

/** Text from outside in a comment: on one line, nothing hidden in it. */
function commentLine(text: string): string {
  const line = visible(text.replace(/(?!^)\s+/g, ' '))
  return line.length > 300 ? `${line.slice(0, 299).toWellFormed()}…` : line
}
