import { lookup } from 'node:dns/promises'
import { hostname } from 'node:os'

/** A name of this machine that is not "localhost": workers of ECS would reach another machine by that. */
export async function ownName(): Promise<string> {
  const { address } = await lookup(hostname(), 4).catch(() => ({ address: '' }))
  return address.startsWith('127.') ? hostname() : '[::ffff:127.0.0.1]'
}
