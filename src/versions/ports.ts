import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { LoadgateError } from '../errors.ts'

// Below what systems hand out for outgoing connections (Linux 32768 up, macOS and Windows 49152 up): the load opens
// thousands of those, and one of them may sit on any port there while no service holds it between two rounds.
const FROM = 20_000
const TO = 32_000
const TRIES = 100

export type PortPair = readonly [number, number]

/** Two ports of this machine that nobody listens on: those given where they are free, others in their place. */
export async function freePorts([first, second]: readonly [number?, number?] = []): Promise<PortPair> {
  const one = await freePort(first, undefined)
  return [one, await freePort(second, one)]
}

async function freePort(wanted: number | undefined, taken: number | undefined): Promise<number> {
  let port = wanted ?? randomInt(FROM, TO)
  for (let tries = 0; tries < TRIES; tries++) {
    if (port !== taken && (await isFree(port))) return port
    port = randomInt(FROM, TO)
  }
  throw new LoadgateError('infrastructure', `No free port from ${FROM} to ${TO} was found in ${TRIES} tries`, {
    hint: 'Does something on this machine listen on all of them?',
  })
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
}
