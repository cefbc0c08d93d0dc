// `npm run bench:fitness`: how often a generator that was held up is taken at its word, and one that was not is sent away.
// bench/README.md says how, and gets the figures.
//
//   node fitness.ts [RUNS]   left alone, and as many held up; 200 unless told otherwise
import { compare } from '../src/compare/compare.ts'
import { runShard } from '../src/engine/run-shard.ts'
import { mergeResults } from '../src/result/merge-results.ts'
import type { EpochMs, Ms } from '../src/units.ts'
import { contextOf } from '../test/result/shards.ts'
import { onePlan, requestStep } from '../test/support/plans.ts'
import { CLIENT_CORE, nextMessage, script, start, stop } from './pinned.ts'
import { type StandStill, watchCore } from './stand-still.ts'
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

/** More than are asked for, since some are not counted. */
const SPARE = 1.05
/** So long a machine may stand still in all during a run that is to be heard: half of the engine's bound for its loop. */
const STILL: Ms = 12.5

interface Run {
  readonly begun: EpochMs
  readonly ended: EpochMs
  /** Why it was marked as unfit; undefined where it was not. */
  readonly reason: string | undefined
}

async function measure(runs: number): Promise<void> {
  const rows: string[][] = []
  const core = watchCore()
  for (const [kind, stall] of Object.entries(STALLS)) {
    const all = await runsOf(kind, stall ? runs / 2 : Math.ceil(SPARE * runs))
    const still = stall ? [] : all.filter((run) => stillness(run, core?.seen ?? []) > STILL)
    rows.push(
      rowOf(
        kind,
        all.filter((run) => !still.includes(run)),
      ),
    )
    if (still.length > 0) rows.push(rowOf('left alone on a core that stood still', still))
  }
  await core?.stop()
  const aims = [
    ['aim, left alone', '≥ 200', '', '< 0.5 %'],
    ['aim, held up', '≥ 200', '', '100 %'],
  ]
  const section = table([['the generator was', 'runs', 'marked as unfit', 'share'], ...rows, ...aims])
  const watched = core ? '' : ' Nobody watched whether the core stood still.'
  writeFigures('fitness', [`${circumstances()}.${watched}`, section])
  console.log(section)
}

function rowOf(kind: string, runs: readonly Run[]): string[] {
  const marked = runs.filter(({ reason }) => reason !== undefined)
  if (STALLS[kind] === undefined) for (const { reason } of marked) console.error(`${kind}: ${reason}`)
  return [kind, String(runs.length), String(marked.length), `${((100 * marked.length) / runs.length).toFixed(1)} %`]
}

/** How long the core stood still in a run, in all. */
function stillness({ begun, ended }: Run, seen: readonly StandStill[]): Ms {
  return seen.reduce((sum, still) => {
    const from = Math.max(begun, still.ended - still.length)
    return sum + Math.max(0, Math.min(ended, still.ended) - from)
  }, 0)
}

async function runsOf(kind: string, runs: number): Promise<readonly Run[]> {
  const server = await startTimedServer('lognormal')
  const child = start(CLIENT_CORE, script('fitness.ts', kind, runs, server.port))
  try {
    return await nextMessage<readonly Run[]>(child)
  } finally {
    await stop(child)
    await server.stop()
  }
}

/** Every run of its own, one after the other, all in this process. */
async function runAll(kind: string, runs: number, port: number): Promise<readonly Run[]> {
  const stall = STALLS[kind]
  if (stall) setInterval(() => holdUp(stall.ms), stall.every)
  const done: Run[] = []
  for (let n = 0; n < runs; n++) {
    const plan = onePlan({
      port,
      ...LOADS[n % LOADS.length]!,
      seconds: stall ? SECONDS_HELD_UP : SECONDS,
      steps: [requestStep()],
    })
    const begun = Date.now()
    const result = mergeResults([await runShard({ plan, index: 0, count: 1 })], contextOf(plan))
    const [defect] = compare(result, undefined, []).defects
    done.push({ begun, ended: Date.now(), reason: defect?.message })
  }
  return done
}

/** Keeps this thread, which is the engine's, from doing anything else. */
function holdUp(ms: Ms): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

const [given = '', runs, port] = process.argv.slice(2)
if (given in STALLS) process.send?.(await runAll(given, Number(runs), Number(port)))
else await measure(Number(given) || 200)
