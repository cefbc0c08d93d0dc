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
// this rule guards everything around them, and so no flipped bit and no missing byte goes unseen.
const KIND = 'loadgate-baseline'
const SCHEMA = 1

/** Whether the text begins as a baseline of ours does, whole or not. */
export function isBaselineFile(text: string): boolean {
  return text.startsWith(`{"kind":"${KIND}"`)
}

export function encodeRuns(runs: readonly BaselineRun[]): string {
  const lines = `\n${runs.map((run) => JSON.stringify(run)).join(',\n')}\n`
  return `{"kind":"${KIND}","schema":${SCHEMA},"sha256":"${sha256(lines)}","runs":[${lines}]}\n`
}

/** Throws LoadgateError when the bytes are not exactly what `encodeRuns` writes; `path` names them in the message. */
export function decodeRuns(bytes: Uint8Array, path: string): readonly BaselineRun[] {
  const text = decodeUtf8(bytes, path)
  const file = parse(text, path)
  if (file.kind !== KIND) throw refused(path, 'is not a baseline of Loadgate', 'Name another path for the baseline.')
  if (typeof file.schema === 'number' && file.schema > SCHEMA)
    throw refused(path, `has schema ${file.schema}, newer than the ${SCHEMA} known here`, 'Use a newer Loadgate.')
  if (file.schema !== SCHEMA || !Array.isArray(file.runs)) throw damaged(path, 'its head cannot be read')
  // Before anything in it is believed: what agrees was written by encodeRuns, or by someone who computed the sum.
  if (!agrees(text, file.runs)) throw damaged(path, 'its checksum does not agree')
  const runs = file.runs.map((run: unknown) => checked(run, path))
  if (runs.length > WINDOW) throw damaged(path, `it holds ${runs.length} runs, more than ${WINDOW}`)
  if (new Set(runs.map(({ id }) => id)).size < runs.length) throw damaged(path, 'it holds a run twice')
  if (runs.some((run, at) => at > 0 && byStart(runs[at - 1]!, run) > 0))
    throw damaged(path, 'its runs are out of order')
  return runs
}

/** Strict: a lenient decoder turns every broken byte into the same replacement character. */
function decodeUtf8(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw damaged(path, 'it is not UTF-8', cause)
  }
}

function agrees(text: string, runs: unknown[]): boolean {
  return text === encodeRuns(runs as BaselineRun[])
}

function parse(text: string, path: string): { kind?: unknown; schema?: unknown; runs?: unknown } {
  if (text === '') throw damaged(path, 'it is empty')
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch (cause) {
    // A file of ours that was cut off is damaged; anything else was never ours.
    if (isBaselineFile(text)) throw damaged(path, 'it is not whole', cause)
    throw refused(path, 'is not a baseline of Loadgate', 'Name another path for the baseline.', cause)
  }
}

function checked(run: unknown, path: string): BaselineRun {
  try {
    return checkRun(run)
  } catch (cause) {
    throw damaged(path, `a run in it cannot be: ${messageOf(cause)}`, cause)
  }
}

function damaged(path: string, why: string, cause?: unknown): LoadgateError {
  return refused(
    path,
    `is damaged: ${why}`,
    'Restore it from a copy, or move it away to begin a new baseline; it was left as it is.',
    cause,
  )
}

function refused(path: string, why: string, hint: string, cause?: unknown): LoadgateError {
  return new LoadgateError('infrastructure', `The baseline ${path} ${why}`, { hint, cause })
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
