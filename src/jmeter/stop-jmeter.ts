import { createSocket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningService } from '../service/spawn-service.ts'
import type { Ms } from '../units.ts'

/** For the requests that are under way. */
const ENDS_WITHIN: Ms = 1_500

/** JMeter says where it can be told to stop: "Waiting for possible Shutdown/StopTestNow/… message on port 4445". */
const LISTENS = /\bshutdown\b.* on port (\d{1,5})\b/i

export function portIn(line: string): number | undefined {
  const [, port] = LISTENS.exec(line) ?? []
  return port === undefined ? undefined : Number(port)
}

/** As `shutdown.sh` does it; resolves when it has ended, or when there has been time enough for it. */
export async function askToStop(running: RunningService, port: number): Promise<void> {
  await tell(port, 'Shutdown')
  await Promise.race([running.exited, sleep(ENDS_WITHIN, undefined, { ref: false })])
}

/** A datagram to this machine, whether or not anybody listens. */
function tell(port: number, word: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    const done = () => {
      socket.close()
      resolve()
    }
    socket.once('error', done)
    socket.send(word, port, '127.0.0.1', done)
  })
}
