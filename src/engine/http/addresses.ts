import { promises as dns, type LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'

/**
 * Resolves the target's name once per run, so that neither the resolver's speed nor its limits are measured with every
 * new connection, and hands out its addresses in turn, so that a load balancer's are all used as they would be by users.
 * A failure is not kept: the next connection asks again.
 */
export function addressBook(resolve: (name: string) => Promise<LookupAddress[]> = resolveAll): LookupFunction {
  let known: Promise<LookupAddress[]> | undefined
  let turn = 0
  return (name, options, callback) => {
    known ??= resolve(name)
    known.then(
      (all) => {
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

function resolveAll(name: string): Promise<LookupAddress[]> {
  return dns.lookup(name, { all: true, order: 'verbatim' })
}

/** The family that the resolver prefers stays first: where it does not work at all, half the connections would be slow. */
function rotated(all: readonly LookupAddress[], turn: number): LookupAddress[] {
  const preferred = all.filter(({ family }) => family === all[0]?.family)
  const others = all.filter(({ family }) => family !== all[0]?.family)
  const first = turn % Math.max(1, preferred.length)
  return [...preferred.slice(first), ...preferred.slice(0, first), ...others]
}
