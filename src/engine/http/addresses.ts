import { promises as dns, type LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import type { Refusal } from '../../allowed-targets.ts'

/** Why an address may not be connected to; undefined where it may. */
export type Refuses = (address: string) => Refusal | undefined

/** The error of a connection that is not made, with a code of its own for `causeOf`. */
export class AddressNotAllowed extends Error {
  readonly code = 'ERR_ADDRESS_NOT_ALLOWED'
}

/**
 * Resolves the target's name once per run, so that neither the resolver's speed nor its limits are measured with every
 * new connection, and hands out its addresses in turn, so that a load balancer's are all used as they would be by users.
 * A failure is not kept: the next connection asks again. That an address is not allowed is: what a name leads to is looked
 * at once, and every connection goes to an address that was looked at, so that a resolver which says something else the
 * second time is not asked.
 */
export function addressBook(refuses: Refuses, resolve: Resolve = resolveAll): LookupFunction {
  let known: Promise<LookupAddress[]> | undefined
  let turn = 0
  return (name, options, callback) => {
    known ??= resolve(name)
    known.then(
      (all) => {
        const refused = all.map(({ address }) => refuses(address)).find((why) => why !== undefined)
        if (refused !== undefined) {
          callback(new AddressNotAllowed(refused), [])
          return
        }
        const addresses = rotated(all, turn++)
        if (options.all) callback(null, addresses)
        else callback(null, addresses[0]!.address, addresses[0]!.family)
      },
      (error) => {
        known = undefined
        callback(error, [])
      },
    )
  }
}

export type Resolve = (name: string) => Promise<LookupAddress[]>

export function resolveAll(name: string): Promise<LookupAddress[]> {
  return dns.lookup(name, { all: true, order: 'verbatim' })
}

/** The family that the resolver prefers stays first: where it does not work at all, half the connections would be slow. */
function rotated(all: readonly LookupAddress[], turn: number): LookupAddress[] {
  const preferred = all.filter(({ family }) => family === all[0]?.family)
  const others = all.filter(({ family }) => family !== all[0]?.family)
  const first = turn % Math.max(1, preferred.length)
  return [...preferred.slice(first), ...preferred.slice(0, first), ...others]
}
