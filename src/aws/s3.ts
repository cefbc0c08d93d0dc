import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { type ListedObject, type Objects, Refused, type Signed, type Time } from '../fargate/doors.ts'
import type { Bytes, EpochMs, Ms } from '../units.ts'
import { type Asked, explained, nameOf, statusOf } from './explain.ts'

/** The objects of one bucket. A signal bounds a call with its body: the SDK itself waits for the rest of one for ever. */
export interface Bucket {
  /** Undefined when there is none. `etag` is as the server gave it. */
  get(
    key: string,
    most: Bytes,
    signal: AbortSignal,
  ): Promise<{ readonly bytes: Buffer; readonly etag: string } | undefined>
  /**
   * Writes an object in place of the one with this ETag, or where there is none yet. Answers undefined, or why it was not
   * done: somebody else wrote since.
   */
  put(key: string, text: string, inPlaceOf: string | undefined, signal: AbortSignal): Promise<string | undefined>
}

const CONNECT: Ms = 5_000
const ANSWER: Ms = 60_000
const TRIES = 4

/**
 * By the environment's credentials, region and endpoint, as the AWS SDK finds them. This file is imported when a bucket is
 * used, and not before: loading the SDK takes as long as loading everything else.
 */
export function openBucket(bucket: string): Bucket {
  const { about, asked } = namesIn(bucket)
  const requestHandler = { connectionTimeout: CONNECT, requestTimeout: ANSWER, throwOnRequestTimeout: true }
  const client = new S3Client({ maxAttempts: TRIES, requestHandler })
  return {
    get: (key, most, signal) =>
      explained(asked(key), async () => {
        try {
          const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), {
            abortSignal: signal,
          })
          if (Body === undefined || ETag === undefined) throw new Error('the answer has no content or no ETag')
          const bytes = await collect(Body.transformToWebStream(), { most, about: about(key), hint: NO_BASELINE })
          return { bytes, etag: ETag }
        } catch (error) {
          if (nameOf(error) === 'NoSuchKey') return undefined
          throw error
        }
      }),
    put: (key, text, inPlaceOf, signal) =>
      explained(asked(key), async () => {
        const condition = inPlaceOf === undefined ? { IfNoneMatch: '*' } : { IfMatch: inPlaceOf }
        const object = { Bucket: bucket, Key: key, Body: text, ContentType: 'application/json' }
        try {
          await client.send(new PutObjectCommand({ ...object, ...condition }), { abortSignal: signal })
          return undefined
        } catch (error) {
          if (isConflict(error, inPlaceOf)) return nameOf(error)
          throw error
        }
      }),
  }
}

/** Of the objects of a bucket. */
function namesIn(bucket: string) {
  const about = (key: string) => `s3://${bucket}/${key}`
  return { about, asked: (key: string): Asked => ({ about: about(key), permission: PERMISSION }) }
}

const PERMISSION =
  's3:GetObject and s3:PutObject on these objects, and s3:ListBucket on the bucket: without that one S3 answers 403 for what is not there yet'

/** A try of the coordinator's, which tries again by itself. */
const ONE_ANSWER: Ms = 15_000
/** A thousand keys each. */
const MOST_PAGES = 100
/** Signature Version 4 allows no more. */
const LONGEST_SIGNATURE: Ms = 7 * 24 * 3_600_000

/** The bucket of a stack, as the coordinator of a run uses it. Each call is one try. */
export function openObjects(bucket: string, { region, now }: Pick<Time, 'now'> & { readonly region: string }): Objects {
  const { about, asked } = namesIn(bucket)
  const requestHandler = { connectionTimeout: CONNECT, requestTimeout: ONE_ANSWER, throwOnRequestTimeout: true }
  // Else a signed PUT would carry the checksum of the empty body that there is when it is signed.
  const requestChecksumCalculation = 'WHEN_REQUIRED'
  const client = new S3Client({ region, maxAttempts: 1, requestHandler, requestChecksumCalculation })
  const date = dateOfAnswers(client, now)
  return {
    date,
    get: (key, most) =>
      explained(asked(key), async () => {
        try {
          const abortSignal = AbortSignal.timeout(ANSWER)
          const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal })
          if (Body === undefined) throw new Error('the answer has no content')
          const hint = 'Nothing that Loadgate writes is as large: it is not taken.'
          return await collect(Body.transformToWebStream(), { most, about: about(key), hint })
        } catch (error) {
          if (nameOf(error) === 'NoSuchKey') return undefined
          throw error
        }
      }),
    put: (key, body) =>
      explained(asked(key), async () => {
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }))
      }),
    list: (prefix) => explained(asked(prefix), () => listAll(client, bucket, prefix)),
    sign: (request) => explained(asked(request.key), () => sign(client, bucket, request)),
  }
}

async function listAll(client: S3Client, bucket: string, prefix: string): Promise<readonly ListedObject[]> {
  const objects: ListedObject[] = []
  let token: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token })
    const { Contents = [], NextContinuationToken } = await client.send(command)
    for (const { Key, Size, ETag } of Contents)
      if (Key !== undefined) objects.push({ key: Key, size: Size ?? 0, etag: ETag ?? '' })
    token = NextContinuationToken
    if (token === undefined) return objects
  }
  throw new Refused('infrastructure', `s3://${bucket}/${prefix} has more than ${MOST_PAGES} pages of objects`)
}

function sign(client: S3Client, bucket: string, { method, key, once, expiresIn }: Signed): Promise<string> {
  const object = { Bucket: bucket, Key: key }
  const seconds = Math.ceil(Math.min(expiresIn, LONGEST_SIGNATURE) / 1_000)
  const command =
    method === 'GET'
      ? new GetObjectCommand(object)
      : new PutObjectCommand({ ...object, ...(once && { IfNoneMatch: '*' }) })
  return getSignedUrl(client, command, { expiresIn: seconds })
}

/** Listens to what the server says the time is. */
function dateOfAnswers(client: S3Client, now: () => Ms): Objects['date'] {
  let last: ReturnType<Objects['date']>
  client.middlewareStack.add(
    (next) => async (args) => {
      const sent = now()
      const answer = await next(args)
      const from: EpochMs = Date.parse(dateIn(answer.response))
      // The header counts whole seconds.
      if (!Number.isNaN(from)) last = { from, until: from + 1_000, sent, received: now() }
      return answer
    },
    { step: 'deserialize', name: 'loadgateDate', priority: 'low' },
  )
  return () => last
}

function dateIn(response: unknown): string {
  const headers = typeof response === 'object' && response !== null && 'headers' in response ? response.headers : {}
  return typeof headers === 'object' && headers !== null && 'date' in headers ? String(headers.date) : ''
}

// 412: it is not what was read. 409: another conditional write is under way. 404: what was read has been deleted.
function isConflict(error: unknown, inPlaceOf: string | undefined): boolean {
  const status = statusOf(error)
  return status === 412 || status === 409 || (inPlaceOf !== undefined && nameOf(error) === 'NoSuchKey')
}

interface Reading {
  readonly most: Bytes
  readonly about: string
  /** For when it is more. */
  readonly hint: string
}

async function collect(body: AsyncIterable<Uint8Array>, { most, about, hint }: Reading): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body) {
    size += part.length
    if (size > most) throw new Refused('infrastructure', `${about} has more than ${most} bytes`, { hint })
    parts.push(part)
  }
  return Buffer.concat(parts)
}

const NO_BASELINE = 'It is no baseline: name another place.'
