import { setTimeout as sleep } from 'node:timers/promises'
import { type AllowedTargets, placeOf, refuseAddress } from './allowed-targets.ts'
import type { GuardTrip } from './compare/ended-by-guard.ts'
import { openProbe, type Probe, type ProbeResult } from './engine/probe.ts'
import { LoadgateError } from './errors.ts'
import type { Output } from './output/output.ts'
import type { Guard } from './profile/profile.ts'
import { counted, formatMs, type Ms } from './units.ts'

/** Between two tries before the load. */
const TRY_EVERY: Ms = 1_000

/** Ends a load that does harm to what its profile guards. */
export interface GuardWatch extends AsyncDisposable {
  /** Fires when a guard has failed so often in a row as it may. */
  readonly enough: AbortSignal
  /** What it fired for. */
  trip(): GuardTrip | undefined
}

export interface GuardDoors {
  readonly output: Pick<Output, 'info' | 'warning'>
  readonly signal: AbortSignal
  readonly wait?: (ms: Ms, signal: AbortSignal) => Promise<void>
  readonly open?: (guard: Guard) => Probe
}

interface WatchOptions {
  readonly allowed: AllowedTargets
  readonly agent: string
}

/** Watches nothing. */
export const UNGUARDED: GuardWatch = {
  enough: new AbortController().signal,
  trip: () => undefined,
  [Symbol.asyncDispose]: async () => {},
}

/**
 * Asks every guard, and goes on to do so until it is disposed of. LoadgateError `target` where one is down already: the load
 * would be blamed for it, or make it worse.
 */
export async function watchGuards(
  guards: readonly Guard[],
  options: WatchOptions,
  { output, signal, wait = waitFor, open = probing(options) }: GuardDoors,
): Promise<GuardWatch> {
  if (guards.length === 0) return UNGUARDED
  const watched = guards.map((guard) => ({ guard, probe: open(guard) }))
  await Promise.all(watched.map((one) => untilUp(one, { signal, wait })))
  output.info(`Watching ${counted(guards.length, 'guard')}: ${guards.map(({ name }) => name).join(', ')}.`)
  const over = new AbortController()
  const tripped = new AbortController()
  let trip: GuardTrip | undefined
  const onTrip = ({ name, url }: Guard, failures: readonly string[]) => {
    if (trip !== undefined) return
    trip = { name, url, at: Date.now(), failures }
    output.warning(
      `The guard "${name}" ends the load: ${counted(failures.length, 'failure')} in a row (${failures.join('; ')})`,
    )
    const error = new LoadgateError(
      'target',
      `The guard "${name}" failed before the load was sent: ${failures.join('; ')}`,
    )
    tripped.abort(error)
  }
  const ended = AbortSignal.any([over.signal, tripped.signal, signal])
  const loops = watched.map((one) => watch(one, { signal: ended, wait, onTrip }))
  return {
    enough: tripped.signal,
    trip: () => trip,
    [Symbol.asyncDispose]: async () => {
      over.abort()
      await Promise.all(loops)
    },
  }
}

/** Does what is to be guarded, and asks nobody any more when it is done. */
export async function whileGuarded<D extends GuardDoors, T>(
  watch: (doors: GuardDoors) => Promise<GuardWatch>,
  doors: D,
  doing: (doors: D & { readonly guards: GuardWatch }) => Promise<T>,
): Promise<T> {
  await using guards = await watch(doors)
  return await doing({ ...doors, guards })
}

interface Watched {
  readonly guard: Guard
  readonly probe: Probe
}

type Waiting = Required<Pick<GuardDoors, 'signal' | 'wait'>>

/** As often as it may fail: one answer that is lost is no outage. */
async function untilUp({ guard, probe }: Watched, { signal, wait }: Waiting): Promise<void> {
  const failures: string[] = []
  while (failures.length < guard.failures) {
    if (failures.length > 0) await wait(TRY_EVERY, signal)
    const result = await probe(signal)
    signal.throwIfAborted()
    if (result.failure === undefined) return
    failures.push(told(result))
  }
  throw new LoadgateError(
    'target',
    `The guard "${guard.name}" is down before the load, which is not sent: ${failures.join('; ')}`,
    { hint: `See to what answers at ${guard.url}, or correct its \`expect\` and \`within\`.` },
  )
}

/** One request at a time, each `every` after the one before, or later where that took longer. */
async function watch(
  { guard, probe }: Watched,
  { signal, wait, onTrip }: Waiting & { readonly onTrip: (guard: Guard, failures: readonly string[]) => void },
): Promise<void> {
  let failures: readonly string[] = []
  let took: Ms = 0
  while (!signal.aborted) {
    await wait(Math.max(TRY_EVERY, guard.every - took), signal)
    if (signal.aborted) return
    const result = await probe(signal)
    if (signal.aborted) return
    took = result.took
    failures = result.failure === undefined ? [] : [...failures, told(result)]
    if (failures.length >= guard.failures) return onTrip(guard, failures)
  }
}

function told({ took, failure = '' }: ProbeResult): string {
  return `${failure} after ${formatMs(took)}`
}

/** Ends with the signal, and is no error then. */
async function waitFor(ms: Ms, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {})
}

function probing({ allowed, agent }: WatchOptions): (guard: Guard) => Probe {
  return ({ url, within, expect }) => {
    const place = placeOf(new URL(url))
    return openProbe({ url, within, expect, agent, refuses: (address) => refuseAddress(allowed, place, address) })
  }
}
