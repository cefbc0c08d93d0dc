import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import type { LoadPlan } from '../plan/plan.ts'
import { hashOf } from '../plan/plan-hash.ts'
import { Misread, type Reader, record, text } from '../reader.ts'
import { type Bytes, formatBytes } from '../units.ts'
import { readJson, sha256 } from './read-json.ts'

/** As it comes. Most of a large plan are the rows of its data files, which the smallest task has to hold in its memory. */
export const MOST_PLAN: Bytes = 64_000_000
const MOST_PLAN_TEXT: Bytes = 256_000_000

/**
 * A plan from its gzipped JSON; throws a Misread that says what is wrong. It is trusted as far as the hash is, which came
 * with the orders: a plan that hashes so is the one that the coordinator wrote.
 */
export function readPlan(body: Uint8Array, hash: string): LoadPlan {
  if (createHash('sha256').update(body).digest('hex') !== hash)
    throw new Misread('the plan', 'the one that was ordered')
  const plan = readJson(unpack(body), looksLikePlan)
  // Another version may hash, or resolve, a plan differently. Its results would then be of another plan.
  const { hash: said, ...load } = plan
  if (hashOf(load) !== said) throw new Misread('hash', 'that of the plan')
  return plan
}

const looksLikePlan: Reader<LoadPlan> = (value, place) => {
  record({ target: text, hash: sha256 })(value, place)
  return value as LoadPlan
}

function unpack(body: Uint8Array): Buffer {
  try {
    return gunzipSync(body, { maxOutputLength: MOST_PLAN_TEXT })
  } catch {
    throw new Misread('the plan', `gzip of at most ${formatBytes(MOST_PLAN_TEXT)}`)
  }
}
