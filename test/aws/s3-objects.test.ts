// The coordinator's door to a bucket, by the SDK itself against a server that checks signatures.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { openObjects } from '../../src/aws/s3.ts'
import { LoadgateError } from '../../src/errors.ts'
import { Refused } from '../../src/fargate/doors.ts'
import { BUCKET, S3Server } from '../support/s3-server.ts'

let s3: S3Server
beforeAll(async () => {
  s3 = await S3Server.start()
  Object.assign(process.env, s3.env)
})
beforeEach(() => s3.reset())
afterAll(() => s3.close())

const open = () => openObjects(BUCKET, { region: 'eu-central-1', now: () => performance.now() })
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('it succeeded')
    },
    (error: LoadgateError) => error,
  )

test('what is put can be got, and put again in its place', async () => {
  const objects = open()
  expect(await objects.get('a/b.json', 100)).toBeUndefined()
  await objects.put('a/b.json', 'one')
  await objects.put('a/b.json', Buffer.from('two'))
  expect((await objects.get('a/b.json', 100))?.toString()).toBe('two')
})

test('what is too large is not read', async () => {
  await open().put('a', 'x'.repeat(1_000))
  const error = await failure(open().get('a', 999))
  expect(error).toBeInstanceOf(Refused)
  expect(error.message).toMatch(/has more than 999 bytes/)
})

test("the server's date is told with the moments around it", async () => {
  const objects = open()
  expect(objects.date()).toBeUndefined()
  const before = performance.now()
  await objects.get('a', 100)
  const { from, until, sent, received } = objects.date()!
  expect(until - from).toBe(1_000)
  expect(Math.abs(from - Date.now())).toBeLessThan(5_000)
  expect(sent).toBeGreaterThanOrEqual(before)
  expect(received).toBeGreaterThan(sent)
  expect(received).toBeLessThanOrEqual(performance.now())
})

test.each([
  ['a server that asks to slow down', { status: 503, code: 'SlowDown' }],
  ['a broken connection', 'reset'],
] as const)('%s is one failed try, which may be made again', async (_, kind) => {
  s3.inject({ operation: 'PutObject', times: 1, kind })
  const error = await failure(open().put('a', 'x'))
  expect(error).toBeInstanceOf(LoadgateError)
  expect(error).not.toBeInstanceOf(Refused)
  expect(s3.calls).toHaveLength(1)
  await open().put('a', 'x')
})

test('an answer that breaks off is not taken for the whole', async () => {
  await open().put('a', 'x'.repeat(1_000))
  s3.inject({ operation: 'GetObject', times: 1, kind: 'torn' })
  expect((await failure(open().get('a', 10_000))).message).toMatch(/could not be reached/)
})

test.each([
  ['no permission', { status: 403, code: 'AccessDenied' }, /no permission for s3:\/\/loadgate-test\/a.*AccessDenied/],
  ['a session that has ended', { status: 400, code: 'ExpiredToken' }, /AWS session has ended/],
] as const)('%s is final', async (_, kind, message) => {
  s3.inject({ operation: 'GetObject', times: 1, kind })
  const error = await failure(open().get('a', 10))
  expect(error).toBeInstanceOf(Refused)
  expect(error.message).toMatch(message)
})

test('no such bucket is final', async () => {
  const objects = openObjects('another-bucket', { region: 'eu-central-1', now: () => 0 })
  expect(await failure(objects.get('a', 10))).toBeInstanceOf(Refused)
})

test('an address is signed for one thing and for its time, and without a checksum of nothing', async () => {
  const objects = open()
  const put = new URL(await objects.sign({ method: 'PUT', key: 'c/1.json', once: true, expiresIn: 90_500 }))
  expect(put.pathname).toBe(`/${BUCKET}/c/1.json`)
  expect(put.searchParams.get('X-Amz-Expires')).toBe('91')
  expect(put.searchParams.get('X-Amz-SignedHeaders')).toBe('host;if-none-match')
  expect([...put.searchParams.keys()].filter((name) => /checksum/i.test(name))).toEqual([])
  const over = new URL(await objects.sign({ method: 'PUT', key: 'p', expiresIn: 1_000 }))
  expect(over.searchParams.get('X-Amz-SignedHeaders')).toBe('host')
  const get = new URL(await objects.sign({ method: 'GET', key: 'p', expiresIn: 30 * 24 * 3_600_000 }))
  expect(get.searchParams.get('X-Amz-Expires')).toBe('604800')
  expect(s3.calls).toEqual([])
})
