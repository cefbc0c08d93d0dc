import type { LoadPlan } from '../src/plan/plan.ts'
import { onePlan, requestStep } from '../test/support/plans.ts'
import { ITEM_PATH } from './answers.ts'
import { LONG_ENOUGH } from './observe.ts'

export const CONNECTIONS = 50

const ASK_ITEM = requestStep({ path: [`${ITEM_PATH}42`] })

// All that a step of a real scenario does: a templated path, the user's cookie, four headers, the body as text, one
// value of it kept, and two checks.
const FULL_STEP = requestStep({
  path: [ITEM_PATH, { encode: 'url', value: { kind: 'data', source: 'items', column: 'id' } }, '?view=full'],
  headers: [
    ['accept', ['application/json']],
    ['accept-language', ['en']],
    ['authorization', ['Bearer 1f0c2a7be49d4c0f']],
    ['user-agent', ['bench']],
  ],
  expect: { status: [{ from: 200, to: 200 }], json: [{ pointer: '/ok', value: true }] },
  capture: [{ name: 'name', from: { kind: 'json', pointer: '/name' } }],
})

const ITEMS = {
  columns: ['id'],
  rows: Array.from({ length: 1_000 }, (_, id) => [String(id)]),
  pick: 'sequential',
} as const

/** A loop that asks again as soon as it has an answer. */
export function closedPlans(port: number): Readonly<Record<'small' | 'item' | 'full', LoadPlan>> {
  const load = { port, model: 'closed', level: CONNECTIONS, seconds: LONG_ENOUGH, warmUp: 1 } as const
  return {
    small: onePlan({ ...load, steps: [requestStep()] }),
    item: onePlan({ ...load, steps: [ASK_ITEM] }),
    full: onePlan({ ...load, steps: [FULL_STEP], data: { items: ITEMS } }),
  }
}

interface OpenOptions {
  readonly port: number
  readonly rate: number
  readonly seconds?: number
  readonly warmUp?: number
}

/** So many arrivals a second, whatever becomes of them. */
export function openPlan({ port, rate, seconds = LONG_ENOUGH, warmUp = 2 }: OpenOptions): LoadPlan {
  return onePlan({
    port,
    level: rate,
    seconds,
    warmUp,
    timeout: 5_000,
    connections: { limit: 400 },
    steps: [requestStep()],
  })
}
