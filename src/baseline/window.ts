import { type BaselineRun, WINDOW } from './baseline.ts'

/**
 * The window with one run more: ordered by start, the oldest dropped first. A run that started before everything in a full
 * window leaves it as it is, and a run that is already there is not stored twice.
 */
export function withRun(runs: readonly BaselineRun[], run: BaselineRun): readonly BaselineRun[] {
  if (runs.some(({ id }) => id === run.id)) return runs
  return [...runs, run].sort(byStart).slice(-WINDOW)
}

/** The id decides between equal starts, so that the order of appends never does. */
export function byStart(a: BaselineRun, b: BaselineRun): number {
  return a.startedAt - b.startedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}
