import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { POLL, RENEW, TERM } from '../../../src/fargate/protocol.ts'
import { endOf, heed, openLease } from '../../../src/fargate/worker/lease.ts'

const term = TERM

test('a lease lasts for its term from the read that showed a new sequence', () => {
  const lease = heed(openLease(0), { sequence: 4, term: 10_000 }, 1_000)
  expect(endOf(lease)).toBe(11_000)
  expect(endOf(heed(lease, { sequence: 4, term: 10_000 }, 2_000))).toBe(11_000)
  expect(endOf(heed(lease, { sequence: 3, term: 99_000 }, 2_000))).toBe(11_000)
  expect(endOf(heed(lease, { sequence: 5, term: 20_000 }, 2_000))).toBe(22_000)
})

test('nothing seen at all lasts for the usual term', () => {
  expect(endOf(openLease(500))).toBe(500 + TERM)
})

test('the first sequence seen proves nothing, the next one that somebody is there', () => {
  const first = heed(openLease(0), { sequence: 4, term }, 100)
  expect(first.risen).toBe(false)
  expect(heed(first, { sequence: 4, term }, 200).risen).toBe(false)
  expect(heed(first, { sequence: 5, term }, 200).risen).toBe(true)
})

/** Reads at these moments, of a control renewed every RENEW until it is silent; some reads are lost. */
const reads = fc.array(fc.record({ after: fc.integer({ min: POLL, max: 2 * POLL }), lost: fc.boolean() }), {
  maxLength: 60,
})

test('whatever reads are lost, it ends within the term and 5 s of the last renewal', () => {
  fc.assert(
    fc.property(reads, fc.integer({ min: 0, max: 200_000 }), (given, silentAt) => {
      let lease = openLease(0)
      let now = 0
      for (const { after, lost } of given) {
        now += after
        if (now >= endOf(lease)) break
        if (lost) continue
        lease = heed(lease, { sequence: Math.floor(Math.min(now, silentAt) / RENEW), term }, now)
      }
      const renewed = Math.floor(silentAt / RENEW) * RENEW
      expect(endOf(lease)).toBeLessThanOrEqual(Math.max(renewed, 0) + term + 5_000)
    }),
  )
})

test('it never ends while the control is renewed and no two reads of three are lost', () => {
  fc.assert(
    fc.property(reads, (given) => {
      let lease = openLease(0)
      let now = 0
      for (const [number, { after, lost }] of given.entries()) {
        now += after
        expect(now).toBeLessThan(endOf(lease))
        if (lost && number % 3 > 0) continue
        lease = heed(lease, { sequence: Math.floor(now / RENEW), term }, now)
      }
    }),
  )
})

test('it never ends early because of the answers of reads that came out of order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 100 }), { minLength: 1 }), (sequences) => {
      let lease = openLease(0)
      for (const [at, sequence] of sequences.entries()) {
        const before = endOf(lease)
        lease = heed(lease, { sequence, term }, at)
        expect(endOf(lease)).toBeGreaterThanOrEqual(before)
      }
    }),
  )
})
