// What the engine itself costs, and how punctual it is.
//
//   npx node bench/engine.ts [rounds]
//
// Cost: CPU time of the whole client process (its helper threads included) per request, 50 keep-alive connections in a
// closed loop, small GET, against a server in a process of its own that answers with 5 headers and 13 bytes. Three
// clients, each in a fresh process: `raw`, a node:net loop that does not even parse; `bare`, undici's dispatch on one
// Client per connection with an empty handler; `engine`, runShard with all its measuring. One round runs each once, in
// turn, so that what else the machine does meets all three; the first second of each is warm-up and not counted. The
// medians over the rounds are printed with their ratios: compare ratios, for absolute figures are those of one machine.
//
// Punctuality: how late arrivals of an open model are picked up at 1,000/s and 10,000/s, after one second of warm-up.
import { type ChildProcess, fork } from 'node:child_process'
import { connect, createServer, type Socket } from 'node:net'
import { Client } from 'undici'
import { runShard } from '../src/engine/run-shard.ts'
import { Histogram } from '../src/histogram.ts'
import { onePlan, requestStep } from '../test/support/plans.ts'

const CONNECTIONS = 50
const WARM_UP = 1_000
const MEASURED = 3_000

const ANSWER = [
  'HTTP/1.1 200 OK',
  'date: Sun, 06 Nov 1994 08:49:37 GMT',
  'server: bench',
  'content-type: text/plain',
  'cache-control: no-store',
  'content-length: 13',
  '',
  'Hello, world!',
].join('\r\n')

const roles: Record<string, (port: number) => Promise<unknown>> = {
  serve,
  raw: (port) => loop((onAnswer) => rawConnection(port, onAnswer)),
  bare: (port) => loop((onAnswer) => bareConnection(port, onAnswer)),
  engine: engineCost,
  'late-1000': (port) => lateness(port, 1_000),
  'late-10000': (port) => lateness(port, 10_000),
}

const [role = '', port = '0'] = process.argv.slice(2)
if (roles[role]) process.send?.(await roles[role](Number(port)))
else await compare(Number(role) || 5)

async function compare(rounds: number): Promise<void> {
  const server = fork(import.meta.filename, ['serve'])
  const port = await once(server)
  const costs: Record<string, number[]> = { raw: [], bare: [], engine: [] }
  for (let round = 0; round < rounds; round++)
    for (const [client, values] of Object.entries(costs)) values.push(Number(await child(client, port)))
  const [raw, bare, engine] = ['raw', 'bare', 'engine'].map((client) => median(costs[client]!)) as [
    number,
    number,
    number,
  ]
  for (const [client, value] of Object.entries({ raw, bare, engine }))
    console.log(
      `${client.padEnd(7)} ${value.toFixed(1).padStart(5)} µs CPU per request [${range(costs[client]!)}]  ÷ raw ${(value / raw).toFixed(2)}  ÷ bare ${(value / bare).toFixed(2)}`,
    )
  for (const rate of [1_000, 10_000]) console.log(`lateness at ${rate}/s, ms:`, await child(`late-${rate}`, port))
  server.kill()
}

async function child(role: string, port: unknown): Promise<unknown> {
  const process = fork(import.meta.filename, [role, String(port)])
  const result = await once(process)
  process.kill()
  return result
}

function once(process: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => process.once('message', resolve).once('exit', reject))
}

function serve(): Promise<number> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', () => socket.write(ANSWER, 'latin1')).on('error', () => {})
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
}

/** CPU time per request of a client that asks again as soon as it has an answer. */
async function loop(open: (onAnswer: () => boolean) => () => void): Promise<number> {
  let answers = 0
  let running = true
  const close = Array.from({ length: CONNECTIONS }, () =>
    open(() => {
      answers++
      return running
    }),
  )
  const cost = await costOf(() => answers)
  running = false
  for (const end of close) end()
  return cost
}

async function costOf(answers: () => number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, WARM_UP))
  const before = { answers: answers(), cpu: process.cpuUsage() }
  await new Promise((resolve) => setTimeout(resolve, MEASURED))
  const { user, system } = process.cpuUsage(before.cpu)
  return (user + system) / (answers() - before.answers)
}

function rawConnection(port: number, onAnswer: () => boolean): () => void {
  const ask = () => socket.write('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: keep-alive\r\n\r\n', 'latin1')
  const socket: Socket = connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    onread: {
      buffer: Buffer.alloc(65_536),
      callback: () => {
        if (onAnswer()) ask()
        return true
      },
    },
  })
  socket.on('connect', ask).on('error', () => {})
  return () => socket.destroy()
}

function bareConnection(port: number, onAnswer: () => boolean): () => void {
  const client = new Client(`http://127.0.0.1:${port}`, {
    pipelining: 2,
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const options = { path: '/', method: 'GET', blocking: false }
  const handler = {
    onRequestStart() {},
    onResponseStart() {},
    onResponseData() {},
    onResponseEnd: () => void (onAnswer() && client.dispatch(options, handler)),
    onResponseError() {},
  }
  client.dispatch(options, handler)
  return () => void client.destroy()
}

async function engineCost(port: number): Promise<number> {
  let sent = 0
  const over = new AbortController()
  const plan = onePlan({ port, model: 'closed', level: CONNECTIONS, seconds: 60, steps: [requestStep()] })
  const marks: { at: number; sent: number; cpu: number }[] = []
  const run = runShard(
    { plan, index: 0, count: 1 },
    {
      signal: over.signal,
      onProgress: (progress) => {
        sent = progress.sent
        const { user, system } = process.cpuUsage()
        marks.push({ at: progress.elapsed, sent, cpu: user + system })
        if (marks.length > (WARM_UP + MEASURED) / 1000) over.abort()
      },
    },
  )
  await run
  const [first, last] = [marks[0]!, marks[MEASURED / 1000]!]
  return (last.cpu - first.cpu) / (last.sent - first.sent)
}

async function lateness(port: number, rate: number): Promise<string> {
  const plan = onePlan({ port, model: 'open', level: rate, seconds: 5, warmUp: 1, steps: [requestStep()] })
  const { health } = await runShard({ plan, index: 0, count: 1 })
  const late = Histogram.of(health.lateness)
  const figures = [0.5, 0.95, 0.99].map((q) => `p${q * 100} ${((late.quantile(q) ?? 0) / 1000).toFixed(3)}`)
  return `${figures.join('  ')}  (CPU ${health.cpu.toFixed(2)}, loop ${health.loopUtilisation.toFixed(2)})`
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}

function range(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)}`
}
