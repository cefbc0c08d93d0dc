import type { Ancestry } from '../github/ancestry.ts'
import type { AsOf, Baseline, BaselineRun } from './baseline.ts'

/** The runs of `commit` and of its ancestors, with the one that is next to it. A run that names no commit is left out. */
export async function readAsOf(baseline: Baseline, commit: string, ancestry: Ancestry): Promise<Baseline> {
  const distances = await Promise.all(
    baseline.runs.map(async (run) => (run.commit === undefined ? undefined : await ancestry(run.commit, commit))),
  )
  const runs = baseline.runs.filter((_, at) => distances[at] !== undefined)
  const leftOut = baseline.runs.length - runs.length
  const asOf = { commit, nearest: nearest(baseline.runs, distances), leftOut }
  return { ...baseline, runs, asOf, notes: [...(baseline.notes ?? []), ...noteOf(asOf, runs.length)] }
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

function noteOf({ commit, leftOut }: AsOf, kept: number): readonly string[] {
  if (leftOut === 0 || kept > 0) return []
  return [`None of the ${leftOut} stored runs is of ${commit.slice(0, 12)} or of a commit before it.`]
}
