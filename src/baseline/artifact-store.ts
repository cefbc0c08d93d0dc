import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LoadgateError, messageOf } from '../errors.ts'
import type { Ancestry } from '../github/ancestry.ts'
import { canUpload, uploadFiles } from '../github/artifacts.ts'
import type { Access } from '../github/client.ts'
import { type Retrying, realWaiting, type Waiting } from '../github/retry.ts'
import type { Variables } from '../github/variables.ts'
import { isTrustedEvent } from './artifact-trust.ts'
import { type ArtifactPlace, artifactNames, FILE, type MergedWindow, mergedWindow } from './artifact-window.ts'
import { readAsOf } from './as-of.ts'
import type { BaselineStore } from './baseline.ts'
import { encodeChecked } from './cell-store.ts'
import { checkRun } from './check-run.ts'
import { explainGitHub } from './refusals.ts'
import { storeBound } from './store-bound.ts'
import { withRun } from './window.ts'

const NAME = 'artifact'

export interface ArtifactDoors {
  readonly access: Access
  readonly ancestry: Ancestry
  /** The runner's, with its artifact service. */
  readonly env: Variables
}

// What compare-and-swap is here: nothing is ever replaced, so nothing can be lost. A run that is kept brings an artifact of
// its own, with the window as it was read and itself in it. Two that do so at once do not see each other, and a reader
// finds both and merges them. See artifact-window.ts.

/** A baseline in the artifacts of the workflow itself. They expire with the repository's retention, 90 days unless set. */
export function artifactStore(
  place: ArtifactPlace,
  doors: ArtifactDoors,
  waiting: Waiting = realWaiting,
): BaselineStore {
  const { access, ancestry, env } = doors
  const here = place.run.base ?? place.run.commit
  const read = async (asOf: string, retrying: Retrying): Promise<MergedWindow> => {
    try {
      return await mergedWindow(place, asOf, { access, ancestry, retrying })
    } catch (error) {
      throw explainGitHub(`in the artifacts of ${place.owner}/${place.repo}`, 'actions: read', error)
    }
  }
  return {
    name: NAME,
    read: async ({ asOf = here, signal } = {}) => {
      const retrying = storeBound(waiting, signal)
      const { runs, notes } = await read(asOf, retrying)
      return readAsOf({ store: NAME, runs, notes }, asOf, { ancestry, retrying })
    },
    checkAppend: async () => checkUpload(place, env),
    append: async (run, { signal } = {}) => {
      checkRun(run)
      const retrying = storeBound(waiting, signal)
      const { runs, settled } = await read(here, retrying)
      if (runs.some(({ id }) => id === run.id)) return
      await upload(place.name, encodeChecked(withRun(runs, run), NAME, settled), env, retrying)
    },
  }
}

function checkUpload({ run }: ArtifactPlace, env: Variables): void {
  if (!isTrustedEvent(run.event))
    throw new LoadgateError(
      'usage',
      `A run of ${run.event} cannot be saved in artifacts: nothing would ever trust it`,
      {
        hint: 'Save on push, schedule or workflow_dispatch; `save-baseline: auto` does on the default branch and on schedules.',
      },
    )
  if (!canUpload(env))
    throw new LoadgateError('usage', 'There is no artifact service here to save the baseline in', {
      hint: 'Outside an action name another store, as in file:.loadgate/baseline.json.',
    })
}

async function upload(name: string, text: string, env: Variables, retrying: Retrying): Promise<void> {
  const directory = await mkdtemp(join(env.RUNNER_TEMP || tmpdir(), 'loadgate-baseline-'))
  try {
    const file = join(directory, FILE)
    await writeFile(file, text)
    await uploadFiles({ names: artifactNames(name), files: [file], directory }, retrying)
  } catch (cause) {
    if (cause instanceof LoadgateError) throw cause
    throw new LoadgateError('infrastructure', `The baseline could not be uploaded: ${messageOf(cause)}`, {
      hint: 'Check the storage quota of the account; GitHub Enterprise Server has no such artifacts.',
      cause,
    })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
