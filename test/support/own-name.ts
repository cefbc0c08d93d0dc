import { lookup } from 'node:dns/promises'
import { hostname } from 'node:os'

/** Where that name leads, for `allow-targets`: a name that leads to this machine is not allowed by being written. */
export const OWN_NETWORK = '127.0.0.0/8'

/** A name of this machine that is not "localhost": workers of ECS would reach another machine by that. */
export async function ownName(): Promise<string> {
  const { address } = await lookup(hostname(), 4).catch(() => ({ address: '' }))
  return address.startsWith('127.') ? hostname() : '[::ffff:127.0.0.1]'
}
