// `npm run bench:fitness`: how often a generator that was held up is taken at its word, and one that was not is sent away.
// bench/README.md says how, and gets the figures.
//
//   node fitness.ts [RUNS]   left alone, and as many held up; 200 unless told otherwise
import { compare } from '../src/compare/compare.ts'
import { runShard } from '../src/engine/run-shard.ts'
import { mergeResults } from '../src/result/merge-results.ts'
import type { Ms } from '../src/units.ts'
import { contextOf } from '../test/result/shards.ts'
import { onePlan, requestStep } from '../test/support/plans.ts'
import { CLIENT_CORE, nextMessage, script, start, stop } from './pinned.ts'
import { circumstances, table, writeFigures } from './table.ts'
import { startTimedServer } from './timed-server.ts'

/** Long enough that one short pause of a shared machine is not a fiftieth of the run. */
const SECONDS = 3
const SECONDS_HELD_UP = 2
const LOADS = [
  { model: 'open', level: 200 },
  { model: 'open', level: 1_000 },
  { model: 'closed', level: 10 },
] as const
/** How long the loop is held up, and how often. */
const STALLS: Readonly<Record<string, { readonly ms: Ms; readonly every: Ms } | undefined>> = {
  'left alone': undefined,
  'held up for 50 ms, twice a second': { ms: 50, every: 500 },
  'held up for 100 ms, once a second': { ms: 100, every: 1_000 },
}

interface Marked {
  readonly runs: number
  readonly marked: number
  readonly reasons: readonly string[]
}

async function measure(runs: number): Promise<void> {
  const rows: string[][] = []
  for (const [kind, stall] of Object.entries(STALLS)) {
    const found = await marked(kind, stall ? runs / 2 : runs)
    rows.push([kind, String(found.runs), String(found.marked), `${((100 * found.marked) / found.runs).toFixed(1)} %`])
    for (const reason of found.reasons) console.error(`${kind}: ${reason}`)
  }
  const aims = [
    ['aim, left alone', '≥ 200', '', '< 0.5 %'],
    ['aim, held up', '≥ 200', '', '100 %'],
  ]
  const section = table([['the generator was', 'runs', 'marked as unfit', 'share'], ...rows, ...aims])
  writeFigures('fitness', [`${circumstances()}.`, section])
  console.log(section)
}

async function marked(kind: string, runs: number): Promise<Marked> {
  const server = await startTimedServer('lognormal')
  const child = start(CLIENT_CORE, script('fitness.ts', kind, runs, server.port))
  try {
    return await nextMessage<Marked>(child)
  } finally {
    await stop(child)
    await server.stop()
  }
}

/** Every run of its own, one after the other, all in this process. */
async function runAll(kind: string, runs: number, port: number): Promise<Marked> {
  const stall = STALLS[kind]
  if (stall) setInterval(() => holdUp(stall.ms), stall.every)
  const reasons: string[] = []
  for (let n = 0; n < runs; n++) {
    const plan = onePlan({
      port,
      ...LOADS[n % LOADS.length]!,
      seconds: stall ? SECONDS_HELD_UP : SECONDS,
      steps: [requestStep()],
    })
    const result = mergeResults([await runShard({ plan, index: 0, count: 1 })], contextOf(plan))
    const [defect] = compare(result, undefined, []).defects
    if (defect) reasons.push(defect.message)
  }
  return { runs, marked: reasons.length, reasons: stall ? [] : reasons }
}

/** Keeps this thread, which is the engine's, from doing anything else. */
function holdUp(ms: Ms): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

const [given = '', runs, port] = process.argv.slice(2)
if (given in STALLS) process.send?.(await runAll(given, Number(runs), Number(port)))
else await measure(Number(given) || 200)
