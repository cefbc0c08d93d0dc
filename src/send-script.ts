import type { JMeter } from './jmeter/find-jmeter.ts'
import { runScript, scriptedPlan } from './jmeter/run-script.ts'
import type { LivePage } from './live-html.ts'
import type { Output } from './output/output.ts'
import type { LoadPlan } from './plan/plan.ts'
import type { RunResult } from './result/result.ts'
import type { ServiceProcess } from './service/process-group.ts'
import type { LimitWatch } from './watch-limits.ts'
import { watchProgress } from './watch-progress.ts'

/** Of another generator, which knows no shards. */
export interface SentScript {
  readonly ran: RunResult
}

interface ScriptDoors {
  readonly output: Output
  readonly env: NodeJS.ProcessEnv
  /** Ends the script; what was measured until then still comes. */
  readonly signal: AbortSignal
  /** Ends it as well. */
  readonly limits: LimitWatch
  readonly live?: LivePage | undefined
  readonly onService?: ((started: ServiceProcess) => void) | undefined
}

/** Runs the script of a plan on this machine, and shows how it stands as of any load. */
export async function sendScript(
  plan: LoadPlan,
  jmeter: JMeter,
  { output, env, signal, limits, live, onService }: ScriptDoors,
): Promise<SentScript> {
  const scripted = scriptedPlan(plan)
  output.info(`Running ${plan.script?.file} with JMeter ${jmeter.version}.`)
  const progress = watchProgress(plan, output, { limits, live })
  try {
    const ran = await runScript(
      scripted,
      { jmeter },
      {
        env,
        signal: AbortSignal.any([signal, limits.enough]),
        redact: output.redact,
        onProgress: progress.onProgress,
        onProcess: onService,
      },
    )
    return { ran }
  } finally {
    progress.done()
  }
}
