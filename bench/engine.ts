// `npm run bench`: what a request costs the engine, what measuring is of that, how punctual its arrivals are, how true its
// figures, and how soon it begins. bench/README.md says how, and gets the figures.
import { measuring } from './clocks.ts'
import { costRatio, costTable, ENGINE, engineWith, measureCosts, ownClients, RAW } from './costs.ts'
import { inTurn, spread } from './rounds.ts'
import { measureSchedule } from './schedule.ts'
import type { Server } from './server.ts'
import { startServer } from './start-server.ts'
import { startUpOfLoadgate } from './start-up.ts'
import { circumstances, shown, table, writeFigures } from './table.ts'
import { type Comparison, measureStalls, measureTruth, SHARE_NAMES } from './truth.ts'

const ROUNDS = Number(process.argv[2]) || 6
const BESIDE = 'Loadgate’s engine, beside a rare full scenario'
const ITEM = 'Loadgate’s engine, an item'
const FULL = 'Loadgate’s engine, an item, full step'

const server = await startServer()
const sections = [`${circumstances()}, ${ROUNDS} rounds, server ${server.name}.`]
try {
  sections.push(...(await costs(server)))
} finally {
  await server.stop()
}
sections.push(await schedule(), await truth(), await stalls(), await startUp())
writeFigures('engine', sections)
console.log(sections.join('\n\n'))

async function costs(server: Server): Promise<string[]> {
  const steps = { [BESIDE]: ask('beside'), [ITEM]: ask('item'), [FULL]: ask('full') }
  const windows = await measureCosts({ ...ownClients, ...steps }, ROUNDS, server)
  const { median: cost } = spread(windows[ENGINE]!.map((window) => window.cost))
  const { readings, records, reading, record, cost: measured } = await measuring(server)
  const calls = `${readings.toFixed(1)} × ${reading.toFixed(0)} ns + ${records.toFixed(1)} × ${record.toFixed(0)} ns`
  return [
    costTable(windows),
    table([
      ['of these', 'measured', 'aim'],
      ['engine ÷ raw', shown(costRatio(windows, ENGINE, RAW), 2), '≤ 1.8'],
      ['beside a scenario with everything ÷ alone', shown(costRatio(windows, BESIDE, ENGINE), 2), '1.00'],
      ['full step ÷ the same answer asked for barely', shown(costRatio(windows, FULL, ITEM), 2), '≤ 1.4'],
      [`clocks and histograms, ${calls}`, `${((100 * measured) / cost).toFixed(1)} %`, '≤ 3 %'],
    ]),
  ]
}

function ask(plan: Parameters<typeof engineWith>[0]) {
  return (server: Server) => engineWith(plan, server)
}

async function schedule(): Promise<string> {
  const taken = await measureSchedule(ROUNDS)
  const rows = taken.map(({ rate, p50, p95, p99, variation, core, waited }) => [
    `${rate}/s`,
    ...[p50, p95, p99].map((late) => shown(late, 3)),
    shown(variation, 2),
    shown(core, 2),
    shown(waited, 2),
  ])
  const head = ['arrivals', 'late p50 ms', 'p95', 'p99', 'variation of the gaps', 'cores used', 'kept from it']
  const aims = [
    ['aim at 1000/s', '≤ 0.1', '≤ 0.5', '≤ 2', '≤ 0.35', '', ''],
    ['aim at 10000/s', '', '≤ 0.5', '', '', '', ''],
  ]
  return table([head, ...rows, ...aims])
}

async function truth(): Promise<string> {
  const taken = [...(await measureTruth(ROUNDS))]
  const rows = taken.map(([rate, comparison]) => [`${rate}/s`, ...columns(comparison)])
  const aims = [
    ['aim to 5000/s', ...SHARE_NAMES.map(() => 'within 2.5 % or 0.25 ms'), ''],
    ['aim at 20000/s', '', 'within 4 %', '', ''],
  ]
  return table([['reported less true', ...SHARE_NAMES, 'kept from a core'], ...rows, ...aims])
}

async function stalls(): Promise<string> {
  const comparison = await measureStalls(ROUNDS)
  const truths = SHARE_NAMES.map((name) => `${name}: ${comparison.of[name].truth.toFixed(0)} ms`)
  return table([
    ['200/s, 1 s of every 10 stalled', ...truths, 'kept from a core'],
    ['reported less true', ...columns(comparison)],
    ['aim', '', 'within 1 %', 'within 1 %', ''],
  ])
}

function columns({ of, waited }: Comparison): string[] {
  const differences = SHARE_NAMES.map((name) => {
    const { truth, off } = of[name]
    const share = truth > 0 ? `, ${((100 * off.median) / truth).toFixed(1)} %` : ''
    return `${shown(off, 2)} ms${share}`
  })
  return [...differences, shown(waited, 2)]
}

async function startUp(): Promise<string> {
  const { loadgate } = await inTurn(['loadgate'], ROUNDS, startUpOfLoadgate)
  const head = ['start of the process to its first request', 'ms', 'aim']
  return table([head, ['`loadgate run`', shown(spread(loadgate!), 0), '≤ 300']])
}
