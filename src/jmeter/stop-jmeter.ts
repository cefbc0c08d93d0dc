import { createSocket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningService } from '../service/spawn-service.ts'
import type { Ms } from '../units.ts'

/** For the requests that are under way; then it is ended with all it has started. */
const ENDS_WITHIN: Ms = 1_500

/** JMeter says where it can be told to stop: "Waiting for possible Shutdown/StopTestNow/… message on port 4445". */
const LISTENS = /\bshutdown\b.* on port (\d{1,5})\b/i

export function portIn(line: string): number | undefined {
  const [, port] = LISTENS.exec(line) ?? []
  return port === undefined ? undefined : Number(port)
}

/** As `shutdown.sh` does it, and where that does not help, SIGTERM and at last SIGKILL for the whole group. Bounded. */
export async function stopJMeter(running: RunningService, port: number | undefined): Promise<void> {
  if (port !== undefined) {
    await tell(port, 'Shutdown')
    await Promise.race([running.exited, sleep(ENDS_WITHIN, undefined, { ref: false })])
  }
  await running.stop()
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
