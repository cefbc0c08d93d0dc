import type { LoadProfile, ScriptEngine } from '../profile/profile.ts'
import { budgetsOf } from './default-budgets.ts'
import type { LoadPlan } from './plan.ts'
import { connectionsOf } from './plan-connections.ts'
import { filesOf } from './plan-files.ts'

interface ScriptOptions {
  readonly seed: number
  readonly files: Readonly<Record<string, Buffer>>
  readonly file: string
}

/** Nobody here knows how much the script sends, or for how long: the plan has its bound, and no load. */
export function planScript(
  profile: LoadProfile,
  { tool, file: path, properties, within }: ScriptEngine,
  { seed, files, file }: ScriptOptions,
): Omit<LoadPlan, 'hash'> {
  const { name, target, timeout, budgets } = profile
  const none = { model: 'closed', scenarios: [] } as const
  const carried = filesOf(profile, files)
  return {
    ...{ name, target, ...none, curve: [], measureFrom: 0, duration: within, seed, timeout },
    connections: connectionsOf(profile, { ...none, peak: 0 }),
    data: {},
    script: { tool, file: path, properties },
    ...(carried === undefined ? {} : { files: carried }),
    // Whose labels are its steps.
    budgets: budgetsOf({ budgets, scenarios: [{ name: tool }] }, file),
  }
}
