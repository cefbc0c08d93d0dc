import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { LoadPlan, PlannedScript } from '../plan/plan.ts'
import { propertiesText, targetProperties, type WorkerNumber } from './properties.ts'

/** Where everything of one run of a script lies. */
export interface LaidOut {
  /** Of the script, which JMeter is started in: what the script reads is found from there, whoever looks for it. */
  readonly directory: string
  readonly script: string
  /** Has the secrets of the environment, and only this user can read it. */
  readonly properties: string
  readonly results: string
  readonly log: string
}

/** Writes the script, what it reads and its properties into an empty directory. */
export async function layOutScript(
  { target, files = {} }: Pick<LoadPlan, 'target' | 'files'>,
  script: PlannedScript,
  { directory, worker }: { readonly directory: string; readonly worker: WorkerNumber },
): Promise<LaidOut> {
  const within = join(directory, 'script')
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(within, file)), { recursive: true })
    await writeFile(join(within, file), Buffer.from(content, 'base64'))
  }
  const properties = join(directory, 'loadgate.properties')
  await writeFile(properties, propertiesText(script.properties, targetProperties(target, worker)), { mode: 0o600 })
  return {
    directory: dirname(join(within, script.file)),
    script: join(within, script.file),
    properties,
    results: join(directory, 'results.jtl'),
    log: join(directory, 'jmeter.log'),
  }
}

/** JMeter's own command line: without its window, what to run, where to write, and what its properties are. */
export function argumentsFor({ script, properties, results, log }: LaidOut): readonly string[] {
  return ['-n', '-t', script, '-l', results, '-j', log, '-q', properties]
}
