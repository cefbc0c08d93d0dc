import type { Baseline, BaselineStore } from '../../baseline/baseline.ts'
import { type Current, runToCome } from '../../baseline/comparable.ts'
import { openStore } from '../../baseline/store.ts'
import { LoadgateError } from '../../errors.ts'
import { fingerprintHere } from '../../fingerprint.ts'
import { readFlags } from '../../flags.ts'
import { placeOf } from '../../github/place.ts'
import { optionsFromCommandLine } from '../../inputs.ts'
import type { Output } from '../../output/output.ts'
import type { LoadPlan } from '../../plan/plan.ts'
import { targetIsHere } from '../../plan/target-here.ts'
import { loadProfile } from '../../profile-file.ts'
import { beforeRun } from '../../report/stored-window.ts'

/** What the command line names: a profile, and the store that keeps its runs. */
export interface Stored {
  readonly values: Partial<Record<string, string>>
  readonly profile: string
  readonly plan: LoadPlan
  readonly store: BaselineStore
  /** A run here and now, as far as comparing asks. */
  readonly current: Current
}

export async function openStored(
  argv: readonly string[],
  { flags, mask }: { readonly flags: readonly string[]; readonly mask: Output['mask'] },
): Promise<Stored> {
  const { values, positionals } = readFlags(argv, { flags: ['baseline', ...flags], most: 1 })
  const named = values.baseline === undefined ? [] : [`--baseline=${values.baseline}`]
  const { profile, baseline } = optionsFromCommandLine([...positionals, ...named])
  const { env } = process
  const { plan, profile: loaded, secrets } = await loadProfile(profile, env)
  secrets.forEach(mask)
  const store = openStore(baseline, { cwd: process.cwd(), env, profile, github: placeOf(env) })
  if (store === undefined)
    throw new LoadgateError('usage', '`--baseline` is "none"', { hint: 'Name a store, as in file:PATH.' })
  const current = runToCome(fingerprintHere(plan.hash), Date.now(), targetIsHere(loaded))
  return { values, profile, plan, store, current }
}

/** Nothing can be said of no run; a path that is mistyped has none either. What the store has to say is told to `inform`. */
export async function readRuns(store: BaselineStore, inform: Output['info']): Promise<Baseline> {
  const baseline = await store.read()
  for (const sentence of beforeRun(baseline, Date.now())) inform(sentence)
  if (baseline.runs.length > 0) return baseline
  throw new LoadgateError('usage', `There is no run in ${store.name}`, {
    hint: 'Check the name; `loadgate baseline seed` adds the first runs.',
  })
}
