import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { readPlan } from '../../src/fargate/read-plan.ts'
import { onePlan, requestStep } from '../support/plans.ts'
import { withHash } from '../support/virtual/fleet.ts'

const plan = withHash(onePlan({ port: 1, steps: [requestStep()] }))
const read = (content: Buffer | string, packed = gzipSync(content)) =>
  readPlan(packed, createHash('sha256').update(packed).digest('hex'))

test('a plan comes back as it was written', () => {
  expect(JSON.stringify(read(JSON.stringify(plan)))).toBe(JSON.stringify(plan))
})

test('files and certificates travel with a plan; a certificate does not change its hash', () => {
  const files = { 'photo.jpg': Buffer.from([0, 1, 255]).toString('base64') }
  const carrying = withHash({ ...plan, files })
  const carried = { ...carrying, tls: { ca: 'PEM' } }
  expect(read(JSON.stringify(carried))).toEqual(carried)
  expect(carrying.hash).not.toBe(plan.hash)
})

test('a plan that is not the one that was ordered is refused', () => {
  expect(() => readPlan(gzipSync(JSON.stringify(plan)), '0'.repeat(64))).toThrow('not the one that was ordered')
})

test('a plan whose own hash is of another one is refused', () => {
  expect(() => read(JSON.stringify({ ...plan, seed: plan.seed + 1 }))).toThrow('hash is not that of the plan')
})

test.each(['', 'null', '[]', '{', '{"hash":1}'])('%j is no plan', (text) => {
  expect(() => read(text)).toThrow()
})

test('what is not gzip, or unpacks to more than it may, is refused', () => {
  expect(() => read('', Buffer.from('text'))).toThrow('not gzip')
  // A megabyte of zeros packs to a kilobyte: members of one file, one after the other.
  const bomb = Buffer.concat(Array(260).fill(gzipSync(Buffer.alloc(1_000_000))))
  expect(() => read('', bomb)).toThrow('at most 256 MB')
})
