import { expect, test } from '@jest/globals'
import { causeOf, looksStale } from '../../../src/engine/http/causes.ts'

const failure = (code: string) => Object.assign(new Error(code), { code })

// What no test can have a real network do to order; the rest is in faults.test.ts.
test.each([
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['EAI_AGAIN', 'unresolved-host'],
  ['EMFILE', 'generator'],
  ['EADDRNOTAVAIL', 'generator'],
  ['ENOBUFS', 'generator'],
  ['EPIPE', 'connection-closed'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
  ['CERT_HAS_EXPIRED', 'tls'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
] as const)('%s: %s', (code, cause) => {
  expect(causeOf(failure(code), true)).toBe(cause)
})

test('the same code before and after the connection stands', () => {
  expect(causeOf(failure('ETIMEDOUT'), false)).toBe('connect-timeout')
  expect(causeOf(failure('ETIMEDOUT'), true)).toBe('timeout')
})

test.each([new Error('no code'), Object.assign(new Error(), { code: 'ERR_ASSERTION' }), 'text', undefined, null])(
  'what no target is known to cause is the generator’s: %s',
  (error) => {
    expect(causeOf(error, true)).toBe('generator')
  },
)

test.each([
  ['EPIPE', 0, true],
  ['ECONNRESET', 999, false],
  ['ECONNRESET', 1_000, true],
  ['ETIMEDOUT', 5_000, false],
])('%s after %s ms of idleness', (code, idle, stale) => {
  expect(looksStale(failure(code), idle)).toBe(stale)
})
