// JMeter 2.13 of Debian, unpacked: its classes, and scripts of its own BeanShell that drive its engine.
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Ms } from '../../src/units.ts'

const run = promisify(execFile)
const SHARE = join(process.env.GENERATORS_ROOT ?? '', 'usr/share')

export interface ScriptRun {
  readonly settings: Readonly<Record<string, string | number>>
  readonly cwd: string
  readonly limit: Ms
}

/** Runs a script of this folder; what it wrote. */
export async function runInJMeter(script: string, { settings, cwd, limit }: ScriptRun): Promise<string> {
  const jars = ['jmeter/lib', 'jmeter/lib/ext', 'jmeter/bin', 'java'].flatMap((place) =>
    readdirSync(join(SHARE, place))
      .filter((file) => file.endsWith('.jar'))
      .map((file) => join(SHARE, place, file)),
  )
  const all = { ...settings, 'jmeter.home': join(SHARE, 'jmeter'), 'java.awt.headless': 'true' }
  const flags = Object.entries(all).map(([key, value]) => `-D${key}=${value}`)
  const program = ['-cp', jars.join(delimiter), 'bsh.Interpreter', resolve(import.meta.dirname, script)]
  const { stdout, stderr } = await run('java', [...flags, ...program], {
    timeout: limit,
    maxBuffer: 64 * 1_048_576,
    cwd,
  })
  return stdout + stderr
}
