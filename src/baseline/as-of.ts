import type { Ancestry } from '../github/ancestry.ts'
import type { Retrying } from '../github/retry.ts'
import type { AsOf, Baseline, BaselineRun } from './baseline.ts'
import { explainGitHub } from './refusals.ts'

/** The runs of `commit` and of its ancestors, with the one that is next to it. A run that names no commit is left out. */
export async function readAsOf(
  baseline: Baseline,
  commit: string,
  { ancestry, retrying }: { readonly ancestry: Ancestry; readonly retrying: Retrying },
): Promise<Baseline> {
  const distanceOf = async ({ commit: own }: BaselineRun) =>
    own === undefined ? undefined : await ancestry(own, commit, retrying)
  const distances = await Promise.all(baseline.runs.map(distanceOf)).catch((error: unknown) => {
    throw explainGitHub(`${baseline.store} as of ${commit}`, 'contents: read', error)
  })
  const runs = baseline.runs.filter((_, at) => distances[at] !== undefined)
  const leftOut = baseline.runs.length - runs.length
  const asOf = { commit, nearest: nearest(baseline.runs, distances), leftOut }
  return { ...baseline, runs, asOf }
}

/** Of two runs of one commit the later one. */
function nearest(runs: readonly BaselineRun[], distances: readonly (number | undefined)[]): AsOf['nearest'] {
  let found: AsOf['nearest']
  runs.forEach(({ commit, startedAt }, at) => {
    const distance = distances[at]
    if (commit !== undefined && distance !== undefined && distance <= (found?.distance ?? distance))
      found = { commit, distance, startedAt }
  })
  return found
}
