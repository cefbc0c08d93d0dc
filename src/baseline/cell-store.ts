import { LoadgateError } from '../errors.ts'
import type { Ancestry } from '../github/ancestry.ts'
import { type Retrying, realWaiting, type Waiting } from '../github/retry.ts'
import { type Bytes, formatBytes, type Ms } from '../units.ts'
import { readAsOf } from './as-of.ts'
import type { BaselineRun, BaselineStore } from './baseline.ts'
import { checkRun } from './check-run.ts'
import { decodeRuns, encodeRuns } from './file-format.ts'
import { storeBound } from './store-bound.ts'
import { withRun } from './window.ts'

/** Twenty runs of two hundred steps with wide histograms are about 20 MB; beyond this it is not a baseline. */
export const LARGEST: Bytes = 64_000_000

/** A place for one text that is replaced whole, and only by who has seen what it replaces. `Version` is what was seen. */
export interface Cell<Version> {
  /** How the report names the store. */
  readonly name: string
  /** How messages name the place itself. */
  readonly place: string
  read(retrying: Retrying): Promise<{ readonly bytes: Uint8Array | undefined; readonly version: Version }>
  /** Answers undefined, or why it was not done: somebody else has replaced it in the meantime. */
  replace(text: string, version: Version, retrying: Retrying): Promise<string | undefined>
  /** Throws where it could not be replaced. */
  checkReplace(retrying: Retrying): Promise<void>
}

const FIRST_PAUSE: Ms = 200
const LONGEST_PAUSE: Ms = 8_000

/** A baseline in one cell. */
export function cellStore<Version>(
  cell: Cell<Version>,
  ancestry: Ancestry,
  waiting: Waiting = realWaiting,
): BaselineStore {
  const { name, place } = cell
  return {
    name,
    read: async ({ asOf, signal } = {}) => {
      const retrying = storeBound(waiting, signal)
      const { bytes } = await cell.read(retrying)
      const baseline = { store: name, runs: bytes === undefined ? [] : decodeRuns(bytes, place) }
      return asOf === undefined ? baseline : readAsOf(baseline, asOf, { ancestry, retrying })
    },
    checkAppend: ({ signal } = {}) => cell.checkReplace(storeBound(waiting, signal)),
    append: (run, { signal } = {}) => append(run, cell, storeBound(waiting, signal)),
  }
}

async function append<Version>(run: BaselineRun, cell: Cell<Version>, retrying: Retrying): Promise<void> {
  // What would be refused when read must not be written: it would take the whole window with it.
  checkRun(run)
  const { waiting, until, signal } = retrying
  let conflict = ''
  for (let attempt = 0; waiting.now() < until && !signal?.aborted; attempt++) {
    const { bytes, version } = await cell.read(retrying)
    const before = bytes === undefined ? [] : decodeRuns(bytes, cell.place)
    const after = withRun(before, run)
    if (after === before) return
    const refused = await cell.replace(encodeChecked(after, cell.place), version, retrying)
    if (refused === undefined) return
    conflict = refused
    // Anywhere up to twice as far as the last time: those that met once are not to meet again.
    await waiting.wait(Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt), signal)
  }
  signal?.throwIfAborted()
  throw new LoadgateError('infrastructure', `The baseline ${cell.place} was replaced by others again and again`, {
    hint: 'Let fewer runs save to one baseline at once.',
    cause: conflict,
  })
}

export function encodeChecked(runs: readonly BaselineRun[], place: string, settled?: readonly number[]): string {
  const text = encodeRuns(runs, settled)
  if (Buffer.byteLength(text) <= LARGEST) return text
  throw new LoadgateError('infrastructure', `The baseline ${place} would exceed ${formatBytes(LARGEST)}`, {
    hint: 'Measure fewer steps in one profile.',
  })
}
