import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { LoadPlan } from '../plan/plan.ts'
import { answerTo, type StandInAnswer } from './stand-in-answers.ts'

/** A server on this machine that answers every step of a plan with what it expects. */
export interface StandIn {
  readonly origin: string
  /** Requests so far. */
  readonly asked: number
  close(): Promise<void>
}

// In a thread of its own, so that its work is not in the CPU time of the engine's. The first piece of a path is the
// step's id. Connections stay open for longer than anything is measured.
const SERVER = `
  const { createServer } = require('node:http')
  const { parentPort, workerData: { answers, asked } } = require('node:worker_threads')
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    Atomics.add(asked, 0, 1)
    request.resume()
    const { status, headers, body } = answers[parseInt(request.url.slice(1), 10)]
    response.writeHead(status, headers).end(body)
  })
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))`

/** Rejects when it cannot listen. Once it does, it does not keep the process alive. */
export async function startStandIn({ scenarios }: Pick<LoadPlan, 'scenarios'>, signal: AbortSignal): Promise<StandIn> {
  const answers: Record<number, StandInAnswer> = {}
  for (const step of scenarios.flatMap(({ steps }) => steps))
    if (step.kind === 'request') answers[step.id] = answerTo(step)
  const asked = new Int32Array(new SharedArrayBuffer(4))
  const server = new Worker(SERVER, { eval: true, workerData: { answers, asked }, execArgv: [], stdin: false })
  const port = await portOf(server, signal)
  // Whoever asks it then hears of it.
  server.on('error', () => {}).unref()
  return {
    origin: `http://127.0.0.1:${port}`,
    get asked() {
      return Atomics.load(asked, 0)
    },
    close: async () => void (await server.terminate()),
  }
}

async function portOf(server: Worker, signal: AbortSignal): Promise<number> {
  try {
    const [port] = await once(server, 'message', { signal })
    return port
  } catch (error) {
    await server.terminate()
    throw error
  }
}
