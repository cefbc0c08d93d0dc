import type { LoadPlan, PlannedScenario } from '../src/plan/plan.ts'
import { flow, onePlan, page, requestStep } from '../test/support/plans.ts'
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

// Has all that the others have not: rows, captures, checks, pages with parts, loops and conditions, a pace.
const RARE: PlannedScenario = {
  name: 'rare',
  weight: 1,
  steps: [...page(FULL_STEP, ASK_ITEM), ASK_ITEM].map((step, n) => ({ ...step, id: n + 1, timeout: 2_000 })),
  blocks: [{ from: 2, to: 3, flow: flow({ repeat: { from: 1, to: 3, between: undefined }, chance: 0.5 }) }],
  pace: { from: 0.5, to: 2 },
}

const ONE_IN = 1_000_000

/** A loop that asks again as soon as it has an answer. */
export function closedPlans(port: number): Readonly<Record<'small' | 'beside' | 'item' | 'full', LoadPlan>> {
  const load = { port, model: 'closed', level: CONNECTIONS, seconds: LONG_ENOUGH, warmUp: 1 } as const
  const small = onePlan({ ...load, steps: [requestStep()] })
  return {
    small,
    beside: {
      ...small,
      data: { items: ITEMS },
      scenarios: [{ ...small.scenarios[0]!, weight: ONE_IN - 1 }, RARE],
      connections: { ...small.connections, parallel: 6 },
    },
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
