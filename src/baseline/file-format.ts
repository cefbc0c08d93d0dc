import { createHash } from 'node:crypto'
import { LoadgateError, messageOf } from '../errors.ts'
import { type BaselineRun, WINDOW } from './baseline.ts'
import { checkRun } from './check-run.ts'
import { byStart } from './window.ts'

// The file, schema 1: JSON with one run per line, so that a diff shows which run came and which went.
//
//   {"kind":"loadgate-baseline","schema":1,"sha256":"<hex>","runs":[
//   {"kind":"loadgate-result",…},
//   {"kind":"loadgate-result",…}
//   ]}
//
// `runs` are BaselineRun in the order of their start, at most WINDOW. `sha256` is that of the lines between the brackets,
// line breaks included. A file is read only if writing what was read gives the same bytes: the checksum guards the runs,
// this rule guards everything around them, and so no flipped bit and no missing byte goes unseen. What a run holds is of no
// concern here, so a run of an earlier version is read as it was written.
//
// In an artifact, `"settled":[…]` stands before the runs: the ids of the artifacts that need not be looked at again, because
// their runs are among these, or were before newer ones pushed them out, or because they are refused for good. There the sum
// is that of this list, as it is written, and the lines.
const KIND = 'loadgate-baseline'
const SCHEMA = 1

/** Whether the text begins as a baseline of ours does, whole or not. */
export function isBaselineFile(text: string): boolean {
  return text.startsWith(`{"kind":"${KIND}"`)
}

/** What is there may be sound, and cannot be judged here: it is never left out as what is damaged may be. */
export class NewerSchema extends LoadgateError {
  constructor(path: string, schema: number) {
    super('infrastructure', `The baseline ${path} has schema ${schema}, newer than the ${SCHEMA} known here`, {
      hint: 'Use a newer Loadgate.',
    })
  }
}

export interface Window {
  readonly runs: readonly BaselineRun[]
  /** Undefined outside artifacts. */
  readonly settled: readonly number[] | undefined
}

export function encodeRuns(runs: readonly BaselineRun[], settled?: readonly number[]): string {
  const lines = `\n${runs.map((run) => JSON.stringify(run)).join(',\n')}\n`
  const list = settled === undefined ? '' : JSON.stringify(settled)
  const head = list && `"settled":${list},`
  return `{"kind":"${KIND}","schema":${SCHEMA},"sha256":"${sha256(list + lines)}",${head}"runs":[${lines}]}\n`
}

export function decodeRuns(bytes: Uint8Array, path: string): readonly BaselineRun[] {
  return decodeWindow(bytes, path).runs
}

/** Throws LoadgateError when the bytes are not exactly what `encodeRuns` writes; `path` names them in the message. */
export function decodeWindow(bytes: Uint8Array, path: string): Window {
  const text = decodeUtf8(bytes, path)
  const file = parse(text, path)
  if (file.kind !== KIND) throw refused(path, 'is not a baseline of Loadgate', 'Name another place for the baseline.')
  if (typeof file.schema === 'number' && file.schema > SCHEMA) throw new NewerSchema(path, file.schema)
  const { settled, runs } = file
  if (file.schema !== SCHEMA || !Array.isArray(runs) || !(settled === undefined || isIds(settled)))
    throw damagedBaseline(path, 'its head cannot be read')
  // Before anything in it is believed: what agrees was written by encodeRuns, or by someone who computed the sum.
  if (text !== encodeRuns(runs as BaselineRun[], settled)) throw damagedBaseline(path, 'its checksum does not agree')
  return { runs: checkedRuns(runs, path), settled }
}

function checkedRuns(values: readonly unknown[], path: string): readonly BaselineRun[] {
  const runs = values.map((run) => checked(run, path))
  if (runs.length > WINDOW) throw damagedBaseline(path, `it holds ${runs.length} runs, more than ${WINDOW}`)
  if (new Set(runs.map(({ id }) => id)).size < runs.length) throw damagedBaseline(path, 'it holds a run twice')
  if (runs.some((run, at) => at > 0 && byStart(runs[at - 1]!, run) > 0))
    throw damagedBaseline(path, 'its runs are out of order')
  return runs
}

function isIds(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((id) => Number.isSafeInteger(id) && id > 0)
}

/** Strict: a lenient decoder turns every broken byte into the same replacement character. */
function decodeUtf8(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw damagedBaseline(path, 'it is not UTF-8', cause)
  }
}

function parse(text: string, path: string): { kind?: unknown; schema?: unknown; settled?: unknown; runs?: unknown } {
  if (text === '') throw damagedBaseline(path, 'it is empty')
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch (cause) {
    // A file of ours that was cut off is damaged; anything else was never ours.
    if (isBaselineFile(text)) throw damagedBaseline(path, 'it is not whole', cause)
    throw refused(path, 'is not a baseline of Loadgate', 'Name another place for the baseline.', cause)
  }
}

function checked(run: unknown, path: string): BaselineRun {
  try {
    return checkRun(run)
  } catch (cause) {
    throw damagedBaseline(path, `a run in it cannot be: ${messageOf(cause)}`, cause)
  }
}

/** What was stored is there, and is not what was stored. */
export function damagedBaseline(path: string, why: string, cause?: unknown): LoadgateError {
  return refused(
    path,
    `is damaged: ${why}`,
    'Restore it from a copy, or take it away to begin a new baseline; it was left as it is.',
    cause,
  )
}

function refused(path: string, why: string, hint: string, cause?: unknown): LoadgateError {
  return new LoadgateError('infrastructure', `The baseline ${path} ${why}`, { hint, cause })
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
