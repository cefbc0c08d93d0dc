// Tells when the core stood still that it is started on: scheduled in real time, before every program, it asks to be woken
// every few milliseconds, and what keeps it from that is the machine itself.
import { execFileSync } from 'node:child_process'
import type { EpochMs, Ms } from '../src/units.ts'
import { CLIENT_CORE, type Program, script, start, stop } from './pinned.ts'

export interface StandStill {
  readonly ended: EpochMs
  readonly length: Ms
}

const EVERY: Ms = 2
/** Of what is told. A collection of its own few objects takes a millisecond. */
const LEAST: Ms = 10

/** Collects what the core of the client tells until it is stopped; undefined where nothing may run in real time. */
export function watchCore(): { readonly seen: readonly StandStill[]; stop(): Promise<void> } | undefined {
  if (!mayRunInRealTime()) return undefined
  const seen: StandStill[] = []
  const { command, args } = script('stand-still.ts', 'watch')
  const inRealTime: Program = { command: 'chrt', args: ['--fifo', '50', command, ...args], ours: true }
  const child = start(CLIENT_CORE, inRealTime)
  child.on('message', (message) => seen.push(message as StandStill))
  return { seen, stop: () => stop(child) }
}

function mayRunInRealTime(): boolean {
  try {
    execFileSync('chrt', ['--fifo', '50', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function watch(): void {
  let last = performance.now()
  setInterval(() => {
    const now = performance.now()
    const length = now - last - EVERY
    last = now
    if (length >= LEAST) process.send?.({ ended: Date.now(), length } satisfies StandStill)
  }, EVERY)
}

if (process.argv[2] === 'watch') watch()
