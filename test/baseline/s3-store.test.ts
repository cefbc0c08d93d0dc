import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { s3Store } from '../../src/baseline/s3-store.ts'
import { BUCKET, S3Server } from '../support/s3-server.ts'
import { hurried, refusal, small, storeLaws } from './store-laws.ts'

let s3: S3Server
beforeAll(async () => {
  s3 = await S3Server.start()
  Object.assign(process.env, s3.env)
})
beforeEach(() => s3.reset())
afterAll(() => s3.close())

const KEY = 'team/loadgate.json'
const open = (bucket = BUCKET) =>
  s3Store({ bucket, prefix: 'team', key: 'loadgate' }, { ancestry: async () => undefined }, hurried)

storeLaws('s3', async () => ({
  open,
  bytes: async () => s3.objects.get(KEY),
  fill: async (bytes) => void s3.objects.set(KEY, bytes),
}))

test('a write whose answer is lost is found and not done twice', async () => {
  s3.inject({ operation: 'PutObject', times: 1, kind: 'lost' })
  await open().append(small('a'))
  expect((await open().read()).runs.map(({ id }) => id)).toEqual(['a'])
})

test.each([
  ['a conflict of conditional writes', { status: 409, code: 'ConditionalRequestConflict' }],
  ['a server that asks to slow down', { status: 503, code: 'SlowDown' }],
  ['a broken connection', 'reset'],
] as const)('%s passes', async (_, kind) => {
  s3.inject({ operation: 'PutObject', times: 2, kind })
  await open().append(small('a'))
  expect((await open().read()).runs).toHaveLength(1)
})

test('an answer that breaks off is not taken for the whole', async () => {
  await open().append(small('a'))
  s3.inject({ operation: 'GetObject', times: 1, kind: 'torn' })
  expect((await refusal(open().read())).message).toMatch(/could not be reached/)
})

test.each([
  [
    'no permission to read',
    [],
    () => open().read(),
    /^There is no permission for s3:\/\/loadgate-test\/team.*AccessDenied/,
  ],
  [
    'none to write',
    ['s3:GetObject', 's3:ListBucket'],
    () => open().checkAppend(),
    /^There is no permission.*AccessDenied/,
  ],
] as const)('%s is named, with the permissions it takes', async (_, allowed, act, message) => {
  s3.account.policy = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: allowed, Resource: '*' } }
  const { kind, message: said, hint } = await refusal(act())
  expect([kind, said, hint]).toEqual([
    'infrastructure',
    expect.stringMatching(message),
    expect.stringMatching(/s3:GetObject.*s3:PutObject.*s3:ListBucket/),
  ])
})

test('a bucket that is not there is no empty store', async () => {
  expect((await refusal(open('elsewhere').read())).message).toMatch(/no such bucket/)
})

test('wrong credentials are refused by the server and said to be', async () => {
  const { AWS_SECRET_ACCESS_KEY: right } = process.env
  process.env.AWS_SECRET_ACCESS_KEY = 'wrong'
  try {
    expect((await refusal(open().read())).message).toMatch(/no permission.*SignatureDoesNotMatch/)
  } finally {
    process.env.AWS_SECRET_ACCESS_KEY = right
  }
})

test('asking whether it may write changes nothing', async () => {
  await open().append(small('a'))
  const before = new Map(s3.objects)
  await open().checkAppend()
  expect(s3.objects).toEqual(before)
})

test('a server that does not heed conditions is not trusted with a baseline', async () => {
  s3.ignoresConditions = true
  expect((await refusal(open().checkAppend())).message).toMatch(/does not heed If-Match/)
  expect(s3.objects.has(KEY)).toBe(false)
})

test('what is far larger than any baseline is not read to its end', async () => {
  s3.objects.set(KEY, Buffer.alloc(64_000_001))
  expect((await refusal(open().read())).message).toMatch(/more than 64000000 bytes/)
})

test('a body that stalls is not waited for beyond the end of the reading', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { etag: '"x"', 'content-length': 1_000 }).write('{"kind":')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.env.AWS_ENDPOINT_URL_S3 = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    // The second time somebody asks, there is a second left of the three minutes.
    let asked = 0
    const waiting = { ...hurried, now: () => (asked++ === 0 ? 0 : 179_000) }
    const place = { bucket: BUCKET, prefix: 'team', key: 'loadgate' }
    const late = s3Store(place, { ancestry: async () => undefined }, waiting)
    expect((await refusal(late.read())).message).toMatch(/could not be reached/)
    expect((await refusal(open().read({ signal: AbortSignal.timeout(500) }))).message).toMatch(/could not be reached/)
  } finally {
    Object.assign(process.env, s3.env)
    server.closeAllConnections()
    server.close()
  }
})
