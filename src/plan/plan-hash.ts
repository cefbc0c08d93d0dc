import { createHash } from 'node:crypto'
import type { LoadPlan } from './plan.ts'

/** SHA-256, in hex, over all that decides the load. Where it is sent, how it is judged and what it is called do not. */
export function hashOf(plan: Omit<LoadPlan, 'hash'>): string {
  const { target: _, side: __, budgets: ___, name: ____, allowed: _____, agent: ______, ...load } = plan
  return createHash('sha256').update(JSON.stringify(load, sortedKeys)).digest('hex')
}

/** Equal data must give equal text, in whatever order its keys were set. */
function sortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
