// `npm run bench:peers`: the engine beside other load tools, and how soon each begins. scripts/bench-peers.sh has fetched
// what npm does not have; what is missing all the same is said, here and in the table.
import { costRatio, costTable, ENGINE, foreignClient, measureCosts, ownClients, RAW, type Windows } from './costs.ts'
import { installedPeers } from './peer-tools.ts'
import { script } from './pinned.ts'
import { CONNECTIONS } from './plans.ts'
import { inTurn, spread } from './rounds.ts'
import type { Server } from './server.ts'
import { startServer } from './start-server.ts'
import { startUp, startUpOfLoadgate } from './start-up.ts'
import { circumstances, FIRST_PAGE, shown, table, writeFigures } from './table.ts'

const ROUNDS = Number(process.argv[2]) || 6
/** What the engine is to carry per core, in multiples of what the other carries. */
const AIMS: Readonly<Record<string, number>> = { autocannon: 1.1, hey: 2, locust: 8 }

const { peers, missing } = installedPeers()
for (const line of missing) console.error(`\n!!! LEFT OUT: ${line}\n`)

const server = await startServer()
const when = circumstances()
const sections = [`${when}, ${ROUNDS} rounds, server ${server.name}.`]
try {
  sections.push(...(await costs(server)))
} finally {
  await server.stop()
}
sections.push(await startUps(), versions())
writeFigures('peers', sections)
console.log(sections.join('\n\n'))

async function costs(server: Server): Promise<string[]> {
  const foreign = peers.map(({ name, program }) => [name, foreignClient(program(server.port))] as const)
  const windows = await measureCosts({ ...ownClients, ...Object.fromEntries(foreign) }, ROUNDS, server)
  writeSummary(windows, server.name)
  const perCore = peers.map(({ name }) => {
    const aim = AIMS[name]
    return [name, shown(costRatio(windows, name, ENGINE), 2), aim === undefined ? '' : `≥ ${aim}`]
  })
  const wrk = windows.wrk
    ? [`The raw loop costs ${shown(costRatio(windows, RAW, 'wrk'), 2)} times what wrk costs.`]
    : []
  return [
    costTable(windows),
    ...wrk,
    table([['Loadgate’s engine carries per core, in multiples of', 'measured', 'aim'], ...perCore]),
  ]
}

/** For the first page: what a core carries of each, and how much more Loadgate's does. */
function writeSummary(windows: Windows, serverName: string): void {
  const rows = [ENGINE, ...peers.map(({ name }) => name)].map((name) => {
    const { median: cost } = spread(windows[name]!.map((window) => window.cost))
    const more = name === ENGINE ? '' : `${costRatio(windows, name, ENGINE).median.toFixed(2)} ×`
    const version = peers.find((peer) => peer.name === name)?.version ?? name
    return [version, cost.toFixed(1), `${(1000 / cost).toFixed(0)}k`, more]
  })
  const head = ['', 'CPU µs per request', 'requests/s per core', 'Loadgate carries']
  const method = `${when}, medians of ${ROUNDS} rounds: 50 connections, small GETs, server ${serverName}.`
  writeFigures('peers', [table([head, ...rows]), method], FIRST_PAGE)
}

async function startUps(): Promise<string> {
  const starts: Record<string, () => Promise<number>> = {
    'loadgate run': startUpOfLoadgate,
    [RAW]: () => startUp((port) => script('raw-client.ts', port, CONNECTIONS)),
    ...Object.fromEntries(peers.map(({ name, program }) => [name, () => startUp(program)])),
  }
  const taken = await inTurn(Object.keys(starts), ROUNDS, (name) => starts[name]!())
  const rows = Object.entries(taken).map(([name, times]) => [name, shown(spread(times), 0)])
  return table([['start of the process to its first request', 'ms'], ...rows])
}

function versions(): string {
  const measured = `Versions: ${peers.map(({ version }) => version).join(', ')}.`
  return missing.length === 0 ? measured : `${measured}\n\nLeft out: ${missing.join(' ')}`
}
