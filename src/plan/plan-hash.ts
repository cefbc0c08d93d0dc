import { createHash } from 'node:crypto'
import type { LoadPlan } from './plan.ts'

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
  return createHash('sha256').update(JSON.stringify(load, sortedKeys)).digest('hex')
}

/** Equal data must give equal text, in whatever order its keys were set. */
function sortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
