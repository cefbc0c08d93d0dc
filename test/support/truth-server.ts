// A server whose latency is known: it waits for a time drawn from a lognormal distribution before each answer, and keeps
// its own log of how long every request really took it, from read to written. A process of its own, since a server in
// the client's process would be measured together with the client.
//
//   node truth-server.ts serve MEDIAN_MS SIGMA SEED
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { Worker } from 'node:worker_threads'
import { randomAt } from '../../src/plan/choice.ts'

export interface TruthServer extends AsyncDisposable {
  readonly port: number
  /** Service times in ms of the requests since the last call, in the order in which they ended. */
  takeLog(): Promise<readonly number[]>
}

interface Distribution {
  readonly medianMs: number
  /** Of the logarithm: 0 is a constant. */
  readonly sigma: number
  readonly seed?: number
}

export async function startTruthServer({ medianMs, sigma, seed = 1 }: Distribution): Promise<TruthServer> {
  const child = fork(import.meta.filename, ['serve', String(medianMs), String(sigma), String(seed)], { execArgv: [] })
  const [port] = await once(child, 'message')
  return {
    port,
    async takeLog() {
      child.send('log')
      const [log] = await once(child, 'message')
      return log
    },
    async [Symbol.asyncDispose]() {
      child.kill()
      await once(child, 'exit')
    },
  }
}

async function serve(medianMs: number, sigma: number, seed: number): Promise<void> {
  let log: number[] = []
  let n = 0
  // Not node:http, whose own work for a request would be in no log: the client sends one request at a time, in one piece.
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {})
    socket.on('data', (head: Buffer) => {
      const begun = performance.now()
      const answer = (took: number) => {
        const text = took.toFixed(3)
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`)
      }
      if (head.includes('GET /probe ')) {
        answer(0)
        return
      }
      const delay = medianMs * Math.exp(sigma * normalAt(seed, n++))
      setTimeout(() => {
        const took = performance.now() - begun
        answer(took)
        log.push(took)
      }, delay)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  process.on('message', () => {
    process.send?.(log)
    log = []
  })
  process.on('disconnect', () => process.exit())
  process.send?.((server.address() as AddressInfo).port)
}

/** Says every 10 ms when that was to be. A timer of Node's is up to 2 ms late on the best of machines. */
const EVERY_10_MS = `
  const { parentPort } = require('node:worker_threads')
  const now = () => Number(process.hrtime.bigint()) / 1e6
  const cell = new Int32Array(new SharedArrayBuffer(4))
  for (let due = now(); ; due += 10) {
    Atomics.wait(cell, 0, 0, Math.max(0, due - now()))
    parentPort.postMessage(due)
  }`

/**
 * How long a request that is answered at once takes a client that does nothing else, in ms, until stopped: what the
 * machine costs, asked every 10 ms on a connection of its own, and counted from when that was to be. What was to be
 * asked while the machine stood still has waited, too, and is counted with the next answer. Sorted.
 */
export async function probe(port: number, stop: AbortSignal): Promise<readonly number[]> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const moments = new Worker(EVERY_10_MS, { eval: true, execArgv: [] })
  const costs: number[] = []
  let waiting: number[] = []
  let asked: number[] = []
  const ask = () => {
    if (asked.length > 0 || waiting.length === 0) return
    asked = waiting
    waiting = []
    socket.write('GET /probe HTTP/1.1\r\nhost: probe\r\n\r\n')
  }
  moments.on('message', (due: number) => {
    waiting.push(due)
    ask()
  })
  socket.on('data', () => {
    const now = Number(process.hrtime.bigint()) / 1e6
    costs.push(...asked.map((due) => now - due))
    asked = []
    ask()
  })
  await once(stop, 'abort')
  await moments.terminate()
  socket.destroy()
  return costs.toSorted((a, b) => a - b)
}

/** Standard normal, by the Box-Muller transform. */
function normalAt(seed: number, n: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - randomAt(seed, n, 0)))
  return radius * Math.cos(2 * Math.PI * randomAt(seed, n, 1))
}

const [role, ...figures] = process.argv.slice(2)
if (role === 'serve') await serve(...(figures.map(Number) as [number, number, number]))
