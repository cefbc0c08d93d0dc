import type { Baseline } from './baseline.ts'

/** What people should know of a store before a run is compared with it: what was left out, or that nothing is in it. */
export function storeNotes({ store, runs, notes = [], asOf }: Baseline): readonly string[] {
  if (runs.length > 0 || notes.length > 0 || (asOf?.leftOut ?? 0) > 0) return notes
  return [`Nothing is stored in ${store} yet: the first run that is saved begins the baseline.`]
}
