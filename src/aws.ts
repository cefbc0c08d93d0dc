import { LoadgateError, messageOf } from './errors.ts'
import type { Bytes, Ms } from './units.ts'

/** The objects of one bucket. */
export interface Bucket {
  /** Undefined when there is none. `etag` is as the server gave it. */
  get(key: string, most: Bytes): Promise<{ readonly bytes: Buffer; readonly etag: string } | undefined>
  /**
   * Writes an object in place of the one with this ETag, or where there is none yet. Answers undefined, or why it was not
   * done: somebody else wrote since.
   */
  put(key: string, text: string, inPlaceOf: string | undefined): Promise<string | undefined>
}

const CONNECT: Ms = 5_000
const ANSWER: Ms = 60_000
const TRIES = 4

/** By the environment's credentials, region and endpoint, as the AWS SDK finds them. */
export function openBucket(bucket: string): Bucket {
  const about = (key: string) => `s3://${bucket}/${key}`
  let opened: ReturnType<typeof openClient> | undefined
  const sdk = () => {
    opened ??= openClient()
    return opened
  }
  return {
    get: (key, most) =>
      explained(about(key), async () => {
        const { client, GetObjectCommand } = await sdk()
        try {
          const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
          if (Body === undefined || ETag === undefined) throw new Error('the answer has no content or no ETag')
          return { bytes: await collect(Body.transformToWebStream(), most, about(key)), etag: ETag }
        } catch (error) {
          if (nameOf(error) === 'NoSuchKey') return undefined
          throw error
        }
      }),
    put: (key, text, inPlaceOf) =>
      explained(about(key), async () => {
        const { client, PutObjectCommand } = await sdk()
        const condition = inPlaceOf === undefined ? { IfNoneMatch: '*' } : { IfMatch: inPlaceOf }
        const object = { Bucket: bucket, Key: key, Body: text, ContentType: 'application/json' }
        try {
          await client.send(new PutObjectCommand({ ...object, ...condition }))
          return undefined
        } catch (error) {
          if (isConflict(error, inPlaceOf)) return nameOf(error)
          throw error
        }
      }),
  }
}

// Loaded when a bucket is used, and not before: that takes as long as loading everything else.
async function openClient() {
  const { S3Client, GetObjectCommand, PutObjectCommand } = await import('@aws-sdk/client-s3')
  const requestHandler = { connectionTimeout: CONNECT, requestTimeout: ANSWER, throwOnRequestTimeout: true }
  return { client: new S3Client({ maxAttempts: TRIES, requestHandler }), GetObjectCommand, PutObjectCommand }
}

// 412: it is not what was read. 409: another conditional write is under way. 404: what was read has been deleted.
function isConflict(error: unknown, inPlaceOf: string | undefined): boolean {
  const status = statusOf(error)
  return status === 412 || status === 409 || (inPlaceOf !== undefined && nameOf(error) === 'NoSuchKey')
}

async function collect(body: AsyncIterable<Uint8Array>, most: Bytes, about: string): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body) {
    size += part.length
    if (size > most)
      throw new LoadgateError('infrastructure', `${about} has more than ${most} bytes`, {
        hint: 'It is no baseline: name another place.',
      })
    parts.push(part)
  }
  return Buffer.concat(parts)
}

async function explained<T>(about: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    if (cause instanceof LoadgateError) throw cause
    const { message, hint } = explain(about, cause)
    throw new LoadgateError('infrastructure', message, { hint })
  }
}

function explain(about: string, cause: unknown): { readonly message: string; readonly hint: string } {
  const name = nameOf(cause)
  const said = `${name}: ${messageOf(cause)}`.replace(/[\s\p{C}]+/gu, ' ').slice(0, 300)
  if (name === 'NoSuchBucket')
    return { message: `${about} has no such bucket`, hint: 'Create it, or name another one.' }
  if (name === 'CredentialsProviderError')
    return { message: `There is no permission for ${about}: no AWS credentials were found`, hint: CREDENTIALS }
  if (statusOf(cause) === 401 || statusOf(cause) === 403)
    return { message: `There is no permission for ${about}: ${said}`, hint: PERMISSION }
  if (statusOf(cause) === 301 || /region/i.test(said))
    return { message: `${about} could not be reached: ${said}`, hint: 'Set AWS_REGION to the region of the bucket.' }
  return { message: `${about} could not be reached: ${said}`, hint: 'Check the network, the region and the endpoint.' }
}

const CREDENTIALS = 'Give the job a role, for example with aws-actions/configure-aws-credentials before this step.'
const PERMISSION =
  'The role needs s3:GetObject and s3:PutObject on these objects, and s3:ListBucket on the bucket: without that one S3 answers 403 for what is not there yet.'

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '')

function statusOf(error: unknown): number | undefined {
  const metadata = error instanceof Error && '$metadata' in error ? error.$metadata : undefined
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined
  return Number(metadata.httpStatusCode)
}
