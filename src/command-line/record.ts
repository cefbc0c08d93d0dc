import { basename } from 'node:path'
import { EXIT, LoadgateError } from '../errors.ts'
import { readFlags } from '../flags.ts'
import type { Output } from '../output/output.ts'
import type { Exchange, Lost } from '../record/exchange.ts'
import { harOf } from '../record/har-of.ts'
import { startRecorder } from '../record/recording-proxy.ts'
import { counted, formatMs, type Ms } from '../units.ts'
import { giveProfile, refuseOverwriting } from './give-profile.ts'
import { targetIn } from './import.ts'

/** What the end of the command means, for whoever ends it. */
export const RECORDED = 'the recording ends here, and becomes a profile.'

const LONGEST: Ms = 4 * 3_600_000

/**
 * `record --target URL`: a profile of what a browser does, which comes to the service by way of a proxy on this machine until
 * Ctrl-C. Ends with 2 where nothing came.
 */
export async function recordCommand(given: readonly string[], output: Output, signal: AbortSignal): Promise<number> {
  const force = given.includes('--force')
  const argv = given.filter((arg) => arg !== '--force')
  const { values } = readFlags(argv, { flags: ['target', 'port', 'output'], most: 0 })
  const target = targetIn(values.target)
  if (target === undefined)
    throw new LoadgateError('usage', 'record needs the address of the service', {
      hint: 'For example: loadgate record --target http://127.0.0.1:8080 --output loadgate.yml',
    })
  const path = values.output
  if (path !== undefined) await refuseOverwriting({ path }, force)
  const recorder = await startRecorder(new URL(target), {
    port: portIn(values.port),
    onExchange: (exchange) => output.info(lineOf(exchange)),
  })
  output.info(`Recording what goes to ${target}. Open ${recorder.address} in a browser; Ctrl-C writes the profile.`)
  await endOf(signal)
  await recorder.close()
  for (const [why, count] of recorder.lost)
    output.warning(`${counted(count, 'request')} not recorded: ${REASONS[why]}.`)
  const exchanges = recorder.exchanges()
  if (exchanges.length === 0)
    throw new LoadgateError('usage', 'Nothing was recorded', { hint: `Open ${recorder.address} while it runs.` })
  const source = {
    text: JSON.stringify(harOf(exchanges)),
    file: path === undefined ? 'recording' : basename(path),
    target,
    origin: `Made by "loadgate record" of ${target}.`,
  }
  await giveProfile('har', source, { path, force }, output)
  return EXIT.pass
}

const REASONS: Readonly<Record<Lost, string>> = {
  'cut off': 'the browser did not wait for the end of the answer, or did not send all of the request',
  'no answer': 'the service did not answer',
  'body too large': 'its body is larger than 64 MB',
  WebSocket: 'a WebSocket',
  'too many': 'the recording is full, with 5,000 requests or 1 GB',
}

function portIn(given: string | undefined): number {
  const port = Number(given ?? 0)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new LoadgateError('usage', `\`--port\`: "${given}" is no port`, { hint: 'Write a whole number up to 65535.' })
}

function lineOf({ method, url, took, answer }: Exchange): string {
  const { pathname, search } = new URL(url)
  return `${answer.status}  ${method} ${pathname}${search && '?…'}  ${formatMs(took)}`
}

async function endOf(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const longest = setTimeout(resolve, LONGEST)
    const end = () => {
      clearTimeout(longest)
      resolve()
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
