// `npm run bench:peers`: the engine beside other load tools, and how soon each begins. scripts/bench-peers.sh has fetched
// what npm does not have; what is missing all the same is said, here and in the table.
import { costRatio, costTable, ENGINE, foreignClient, measureCosts, ownClients, RAW } from './costs.ts'
import { installedPeers } from './peer-tools.ts'
import { script } from './pinned.ts'
import { CONNECTIONS } from './plans.ts'
import { inTurn, spread } from './rounds.ts'
import type { Server } from './server.ts'
import { startServer } from './start-server.ts'
import { startUp, startUpOfLoadgate } from './start-up.ts'
import { circumstances, shown, table, writeFigures } from './table.ts'

const ROUNDS = Number(process.argv[2]) || 5
/** What the engine is to carry per core, in multiples of what the other carries. */
const AIMS: Readonly<Record<string, number>> = { autocannon: 1.1, hey: 2, locust: 8 }

const when = circumstances()
const { peers, missing } = installedPeers()
for (const line of missing) console.error(`\n!!! LEFT OUT: ${line}\n`)

const server = await startServer()
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
