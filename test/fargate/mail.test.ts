import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { openMail } from '../../src/fargate/mail.ts'
import { systemTime } from '../../src/fargate/system-time.ts'
import { SIGNATURE, startLittleBucket } from '../support/little-bucket.ts'

const mail = openMail(systemTime)
const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error) => String(error.message),
  )

test('an object comes with the date of the server, and when it was asked and answered', async () => {
  await using bucket = await startLittleBucket()
  bucket.objects.set('key', Buffer.from('text'))
  const before = systemTime.now()
  const { status, body, date, sent, received } = await mail.get(bucket.address('key'), 4, 5_000)
  expect([status, body.toString()]).toEqual(['ok', 'text'])
  expect(Math.abs(date! - systemTime.epoch())).toBeLessThan(10_000)
  expect(sent).toBeGreaterThanOrEqual(before)
  expect(received).toBeGreaterThan(sent)
})

test.each([
  [404, 'missing'],
  [403, 'denied'],
  [401, 'denied'],
  [400, 'denied'],
  [500, /answered 500/],
  [503, /answered 503/],
  [429, /answered 429/],
  [307, /answered 307/],
])('%i for a read: %s', async (status, said) => {
  await using bucket = await startLittleBucket()
  bucket.interfere = (_, response) => {
    response.writeHead(status, { location: '/elsewhere' }).end('<Error>secret</Error>')
    return true
  }
  const answer = await mail.get(bucket.address('key'), 100, 5_000).then(
    ({ status }) => status,
    (error) => error.message,
  )
  expect(answer).toEqual(typeof said === 'string' ? said : expect.stringMatching(said))
  expect(bucket.seen).toHaveLength(1)
})

test.each([
  [200, 'done'],
  [412, 'taken'],
  [403, 'denied'],
  [404, 'denied'],
  [409, /answered 409/],
  [503, /answered 503/],
])('%i for a write: %s', async (status, said) => {
  await using bucket = await startLittleBucket()
  bucket.interfere = (_, response) => {
    response.writeHead(status).end()
    return true
  }
  const answer = await mail
    .put(bucket.address('key'), 'x', { once: true, deadline: 5_000 })
    .catch((error) => error.message)
  expect(answer).toEqual(typeof said === 'string' ? said : expect.stringMatching(said))
})

test('once means once, and every byte arrives', async () => {
  await using bucket = await startLittleBucket()
  const body = Buffer.from([0, 255, 13, 10, 128])
  const put = (once: boolean) => mail.put(bucket.address('key'), body, { once, deadline: 5_000 })
  expect([await put(true), await put(true), await put(false)]).toEqual(['done', 'taken', 'done'])
  expect(bucket.objects.get('key')).toEqual(body)
})

test('a body that is too large, cut off, without end or never begun is a failure, and in time', async () => {
  await using bucket = await startLittleBucket()
  bucket.interfere = ({ key }, response) => {
    if (key === 'large') response.end('12345')
    if (key === 'bomb') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1_000_000)))
    if (key === 'cut') response.writeHead(200, { 'content-length': 4 }).write('123', () => response.destroy())
    if (key === 'endless') response.writeHead(200).write('1')
    return true
  }
  const get = (key: string) => failure(mail.get(bucket.address(key), 4, 1_000))
  expect(await Promise.all(['large', 'bomb', 'cut', 'endless', 'hang'].map(get))).toEqual([
    'the object has more than 4 B',
    'the object has more than 4 B',
    expect.stringMatching(/could not be reached \(\w+\)/),
    'the bucket did not answer within 1 s',
    'the bucket did not answer within 1 s',
  ])
})

test('no failure quotes the address, whatever it is', async () => {
  for (const url of [`http://127.0.0.1:1/x?${SIGNATURE}`, `nonsense ${SIGNATURE}`])
    expect(await failure(mail.get(url, 100, 2_000))).not.toContain('5ec2e7')
})

test('a sleep ends by its signal, with its reason', async () => {
  const stop = new AbortController()
  const reason = new Error('enough')
  const sleep = systemTime.sleep(60_000, stop.signal)
  stop.abort(reason)
  await expect(sleep).rejects.toBe(reason)
})
