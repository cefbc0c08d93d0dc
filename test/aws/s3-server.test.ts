// The stand-in for S3, driven by the SDK's client and by bare requests to addresses that it has signed.
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Account } from '../support/aws/account.ts'
import type { Policy } from '../support/aws/iam.ts'
import { BUCKET, S3Server } from '../support/s3-server.ts'

let s3: S3Server
beforeEach(async () => {
  s3 = await S3Server.start()
})
afterEach(() => s3.close())

const at = (Key: string) => ({ Bucket: BUCKET, Key })
function client(maxAttempts = 1): S3Client {
  const { accessKeyId, secretAccessKey, sessionToken } = s3.account.credentials
  return new S3Client({
    endpoint: s3.address,
    region: 'eu-central-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
    maxAttempts,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    requestHandler: { requestTimeout: 2_000, throwOnRequestTimeout: true },
  })
}
const put = (key: string, body = key) => client().send(new PutObjectCommand({ ...at(key), Body: body }))
const list = (prefix: string, more = {}) =>
  client().send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: prefix, ...more }))
const signGet = (key: string, expiresIn = 60) => getSignedUrl(client(), new GetObjectCommand(at(key)), { expiresIn })
const signPut = (key: string, once = true) =>
  getSignedUrl(client(), new PutObjectCommand({ ...at(key), ...(once && { IfNoneMatch: '*' }) }), {
    expiresIn: 60,
    unhoistableHeaders: new Set(['if-none-match']),
  })
const ONCE = { 'if-none-match': '*' }
const codeOf = async (answer: Response) => [answer.status, /<Code>(\w+)/.exec(await answer.text())?.[1]]

test('keys are listed by prefix, in order, page by page, whatever is in them', async () => {
  const keys = ['a/1 +&<>é.json', 'a/2', 'a/10', 'a/3', 'b/1']
  for (const key of keys) await put(key)
  s3.page = 2
  const found: (string | undefined)[] = []
  let token: string | undefined
  do {
    const answer = await list('a/', { ContinuationToken: token })
    expect(answer.KeyCount).toBe(answer.Contents?.length)
    found.push(...(answer.Contents ?? []).map(({ Key }) => Key))
    token = answer.NextContinuationToken
    expect(answer.IsTruncated).toBe(token !== undefined)
  } while (token)
  expect(found).toEqual(['a/1 +&<>é.json', 'a/10', 'a/2', 'a/3'])
  expect((await list('a/2')).Contents).toMatchObject([
    { Key: 'a/2', Size: 3, ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/) },
  ])
  expect((await list('none')).Contents).toBeUndefined()
})

test('what is deleted is gone, and twice is as good as once', async () => {
  await put('a')
  for (let i = 0; i < 2; i++) await client().send(new DeleteObjectCommand(at('a')))
  expect((await list('')).KeyCount).toBe(0)
})

test('an address that is signed reads one object, and nothing else', async () => {
  await put('a', 'the content')
  await put('b')
  const url = await signGet('a')
  const answer = await fetch(url)
  expect([answer.status, await answer.text()]).toEqual([200, 'the content'])
  expect(await codeOf(await fetch(url.replace('/a?', '/b?')))).toEqual([403, 'SignatureDoesNotMatch'])
  expect(await codeOf(await fetch(url, { method: 'PUT', body: 'x' }))).toEqual([403, 'SignatureDoesNotMatch'])
  expect(await codeOf(await fetch(url.replace('Expires=60', 'Expires=6000')))).toEqual([403, 'SignatureDoesNotMatch'])
  expect(await codeOf(await fetch(url, { headers: { 'x-amz-meta-a': 'b' } }))).toEqual([403, 'AccessDenied'])
  expect(await codeOf(await fetch(`${s3.address}/${BUCKET}/a`))).toEqual([403, 'AccessDenied'])
  expect(await codeOf(await fetch(await signGet('missing')))).toEqual([404, 'NoSuchKey'])
  expect(s3.calls.filter(({ presigned }) => presigned)).toHaveLength(6)
})

test('an address that is signed for a first write does not write twice, nor without the condition', async () => {
  const url = await signPut('a')
  expect(new URL(url).searchParams.get('X-Amz-SignedHeaders')).toBe('host;if-none-match')
  expect(await codeOf(await fetch(url, { method: 'PUT', body: 'x' }))).toEqual([403, 'SignatureDoesNotMatch'])
  expect((await fetch(url, { method: 'PUT', body: 'first', headers: ONCE })).status).toBe(200)
  expect(await codeOf(await fetch(url, { method: 'PUT', body: 'second', headers: ONCE }))).toEqual([
    412,
    'PreconditionFailed',
  ])
  expect(s3.objects.get('a')?.toString()).toBe('first')
  const again = await signPut('a', false)
  expect((await fetch(again, { method: 'PUT', body: 'third' })).status).toBe(200)
  expect(s3.objects.get('a')?.toString()).toBe('third')
})

test('of 20 who write first at once, one does', async () => {
  const url = await signPut('a')
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => fetch(url, { method: 'PUT', body: `${i}`, headers: ONCE })),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(412)])
})

/** As the address says. */
function signedAt(url: string): number {
  const [, y, m, d, h, min, s] = /X-Amz-Date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(url) ?? []
  return Date.UTC(Number(y), Number(m) - 1, Number(d), Number(h), Number(min), Number(s))
}

test('an address expires by the clock of the server, and with the session that signed it', async () => {
  await put('a')
  const url = await signGet('a')
  // It counts from the moment that it names, which is in whole seconds.
  const signed = signedAt(url)
  s3.skew = signed + 59_000 - Date.now()
  expect((await fetch(url)).status).toBe(200)
  s3.skew = signed + 60_001 - Date.now()
  expect(await codeOf(await fetch(url))).toEqual([403, 'AccessDenied'])
  s3.skew = 0
  s3.account.credentials = { ...s3.account.credentials, expires: Date.now() }
  expect(await codeOf(await fetch(url))).toEqual([400, 'ExpiredToken'])
})

test('the date of each answer is the time of the server', async () => {
  await put('a')
  const url = await signGet('a', 3600)
  for (const skew of [0, 500_000, -500_000]) {
    s3.skew = skew
    const before = Math.floor(Date.now() / 1000) * 1000
    const date = Date.parse((await fetch(url)).headers.get('date') as string) - skew
    expect(date).toBeGreaterThanOrEqual(before - 1000)
    expect(date).toBeLessThanOrEqual(Date.now())
  }
})

test('a request signed by a clock that is hours off is refused', async () => {
  s3.skew = 3 * 3600_000
  await expect(put('a')).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' })
})

const RESULTS: Policy = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: `arn:aws:s3:::${BUCKET}/loadgate/*` },
    {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: `arn:aws:s3:::${BUCKET}`,
      Condition: { StringLike: { 's3:prefix': 'loadgate/*' } },
    },
  ],
}

test('the policy of who signed counts for all, addresses included', async () => {
  s3.account.policy = RESULTS
  await put('loadgate/a')
  await expect(put('other/a')).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringMatching(
      /is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::\S+\/other\/a /,
    ),
  })
  expect((await fetch(await signGet('loadgate/a'))).status).toBe(200)
  expect(await codeOf(await fetch(await signGet('other/a')))).toEqual([403, 'AccessDenied'])
  expect((await list('loadgate/')).KeyCount).toBe(1)
  await expect(list('')).rejects.toMatchObject({ name: 'AccessDenied' })
  await expect(client().send(new DeleteObjectCommand(at('loadgate/a')))).rejects.toMatchObject({ name: 'AccessDenied' })
  // ListBucket on the prefix only: what is not there is denied, since its absence may not be known.
  expect(await codeOf(await fetch(await signGet('loadgate/missing')))).toEqual([403, 'AccessDenied'])
  expect(s3.account.unneeded).toEqual([])
})

test.each([
  ['throttled', 503, 'SlowDown', false],
  ['server error', 500, 'InternalError', false],
  ['unavailable', 503, 'ServiceUnavailable', false],
  ['denied', 403, 'AccessDenied', false],
  [{ status: 409, code: 'ConditionalRequestConflict' }, 409, 'ConditionalRequestConflict', false],
] as const)('a write that is hit by %j has no effect', async (kind, status, code, effect) => {
  s3.inject({ operation: 'PutObject', kind, times: 1 })
  const url = await signPut('a')
  expect(await codeOf(await fetch(url, { method: 'PUT', body: 'x', headers: ONCE }))).toEqual([status, code])
  expect(s3.objects.has('a')).toBe(effect)
  expect((await fetch(url, { method: 'PUT', body: 'x', headers: ONCE })).status).toBe(200)
})

test.each([
  ['reset', false],
  ['hang', false],
  ['lost', true],
  ['hang after', true],
] as const)('a write that is hit by %s gets no answer', async (kind, effect) => {
  s3.inject({ operation: 'PutObject', kind, about: 'a', times: 1 })
  await put('b')
  const signal = AbortSignal.timeout(1_000)
  const write = fetch(await signPut('a'), { method: 'PUT', body: 'x', headers: ONCE, signal })
  await expect(write).rejects.toThrow()
  expect(s3.objects.has('a')).toBe(effect)
})

test('a session needs its token, and another region is refused', async () => {
  s3.account.credentials = { accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 'to/ken+=' }
  await put('a')
  expect((await fetch(await signGet('a'))).status).toBe(200)
  const right = await signGet('a')
  s3.account.credentials = { ...s3.account.credentials, sessionToken: 'another' }
  expect(await codeOf(await fetch(right))).toEqual([400, 'InvalidToken'])
  const elsewhere = new S3Client({
    endpoint: s3.address,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 'another' },
    maxAttempts: 1,
  })
  await expect(elsewhere.send(new GetObjectCommand(at('a')))).rejects.toMatchObject({
    message: expect.stringMatching(/'us-east-1' is wrong; expecting 'eu-central-1'/),
  })
})

test('a request without a signature is refused before the policy is asked', async () => {
  const account = new Account()
  const other = await S3Server.start({ account, bucket: 'other' })
  expect(await codeOf(await fetch(`${other.address}/other/a`))).toEqual([403, 'AccessDenied'])
  expect(account.asked).toEqual([])
  await other.close()
})
