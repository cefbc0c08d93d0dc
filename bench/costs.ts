// What a request costs each client, in turn.
import { runClient, runEngine, type Window } from './observe.ts'
import { type Program, script } from './pinned.ts'
import { CONNECTIONS, closedPlans } from './plans.ts'
import { inTurn, ratios, type Spread, spread } from './rounds.ts'
import type { Server } from './server.ts'
import { shown, table } from './table.ts'

export type Windows = Readonly<Record<string, readonly Window[]>>
type Clients = Readonly<Record<string, (server: Server) => Promise<Window>>>

export const RAW = 'raw `node:net` loop'
export const UNDICI = 'undici `dispatch`, bare'
export const ENGINE = 'Loadgate’s engine'

/** The floors and the engine. */
export const ownClients: Clients = {
  [RAW]: (server) => runClient(script('raw-client.ts', server.port, CONNECTIONS), server),
  [UNDICI]: (server) => runClient(script('undici-client.ts', server.port, CONNECTIONS), server),
  [ENGINE]: (server) => engineWith('small', server),
}

export async function engineWith(plan: keyof ReturnType<typeof closedPlans>, server: Server): Promise<Window> {
  return (await runEngine(closedPlans(server.port)[plan], server)).window
}

export function foreignClient(program: Program): Clients[string] {
  return (server) => runClient(program, server)
}

export async function measureCosts(clients: Clients, rounds: number, server: Server): Promise<Windows> {
  return inTurn(Object.keys(clients), rounds, async (name) => {
    const window = await clients[name]!(server)
    console.error(
      `${name.padEnd(36)} ${window.cost.toFixed(1).padStart(7)} µs  ${window.core.toFixed(2)} cores, kept from ${window.waited.toFixed(2)}`,
    )
    return window
  })
}

/** CPU of one over CPU of the other, round by round. */
export function costRatio(windows: Windows, above: string, below: string): Spread {
  const costs = (name: string) => windows[name]!.map(({ cost }) => cost)
  return ratios(costs(above), costs(below))
}

export function costTable(windows: Windows): string {
  const rows = Object.entries(windows).map(([name, taken]) => {
    const of = (pick: (window: Window) => number) => spread(taken.map(pick))
    const { median: cost } = of((window) => window.cost)
    return [
      name,
      shown(
        of((window) => window.cost),
        1,
      ),
      `${of(({ cost, system }) => cost - system).median.toFixed(1)} / ${of(({ system }) => system).median.toFixed(1)}`,
      `${(1000 / cost).toFixed(1)}k`,
      shown(costRatio(windows, name, RAW), 2),
      of(({ core }) => core).median.toFixed(2),
      of(({ waited }) => waited).median.toFixed(2),
      of(({ memory }) => memory).median.toFixed(0),
    ]
  })
  const head = [
    'client',
    'CPU µs per request',
    'user / system',
    'per second and core',
    '÷ raw',
    'cores used',
    'kept from it',
    'RSS MB',
  ]
  return table([head, ...rows])
}
