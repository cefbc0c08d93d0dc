import { LoadgateError } from '../errors.ts'
import type { ServiceSpec } from '../profile/profile.ts'
import type { ServiceProcess } from '../service/process-group.ts'
import { howItEnded, type RunningService, spawnService } from '../service/spawn-service.ts'
import { counted, formatDuration, type Ms } from '../units.ts'

export interface PrepareOptions {
  /** Directory of the profile in the version's files. */
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  /** The version, for sentences: "the base version (1a2b3c4)". */
  readonly who: string
  /** Told of each line of the command's output: text from outside. */
  readonly progress: (line: string) => void
  readonly onService?: ((started: ServiceProcess) => void) | undefined
}

/** A build may say more than anyone reads; what it says last is told when it fails. */
const MOST_LINES = 1_000

/** Runs `service.prepare`, where there is one; of what it started, nothing is left running. */
export async function prepare(
  { prepare: command, prepareWithin }: Pick<ServiceSpec, 'prepare' | 'prepareWithin'>,
  { cwd, env, signal, who, progress, onService }: PrepareOptions,
): Promise<void> {
  if (command === undefined) return
  signal.throwIfAborted()
  progress(`Preparing ${who}: ${command}`)
  const began = performance.now()
  const shown = firstLines(progress)
  const running = await spawnService(command, { cwd, env, onLine: shown.add })
  try {
    onService?.({ pid: running.pid, startTime: running.startTime })
    const exit = await Promise.race([running.exited, over(prepareWithin, signal)])
    signal.throwIfAborted()
    shown.end()
    if (exit === undefined) throw failed(`took longer than ${formatDuration(prepareWithin)}`, running, { who, command })
    if (exit.code !== 0) throw failed(howItEnded(exit), running, { who, command })
    progress(`Prepared ${who} in ${formatDuration(performance.now() - began)}`)
  } finally {
    await running.stop()
  }
}

/** Undefined when the time is over, or when the signal fires. */
function over(within: Ms, signal: AbortSignal): Promise<undefined> {
  const ended = AbortSignal.any([signal, AbortSignal.timeout(within)])
  return new Promise((resolve) => {
    const end = () => resolve(undefined)
    if (ended.aborted) end()
    else ended.addEventListener('abort', end, { once: true })
  })
}

function failed(how: string, running: RunningService, { who, command }: { who: string; command: string }) {
  const output = running.lastOutput()
  return new LoadgateError(
    'target',
    `Preparing ${who} failed: \`${command}\` ${how}${output ? `; its last output:\n${output}` : '; it wrote nothing'}`,
    {
      hint: 'Both versions are prepared by the same command, each in its own files; `service.prepare-within` is how long it may take.',
    },
  )
}

function firstLines(progress: (line: string) => void) {
  let count = 0
  return {
    add: (line: string) => {
      if (count++ < MOST_LINES) progress(`  ${line}`)
    },
    end: () => {
      if (count > MOST_LINES) progress(`  … and ${counted(count - MOST_LINES, 'more line')}`)
    },
  }
}
