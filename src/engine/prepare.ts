import { groupsOf } from '../plan/groups.ts'
import type { LoadPlan } from '../plan/plan.ts'
import { type Functions, functionsOf } from './functions.ts'
import { type CompiledScenario, compileScenarios } from './scenario.ts'

/** All that is made of a plan before its load begins. */
export interface Prepared {
  readonly functions: Functions | undefined
  /** Of each group of users. */
  readonly scenarios: readonly (readonly CompiledScenario[])[]
}

const AHEAD = new WeakMap<LoadPlan, Promise<Prepared>>()

/**
 * Makes a plan ready before the word is given to begin: running a module of functions, or growing large documents, may take
 * longer than the time between that and the start, and would make the load late. Whether it can be made ready at all is for
 * the run itself to find.
 */
export async function prepareAhead(plan: LoadPlan): Promise<void> {
  const prepared = AHEAD.get(plan) ?? prepare(plan)
  AHEAD.set(plan, prepared)
  await prepared.catch(() => undefined)
}

/** What has been made ready ahead, or is now. Each is for one shard: it counts the time of its functions. */
export function takePrepared(plan: LoadPlan): Promise<Prepared> {
  const ahead = AHEAD.get(plan)
  AHEAD.delete(plan)
  return ahead ?? prepare(plan)
}

async function prepare(plan: LoadPlan): Promise<Prepared> {
  const functions = await functionsOf(plan)
  const compiled = groupsOf(plan).map((group) => compileScenarios(group.plan, functions))
  return { functions, scenarios: await Promise.all(compiled) }
}
