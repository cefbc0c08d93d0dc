import { LoadgateError } from '../../../src/errors.ts'
import type { Ms } from '../../../src/units.ts'
import type { Machine } from './machine.ts'
import type { Network } from './network.ts'
import type { World } from './world.ts'

export interface Exchange<T> {
  readonly from: Machine
  /** The name that the network knows the server by. */
  readonly to: string
  readonly deadline: Ms
  /** On the server: its answer, or undefined for none. What it throws is thrown where the call came from. */
  readonly handle: () => T | undefined
}

export interface Exchanged<T> {
  readonly answer: T
  /** By the clock of the machine. */
  readonly sent: Ms
  readonly received: Ms
}

/** There and back; rejects after the deadline, whatever has happened by then. Of a machine that is killed it never settles. */
export function exchange<T>(
  world: World,
  network: Network,
  { from, to, deadline, handle }: Exchange<T>,
): Promise<Exchanged<T>> {
  const { promise, resolve, reject } = Promise.withResolvers<Exchanged<T>>()
  if (!from.alive) return promise
  const sent = from.time.now()
  let over = false
  const cancel = world.after(deadline, () => {
    over = true
    if (from.alive) reject(new LoadgateError('infrastructure', `the ${to} did not answer in time`))
  })
  const back = (settle: () => void) =>
    network.carry(to, from.name, () => {
      if (over || !from.alive) return
      cancel()
      settle()
    })
  network.carry(from.name, to, () => {
    try {
      const answer = handle()
      if (answer !== undefined) back(() => resolve({ answer, sent, received: from.time.now() }))
    } catch (error) {
      back(() => reject(error))
    }
  })
  return promise
}
