import { WINDOW } from '../../baseline/baseline.ts'
import type { Outcome } from '../../compare/verdict.ts'
import { EXIT } from '../../errors.ts'
import { type GateOptions, optionsFromCommandLine } from '../../inputs.ts'
import { counted, formatDuration } from '../../units.ts'
import { runsFrom } from '../runs-from.ts'
import type { BaselineDoors } from './baseline.ts'
import { openStored } from './stored.ts'

/** Three are the fewest that anything is compared with; with five the spread between runs is known somewhat. */
const USUAL = 5

/** `seed`: sends the load several times and keeps each run, as `run --save-baseline` does. */
export async function seedBaseline(argv: readonly string[], doors: BaselineDoors): Promise<number> {
  const { runs, options, store, plan } = await readSeed(argv, doors)
  const before = await idsIn(store)
  const [each, all] = [plan.duration, runs * plan.duration].map(formatDuration)
  doors.output.info(`${counted(runs, 'run')} of ${each}, together ${all} of load.`)
  const outcomes: Outcome[] = []
  for (let n = 1; n <= runs && !doors.signal.aborted; n++) {
    doors.output.info(`Run ${n} of ${runs}`)
    const outcome = await doors.runOnce(options)
    outcomes.push(outcome)
    // The same version breaks the same limit again.
    if (outcome === 'fail') break
  }
  // Asked rather than believed: that a run could not be kept is only a warning of the gate.
  const kept = [...(await idsIn(store))].filter((id) => !before.has(id)).length
  doors.output.info(`${counted(kept, 'run')} of ${runs} added to ${store.name}.`)
  if (doors.signal.aborted) return EXIT.invalid
  if (kept === runs) return EXIT.pass
  return outcomes.includes('fail') ? EXIT.fail : EXIT.invalid
}

async function readSeed(argv: readonly string[], { output }: BaselineDoors) {
  const { store, values, profile, plan } = await openStored(argv, {
    flags: ['runs', 'threads', 'allow-targets'],
    mask: output.mask,
  })
  const options: GateOptions = optionsFromCommandLine([
    profile,
    ...(values.baseline === undefined ? [] : [`--baseline=${values.baseline}`]),
    ...(values.threads === undefined ? [] : [`--threads=${values.threads}`]),
    ...(values['allow-targets'] === undefined ? [] : [`--allow-targets=${values['allow-targets']}`]),
    '--compare=baseline',
    '--save-baseline=true',
  ])
  // A baseline keeps no more.
  return { runs: runsFrom(values.runs ?? String(USUAL), WINDOW), options, store, plan }
}

async function idsIn({ read }: Awaited<ReturnType<typeof openStored>>['store']): Promise<ReadonlySet<string>> {
  return new Set((await read()).runs.map(({ id }) => id))
}
