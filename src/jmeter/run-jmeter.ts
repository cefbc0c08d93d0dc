import { setTimeout as sleep } from 'node:timers/promises'
import type { ShardProgress } from '../engine/shard-result.ts'
import type { LoadPlan, PlannedScript } from '../plan/plan.ts'
import type { ServiceProcess } from '../service/process-group.ts'
import { howItEnded, type RunningService, type ServiceExit, spawnService } from '../service/spawn-service.ts'
import { formatDuration, type Ms } from '../units.ts'
import type { JMeter } from './find-jmeter.ts'
import { JtlFollower } from './follow-jtl.ts'
import { lastLogLines } from './last-log-lines.ts'
import { argumentsFor, layOutScript } from './lay-out-script.ts'
import type { WorkerNumber } from './properties.ts'
import { makeScratch } from './scratch.ts'
import { askToStop, portIn } from './stop-jmeter.ts'

export interface JMeterDoors {
  readonly env: NodeJS.ProcessEnv
  /** Ends the script; what was measured until then still comes. */
  readonly signal: AbortSignal
  readonly onProgress: (progress: ShardProgress) => void
  readonly onProcess?: ((started: ServiceProcess) => void) | undefined
}

/** How a run of a script ended. */
export interface JMeterEnd {
  /** Of its whole records; there is none where it wrote nothing. */
  readonly results: string
  /** How long it was there. */
  readonly took: Ms
  /** Whether it was told to stop before its end. */
  readonly stopped: boolean
  /** Why what it measured is no evidence of a whole run, with its own last words; undefined where it is. */
  readonly problem: string | undefined
  /** These, to be added to a sentence; text from outside. */
  readonly words: string
}

type End = ServiceExit | 'stopped' | 'overtime'

const LOOK_EVERY: Ms = 1_000
/** What a thread dies of, while the others go on: from then on it is a smaller load. */
const DEATH = /^Uncaught Exception\b|\bjava\.lang\.OutOfMemoryError\b/

/** Runs the script of a plan to its end or until it is stopped, and hands over its results before they are removed. */
export async function runJMeter<T>(
  plan: Pick<LoadPlan, 'target' | 'files' | 'duration'> & { readonly script: PlannedScript },
  { jmeter, worker = { number: 1, of: 1 } }: { readonly jmeter: JMeter; readonly worker?: WorkerNumber },
  doors: JMeterDoors,
  read: (end: JMeterEnd) => Promise<T>,
): Promise<T> {
  await using scratch = await makeScratch()
  const place = await layOutScript(plan, plan.script, { directory: scratch.path, worker })
  doors.signal.throwIfAborted()
  await using follower = new JtlFollower(place.results, worker.number - 1)
  let port: number | undefined
  let death: string | undefined
  const began = performance.now()
  const running = await spawnService([jmeter.program, ...argumentsFor(place)], {
    cwd: place.directory,
    env: doors.env,
    onLine: (line) => {
      port ??= portIn(line)
      if (DEATH.test(line)) death ??= line
    },
  })
  doors.onProcess?.({ pid: running.pid, startTime: running.startTime })
  let end: End
  try {
    end = await followed(running, follower, { ...doors, began, within: plan.duration })
    // Behind its own end, the port may be another's.
    if (typeof end === 'string' && port !== undefined) await askToStop(running, port)
  } finally {
    // Also behind its own end: what it has started must not go on to send.
    await running.stop()
  }
  const took = performance.now() - began
  const wasCut = await follower.mend()
  doors.onProgress(follower.progress(took))
  const trouble = troubleOf(end, { within: plan.duration, wasCut, death })
  const last = await lastLogLines(place.log, running.lastOutput())
  const words = last === '' ? '; it wrote nothing' : `; its last words:\n${last}`
  // Awaited here, since what is read is removed on return.
  return await read({
    results: place.results,
    took,
    stopped: end === 'stopped',
    problem: trouble && trouble + words,
    words,
  })
}

/** Until it ends, by itself or because of somebody who waits no longer; how it stands is told every second. */
async function followed(
  running: RunningService,
  follower: JtlFollower,
  { signal, onProgress, began, within }: JMeterDoors & { readonly began: number; readonly within: Ms },
): Promise<End> {
  const aborted = new Promise<'stopped'>((resolve) => {
    signal.addEventListener('abort', () => resolve('stopped'), { once: true })
  })
  for (;;) {
    if (signal.aborted) return 'stopped'
    const elapsed = performance.now() - began
    if (elapsed >= within) return 'overtime'
    onProgress(follower.progress(elapsed))
    const tick = sleep(Math.min(LOOK_EVERY, within - elapsed), 'tick' as const)
    const end = await Promise.race([running.exited, aborted, tick])
    if (end !== 'tick') return end
    await follower.look()
  }
}

function troubleOf(
  end: End,
  { within, wasCut, death }: { readonly within: Ms; readonly wasCut: boolean; readonly death: string | undefined },
): string | undefined {
  if (end === 'stopped') return undefined
  if (end === 'overtime') return `JMeter was stopped after ${formatDuration(within)}, the time-out of its script`
  if (end.code !== 0) return `JMeter ${howItEnded(end)}`
  if (wasCut) return 'JMeter ended within a line of its results'
  return death && `A thread of JMeter died, and the others went on without it: ${death}`
}
