import { LoadgateError } from '../errors.ts'
import type { Ancestry } from '../github/ancestry.ts'
import { realWaiting, type Waiting } from '../github/retry.ts'
import { type Bytes, formatBytes, type Ms } from '../units.ts'
import { readAsOf } from './as-of.ts'
import type { Baseline, BaselineRun, BaselineStore } from './baseline.ts'
import { checkRun } from './check-run.ts'
import { decodeRuns, encodeRuns } from './file-format.ts'
import { withRun } from './window.ts'

/** Twenty runs of two hundred steps with wide histograms are about 20 MB; beyond this it is not a baseline. */
export const LARGEST: Bytes = 64_000_000

/** A place for one text that is replaced whole, and only by who has seen what it replaces. `Version` is what was seen. */
export interface Cell<Version> {
  /** How the report names the store. */
  readonly name: string
  /** How messages name the place itself. */
  readonly place: string
  read(): Promise<{ readonly bytes: Uint8Array | undefined; readonly version: Version }>
  /** Answers undefined, or why it was not done: somebody else has replaced it in the meantime. */
  replace(text: string, version: Version): Promise<string | undefined>
  /** Throws where it could not be replaced. */
  checkReplace(): Promise<void>
}

/** As long as thirty writers that come at once need one after the other. */
const PATIENCE: Ms = 180_000
const TRIES = 60
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
    read: async ({ asOf } = {}) => {
      const { bytes } = await cell.read()
      const baseline = bytes === undefined ? emptyBaseline(name) : { store: name, runs: decodeRuns(bytes, place) }
      return asOf === undefined ? baseline : readAsOf(baseline, asOf, ancestry)
    },
    checkAppend: () => cell.checkReplace(),
    append: (run) => append(run, cell, waiting),
  }
}

/** Before the first run. */
export function emptyBaseline(store: string): Baseline {
  return {
    store,
    runs: [],
    notes: [`Nothing is stored in ${store} yet: the first run that is saved begins the baseline.`],
  }
}

async function append<Version>(run: BaselineRun, cell: Cell<Version>, waiting: Waiting): Promise<void> {
  // What would be refused when read must not be written: it would take the whole window with it.
  checkRun(run)
  const until = waiting.now() + PATIENCE
  let conflict = ''
  for (let attempt = 0; attempt < TRIES && waiting.now() < until; attempt++) {
    const { bytes, version } = await cell.read()
    const before = bytes === undefined ? [] : decodeRuns(bytes, cell.place)
    const after = withRun(before, run)
    if (after === before) return
    const refused = await cell.replace(encodeChecked(after, cell.place), version)
    if (refused === undefined) return
    conflict = refused
    // Anywhere up to twice as far as the last time: those that met once are not to meet again.
    await waiting.wait(Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt), undefined)
  }
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
