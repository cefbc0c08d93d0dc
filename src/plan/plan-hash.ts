import { createHash } from 'node:crypto'
import type { LoadPlan, PlannedScenario, PlannedStep } from './plan.ts'

/** SHA-256, in hex, over all that decides the load. Where it is sent, who vouches for whom, how it is judged and what it is called do not. */
export function hashOf({
  target: _,
  side: __,
  budgets: ___,
  name: ____,
  tls: _____,
  allowed: ______,
  agent: _______,
  ...load
}: Omit<LoadPlan, 'hash'>): string {
  return createHash('sha256')
    .update(JSON.stringify(load.script ? scripted(load) : withoutPlaces(load), sortedKeys))
    .digest('hex')
}

/** A line more in the profile, or another name of a file, sends nothing else. */
function withoutPlaces({ functions, scenarios, ...load }: Pick<LoadPlan, 'functions' | 'scenarios'>) {
  if (functions === undefined) return { ...load, scenarios }
  return { ...load, scenarios: scenarios.map(withoutCalls), functions: functions.text }
}

/** The script says all of it: how long it may take at most sends nothing else. */
function scripted({ script, files }: Pick<LoadPlan, 'script' | 'files'>) {
  return { script, files }
}

function withoutCalls({ steps, ...scenario }: PlannedScenario) {
  return { ...scenario, steps: steps.map((step) => (step.kind === 'request' ? withoutCall(step) : step)) }
}

function withoutCall({ calls: _, ...step }: Extract<PlannedStep, { kind: 'request' }>) {
  return step
}

/** Equal data must give equal text, in whatever order its keys were set. */
function sortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
