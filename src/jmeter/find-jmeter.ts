import { access, constants, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { LoadgateError } from '../errors.ts'
import { howItEnded, lastWords, spawnService } from '../service/spawn-service.ts'
import type { Ms } from '../units.ts'
import { makeScratch } from './scratch.ts'

/** An installed JMeter. */
export interface JMeter {
  readonly program: string
  /** As it says itself: "5.6.3". */
  readonly version: string
}

/** A Java that is asked for the first time on a busy machine. */
const ANSWERS_WITHIN: Ms = 60_000

/** The one of JMETER_HOME, else the first in PATH. LoadgateError `infrastructure` where there is none that works. */
export async function findJMeter(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<JMeter> {
  const places = env.JMETER_HOME ? [join(env.JMETER_HOME, 'bin')] : (env.PATH ?? '').split(delimiter).filter(Boolean)
  for (const place of places) {
    const program = join(place, 'jmeter')
    if (await isProgram(program)) return { program, version: await versionOf(program, { env, signal }) }
  }
  const where = env.JMETER_HOME ? `JMETER_HOME has no program bin/jmeter: ${env.JMETER_HOME}` : 'PATH has no `jmeter`'
  throw new LoadgateError('infrastructure', `JMeter is not here, and the profile's load is a script of it: ${where}`, {
    hint: 'Install JMeter and a Java that it runs on, and set JMETER_HOME to its directory, or add its bin to PATH.',
  })
}

async function isProgram(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) return false
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

/** A directory of its own: it writes a log into the one it is started in. */
async function versionOf(
  program: string,
  { env, signal }: { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<string> {
  await using scratch = await makeScratch()
  const asked = await spawnService([program, '--version'], { cwd: scratch.path, env })
  try {
    const exit = await Promise.race([asked.exited, sleep(ANSWERS_WITHIN, undefined, { signal, ref: false })])
    const version = versionIn(asked.lastOutput())
    if (exit?.code === 0 && version !== undefined) return version
    const end = exit === undefined ? 'did not end within a minute' : howItEnded(exit)
    throw new LoadgateError(
      'infrastructure',
      `\`${program} --version\` ${end} and told no version. ${lastWords(asked.lastOutput())}`,
      { hint: 'See that a Java is installed that this JMeter runs on (JAVA_HOME), and try the command by hand.' },
    )
  } finally {
    await asked.stop()
  }
}

/** Below its name in large letters, or in a line of its own, by version. */
export function versionIn(output: string): string | undefined {
  const [, version] = /(?:^|[\s|_\\])v?(\d+(?:\.\d+)+)(?:[ -]\S+)?\s*$/m.exec(output) ?? []
  return version
}
