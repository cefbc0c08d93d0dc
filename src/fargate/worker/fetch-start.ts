// What a worker reads once, before it claims anything.
import { messageOf } from '../../errors.ts'
import type { LoadPlan } from '../../plan/plan.ts'
import { Misread } from '../../reader.ts'
import type { Bytes, Ms } from '../../units.ts'
import type { MailAnswer } from '../doors.ts'
import { persist } from '../persist.ts'
import type { Orders } from '../protocol.ts'
import { MOST_ORDERS, readOrders } from '../read-orders.ts'
import { MOST_PLAN, readPlan } from '../read-plan.ts'
import { Leaving } from './ends.ts'
import type { WorkerDoors } from './worker-doors.ts'

const TRIES = 6
/** Before the orders are read nothing else bounds the worker's life but its lifetime. */
const WITHIN: Ms = 25_000
const WITHIN_PLAN: Ms = 120_000
const ONE_TRY: Ms = 5_000
/** A plan may have many rows of data. */
const ONE_TRY_PLAN: Ms = 30_000

export async function fetchOrders(url: string, version: string, doors: WorkerDoors, signal: AbortSignal) {
  const answer = await fetchObject(
    'the orders',
    { url, most: MOST_ORDERS, oneTry: ONE_TRY, within: WITHIN },
    doors,
    signal,
  )
  return { orders: accept('The orders', () => readOrders(answer.body, version)), answer }
}

export async function fetchPlan({ plan }: Orders, doors: WorkerDoors, signal: AbortSignal): Promise<LoadPlan> {
  const from = { url: plan.url, most: MOST_PLAN, oneTry: ONE_TRY_PLAN, within: WITHIN_PLAN }
  const { body } = await fetchObject('the plan', from, doors, signal)
  return accept('The plan', () => readPlan(body, plan.sha256))
}

interface From {
  readonly url: string
  readonly most: Bytes
  readonly oneTry: Ms
  readonly within: Ms
}

async function fetchObject(
  what: string,
  { url, most, oneTry, within }: From,
  doors: WorkerDoors,
  signal: AbortSignal,
): Promise<MailAnswer> {
  const { time, mail, random } = doors
  const attempt = (left: Ms) => mail.get(url, most, Math.min(oneTry, left))
  let answer: MailAnswer
  try {
    answer = await persist(attempt, { time, random, tries: TRIES, within, signal })
  } catch (error) {
    signal.throwIfAborted()
    throw new Leaving('unreachable', `Could not read ${what}: ${messageOf(error)}`)
  }
  if (answer.status === 'missing') throw new Leaving('unreachable', `There is no object for ${what} (any more)`)
  if (answer.status === 'denied')
    throw new Leaving('unreachable', `The bucket does not give out ${what}: the address may have expired`)
  return answer
}

function accept<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof Misread) throw new Leaving('refused', `${what} cannot be used: ${error.message}`)
    throw error
  }
}
