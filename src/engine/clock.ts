import { Worker } from 'node:worker_threads'
import type { EpochMs, Ms } from '../units.ts'

/** The engine's door to time. */
export interface Clock {
  /** Never goes back. */
  now(): Ms
  /** The same moment on the wall: `epoch() - now()` is always the same. */
  epoch(): EpochMs
  /** Replaces the alarm that is set, if any; one in the past rings soon, but never from within the call. */
  setAlarm(at: Ms): void
  /** Whom the alarm calls. */
  onAlarm: () => void
  stop(): Promise<void>
}

// A timer of Node's rings at the whole millisecond after, 0.6 ms late in the middle. This thread sleeps in a futex, and
// wakes the loop by a message as soon as its time has come: 0.06 ms late. Neither spins, since on two cores that would take
// one from the service under test. The clock of both is hrtime, so that they agree on what the time is. Atomics.waitAsync
// would do instead of the message, but each call leaves some 70 bytes that only a major collection finds: V8 keeps the
// promises in a hash set, whose dead tables refer to those after them. A message leaves nothing.
const SLEEPER = `
  const { parentPort, workerData: { signal, alarm } } = require('node:worker_threads')
  const now = () => { const [s, ns] = process.hrtime(); return s * 1e3 + ns / 1e6 }
  let rung = 0
  for (;;) {
    const set = Atomics.load(signal, 0)
    if (set < 0) break
    const left = set === rung ? Infinity : alarm[0] - now()
    if (left > 0) {
      Atomics.wait(signal, 0, set, left)
    } else {
      rung = set
      parentPort.postMessage(undefined)
    }
  }`

// The loop is woken so much too early and spins for what is left, which takes the waking out of the lateness: at 1,000/s
// on two cores half of the arrivals are 0.08 ms late instead of 0.13. Only after a pause, so that spinning is at most a
// tenth of the time: at 10,000/s it would double the loop's work and win nothing.
const HEAD_START: Ms = 0.05
const PAUSE: Ms = 0.5

/** Cell of the shared signal: how often the alarm was set; below 0 to end the thread. */
const SET = 0

/** The machine's clock, with a thread that sleeps until the alarm. Does not keep the process alive. */
export async function startSystemClock(): Promise<Clock> {
  const signal = new Int32Array(new SharedArrayBuffer(4))
  const alarm = new Float64Array(new SharedArrayBuffer(8))
  const sleeper = new Worker(SLEEPER, { eval: true, workerData: { signal, alarm }, execArgv: [], stdin: false })
  await new Promise<void>((resolve, reject) => sleeper.once('online', resolve).once('error', reject))
  const offset = hrtimeOffset()
  let due: Ms = 0
  let rangAt: Ms = 0

  const clock: Clock = {
    now: () => performance.now(),
    epoch: () => performance.timeOrigin + performance.now(),
    setAlarm(at) {
      due = at
      alarm[0] = at + offset - (at - rangAt > PAUSE ? HEAD_START : 0)
      Atomics.add(signal, SET, 1)
      Atomics.notify(signal, SET)
    },
    onAlarm: () => {},
    async stop() {
      clock.onAlarm = () => {}
      Atomics.store(signal, SET, -1)
      Atomics.notify(signal, SET)
      await sleeper.terminate()
    },
  }
  sleeper.on('message', () => {
    rangAt = performance.now()
    if (due - rangAt < HEAD_START) while (rangAt < due) rangAt = performance.now()
    clock.onAlarm()
  })
  sleeper.unref()
  return clock
}

/** From performance.now() to hrtime. What lies between the two readings makes it smaller, so the largest is the best. */
function hrtimeOffset(): Ms {
  const readings = Array.from({ length: 10 }, () => {
    const [seconds, nanoseconds] = process.hrtime()
    return seconds * 1e3 + nanoseconds / 1e6 - performance.now()
  })
  return Math.max(...readings)
}
