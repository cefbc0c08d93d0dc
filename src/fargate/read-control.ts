import { amount, count, list, Misread, oneOf, type Reader, record, text, where } from '../reader.ts'
import type { Bytes } from '../units.ts'
import type { Control, Order } from './protocol.ts'
import { MOST_TIME, readJson, runId } from './read-json.ts'

/** A start names the generation of every slot: two characters each. */
export const MOST_CONTROL: Bytes = 1_000_000
const MOST_GENERATIONS = 100_000

const time = where(amount, (value) => value <= MOST_TIME, `a time of at most ${MOST_TIME} ms`)

const ORDERS: { readonly [K in Order['kind']]: Reader<Extract<Order, { kind: K }>> } = {
  wait: record({ kind: oneOf('wait') }),
  start: record({ kind: oneOf('start'), at: amount, stagger: time, generations: list(count, MOST_GENERATIONS) }),
  stop: record({ kind: oneOf('stop'), why: text }),
}

const order: Reader<Order> = (value, place) => {
  const { kind } = record({ kind: oneOf('wait', 'start', 'stop') })(value, place)
  return ORDERS[kind](value, place)
}

const control: Reader<Control> = record({
  kind: oneOf('loadgate-control'),
  runId,
  sequence: count,
  term: where(time, (value) => value > 0, 'a time above 0'),
  order,
})

/** The control of this very run; throws a Misread that says what is wrong. */
export function readControl(body: Uint8Array, runId: string): Control {
  const read = readJson(body, control)
  if (read.runId !== runId) throw new Misread('runId', 'that of this run')
  return read
}
