import type { Engine, LoadProfile } from '../profile/profile.ts'
import { budgetsOf } from './default-budgets.ts'
import type { LoadPlan } from './plan.ts'
import { connectionsOf } from './plan-connections.ts'
import { filesOf } from './plan-files.ts'

interface ScriptOptions {
  readonly seed: number
  readonly files: Readonly<Record<string, Buffer>>
  readonly file: string
}

/** Nobody here knows how much another generator sends, or for how long: the plan has its bound, and no load. */
export function planScript(
  profile: LoadProfile,
  engine: Engine,
  { seed, files, file }: ScriptOptions,
): Omit<LoadPlan, 'hash'> {
  const { name, target, timeout, budgets } = profile
  const none = { model: 'closed', scenarios: [] } as const
  const carried = filesOf(profile, files)
  return {
    ...{ name, target, ...none, curve: [], measureFrom: 0, duration: timeout, seed, timeout },
    connections: connectionsOf(profile, { ...none, peak: 0 }),
    data: {},
    ...plannedEngine(engine),
    ...(carried === undefined ? {} : { files: carried }),
    // Of steps whose names nobody knows yet, no limit is known to cover all.
    budgets: budgetsOf({ budgets, scenarios: [{ name: engine.kind === 'script' ? engine.tool : '' }] }, file),
  }
}

function plannedEngine(engine: Engine): Pick<LoadPlan, 'script' | 'results'> {
  if (engine.kind === 'results') return { results: engine.file }
  const { tool, file, properties } = engine
  return { script: { tool, file, properties } }
}
