import { amount, count, list, Misread, oneOf, type Reader, record, text, where } from '../reader.ts'
import type { Bytes } from '../units.ts'
import { type Orders, PROTOCOL, type Slot } from './protocol.ts'
import { address, MOST_TIME, readJson, runId, sha256 } from './read-json.ts'

/** A signed address has up to 2,000 characters or so, and each slot has four. */
export const MOST_ORDERS: Bytes = 1_000_000
const MOST_SLOTS = 100

const slot: Reader<Slot> = record({
  index: count,
  generation: count,
  claimUrl: address,
  claimedUrl: address,
  progressUrl: address,
  resultUrl: address,
})

const orders: Reader<Orders> = record({
  kind: oneOf('loadgate-orders'),
  protocol: count,
  version: text,
  runId,
  plan: record({ url: address, sha256 }),
  controlUrl: address,
  count: where(count, (value) => value > 0, 'a count from 1 on'),
  slots: list(slot, MOST_SLOTS),
  lifetime: where(amount, (value) => value > 0 && value <= MOST_TIME, `a time of at most ${MOST_TIME} ms`),
})

/**
 * Throws a Misread that says what is wrong. What another version wrote may look different in everything but its kind,
 * protocol and version, so these come first.
 */
export function readOrders(body: Uint8Array, version: string): Orders {
  const head = readJson(body, record({ kind: oneOf('loadgate-orders'), protocol: count, version: text }))
  if (head.protocol !== PROTOCOL) throw new Misread('protocol', `${PROTOCOL} but ${head.protocol}`)
  if (head.version !== version) throw new Misread('version', `${version} but ${head.version}`)
  const read = readJson(body, orders)
  if (!read.slots.every(({ index }) => index < read.count)) throw new Misread('slots', `below ${read.count}`)
  return read
}
