// A server that knows the truth: when each request came, and how long its answer took. It never sleeps: a timer of
// Node's has whole milliseconds, which would cluster the latencies, and a sleeping server has to be woken, which is in
// no log. So it takes all of its core, and where that is taken from it, what comes meanwhile is timed from then. Answers come
//
//   at-once     as soon as they can
//   lognormal   after a time of median 5 ms and σ 0.6, hence p95 13.4 ms and p99 20.2 ms
//   stalling    at once, but for the last second of every ten from the first request on: then at the end of it
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { randomAt } from '../src/plan/choice.ts'
import type { Ms } from '../src/units.ts'
import { cpuTime } from './cpu-time.ts'
import { nextMessage, SERVER_CORE, script, start, stop } from './pinned.ts'
import type { Server } from './server.ts'

export type Behaviour = keyof typeof delays

/** Of the requests from a given one on, in the order in which they came. */
export interface Truth {
  readonly requests: number
  /** From when it came to written, in ms. */
  readonly p50: Ms
  readonly p95: Ms
  readonly p99: Ms
  /** Of the gaps between requests: standard deviation over mean. */
  readonly variation: number
  /** Share of the time in which something else had its core: what waited for it meanwhile is in no log. */
  readonly waited: number
}

export interface TimedServer extends Server {
  truth(from: number): Promise<Truth>
}

const MEDIAN: Ms = 5
const SIGMA = 0.6
const SEED = 1
export const STALL: Ms = 1_000
export const STALL_EVERY: Ms = 10_000
const MOST_REQUESTS = 1_000_000

const delays = {
  'at-once': (_n: number, _since: Ms) => 0,
  lognormal: (n: number) => MEDIAN * Math.exp(SIGMA * normalAt(n)),
  stalling(_n: number, since: Ms) {
    const left = STALL_EVERY - (since % STALL_EVERY)
    return left <= STALL ? left : 0
  },
}

export async function startTimedServer(behaviour: Behaviour): Promise<TimedServer> {
  const child = start(SERVER_CORE, script('timed-server.ts', behaviour))
  const port = await nextMessage<number>(child)
  const ask = <T>(question: unknown): Promise<T> => {
    const answer = nextMessage<T>(child)
    child.send(question as number)
    return answer
  }
  return {
    name: 'timed server',
    port,
    requests: () => ask('requests'),
    truth: (from) => ask(from),
    stop: () => stop(child),
  }
}

interface Pending {
  readonly due: Ms
  readonly n: number
  readonly socket: Socket
}

function serve(delayOf: (n: number, since: Ms) => Ms): void {
  const came = new Float64Array(MOST_REQUESTS)
  const took = new Float64Array(MOST_REQUESTS)
  const pending: Pending[] = []
  const begun = performance.now()
  let requests = 0
  /** When it was last ready to read. */
  let looked = begun

  const truthFrom = (first: number): Truth => ({
    ...timesOf(took.slice(first, requests)),
    requests: requests - first,
    variation: variation(came.slice(first, requests)),
    waited: cpuTime(process.pid).waited / 1000 / (performance.now() - begun),
  })
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {}).on('data', () => onRequest(socket))
  })
  function onRequest(socket: Socket): void {
    const n = requests++
    const now = performance.now()
    // A request that is read behind a hold-up of this process came at some moment of it: evenly, since arrivals do.
    came[n] = looked + (now - looked) * randomAt(SEED, n, 2)
    const delay = delayOf(n, now - came[0]!)
    if (delay === 0) answer(n, socket)
    else insert(pending, { due: now + delay, n, socket })
  }
  function answer(n: number, socket: Socket): void {
    took[n] = performance.now() - came[n]!
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', 'latin1')
  }
  function turn(): void {
    const now = performance.now()
    for (let last = pending.at(-1); last && last.due <= now; last = pending.at(-1)) {
      pending.pop()
      answer(last.n, last.socket)
    }
    setImmediate(turn)
    looked = performance.now()
  }

  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
  process
    .on('message', (asked) => process.send?.(asked === 'requests' ? requests : truthFrom(Number(asked))))
    .on('disconnect', () => process.exit())
  turn()
}

/** Keeps the next to be answered at the end. */
function insert(pending: Pending[], item: Pending): void {
  let at = pending.length
  while (at > 0 && pending[at - 1]!.due < item.due) at--
  pending.splice(at, 0, item)
}

function timesOf(took: Float64Array): Pick<Truth, 'p50' | 'p95' | 'p99'> {
  const times = took.toSorted()
  const at = (share: number) => times[Math.ceil(share * times.length) - 1] ?? Number.NaN
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

function variation(moments: Float64Array): number {
  const gaps = moments.subarray(1).map((moment, index) => moment - moments[index]!)
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  return Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length) / mean
}

/** Standard normal, by the Box-Muller transform. */
function normalAt(n: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - randomAt(SEED, n, 0)))
  return radius * Math.cos(2 * Math.PI * randomAt(SEED, n, 1))
}

if (import.meta.filename === process.argv[1]) serve(delays[process.argv[2] as Behaviour])
