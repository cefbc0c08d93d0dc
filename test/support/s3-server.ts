// A small S3: whole objects, path-style addresses, signatures, conditional writes and errors as Amazon documents them.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { crc32 } from 'node:zlib'
import { Account, REGION } from './aws/account.ts'
import { type Answer, bodyOf, listen, send, shut } from './aws/answering.ts'
import { type CallFault, CallFaults, isBefore, nameOf } from './aws/call-faults.ts'
import { S3Error, signatureError, wantedError } from './aws/s3/errors.ts'
import { etagOf, listing } from './aws/s3/listing.ts'
import { verifySignature } from './aws/sigv4.ts'

export const BUCKET = 'loadgate-test'

export interface S3Call {
  readonly operation: string
  readonly key: string
  /** By an address, and not by who holds the credentials. */
  readonly presigned: boolean
  /** The code of the error, or the name of the fault; undefined where all went well. */
  readonly error: string | undefined
  /** In ms since 1970, by the clock of this machine. */
  readonly at: number
}

export interface S3Options {
  readonly account?: Account
  readonly bucket?: string
}

const OPERATIONS: Readonly<Record<string, string>> = { GET: 'GetObject', PUT: 'PutObject', DELETE: 'DeleteObject' }

interface Request {
  readonly operation: string
  readonly key: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

export class S3Server {
  /** By key. */
  readonly objects = new Map<string, Buffer>()
  readonly calls: S3Call[] = []
  readonly account: Account
  readonly bucket: string
  /** As old servers do. */
  ignoresConditions = false
  /** How much the server's clock is ahead, in ms: of its `Date`, and of what it takes for expired. */
  skew = 0
  /** At most so many keys in one answer. */
  page = 1000
  address = ''
  readonly #faults = new CallFaults()
  readonly #server = createServer((request, response) => void this.#serve(request, response))

  private constructor({ account = new Account(), bucket = BUCKET }: S3Options) {
    this.account = account
    this.bucket = bucket
  }

  static async start(options: S3Options = {}): Promise<S3Server> {
    const s3 = new S3Server(options)
    s3.address = await listen(s3.#server)
    return s3
  }

  /** What the SDK finds its way by. */
  get env(): Record<string, string> {
    return { ...this.account.env, AWS_ENDPOINT_URL_S3: this.address }
  }

  inject(fault: CallFault): void {
    this.#faults.inject(fault)
  }

  heal(): void {
    this.#faults.clear()
  }

  reset(): void {
    this.objects.clear()
    this.calls.length = 0
    this.heal()
    this.ignoresConditions = false
    this.skew = 0
    this.account.policy = new Account().policy
  }

  async close(): Promise<void> {
    await shut(this.#server)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request)
    const { method = '', url = '/', headers } = request
    const [path = '', search = ''] = url.split('?')
    const [, bucket = '', ...rest] = path.split('/').map(decodeURIComponent)
    const [key, query] = [rest.join('/'), new URLSearchParams(search)]
    const operation = method === 'GET' && key === '' ? 'ListObjectsV2' : (OPERATIONS[method] ?? method)
    const presigned = query.has('X-Amz-Signature')
    const fault = this.#faults.next(operation, key === '' ? (query.get('prefix') ?? '') : key)
    let error = nameOf(fault)
    let answer: Answer
    try {
      if (isBefore(fault)) throw wantedError(fault)
      const now = Date.now() + this.skew
      const signature = verifySignature({ method, url, headers, body }, this.account.credentials, 's3', now)
      if (typeof signature === 'string') throw signatureError(signature, presigned)
      if (signature.region !== REGION)
        throw new S3Error(400, 'AuthorizationHeaderMalformed', wrongRegion(signature.region))
      if (bucket !== this.bucket) throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist')
      answer = this.#answer({ operation, key, query, headers, body })
    } catch (cause) {
      if (!(cause instanceof S3Error)) throw cause
      error ??= cause.code
      answer = cause.answer
    }
    this.calls.push({ operation, key, presigned, error, at: Date.now() })
    const date = new Date(Date.now() + this.skew).toUTCString()
    send(response, { ...answer, headers: { ...answer.headers, date } }, fault)
  }

  #answer(request: Request): Answer {
    switch (request.operation) {
      case 'GetObject':
        return this.#get(request)
      case 'PutObject':
        return this.#put(request)
      case 'DeleteObject':
        return this.#delete(request)
      case 'ListObjectsV2':
        return this.#list(request)
      default:
        throw new S3Error(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.')
    }
  }

  #get({ key }: Request): Answer {
    this.#authorise('s3:GetObject', this.#arn(key))
    const object = this.objects.get(key)
    if (object !== undefined) return { status: 200, headers: { etag: etagOf(object) }, body: object }
    // Whoever may not list does not learn what is not there.
    this.#authorise('s3:ListBucket', this.#arn())
    throw NO_SUCH_KEY
  }

  #put({ key, headers, body }: Request): Answer {
    this.#authorise('s3:PutObject', this.#arn(key))
    const { 'x-amz-checksum-crc32': checksum } = headers
    if (checksum !== undefined && checksum !== checksumOf(body))
      throw new S3Error(400, 'BadDigest', 'The CRC32 you specified did not match the calculated checksum.')
    if (!this.ignoresConditions) checkConditions(headers, this.objects.get(key))
    this.objects.set(key, body)
    return { status: 200, headers: { etag: etagOf(body) }, body: '' }
  }

  #delete({ key }: Request): Answer {
    this.#authorise('s3:DeleteObject', this.#arn(key))
    this.objects.delete(key)
    return { status: 204, headers: {}, body: '' }
  }

  #list({ query }: Request): Answer {
    const prefix = query.get('prefix') ?? ''
    this.#authorise('s3:ListBucket', this.#arn(), { 's3:prefix': prefix })
    if (query.get('list-type') !== '2' || query.has('delimiter'))
      throw new S3Error(
        501,
        'NotImplemented',
        'A header or query you provided implies functionality that is not implemented.',
      )
    const body = listing(this.objects, query, this.bucket, this.page)
    return { status: 200, headers: { 'content-type': 'application/xml' }, body }
  }

  #arn(key?: string): string {
    return key === undefined ? `arn:aws:s3:::${this.bucket}` : `arn:aws:s3:::${this.bucket}/${key}`
  }

  #authorise(action: string, resource: string, context: Readonly<Record<string, string>> = {}): void {
    const refusal = this.account.refusal(action, resource, context)
    if (refusal) throw new S3Error(403, 'AccessDenied', refusal)
  }
}

const NO_SUCH_KEY = new S3Error(404, 'NoSuchKey', 'The specified key does not exist.')
const wrongRegion = (given: string) =>
  `The authorization header is malformed; the region '${given}' is wrong; expecting '${REGION}'`

function checkConditions(headers: IncomingMessage['headers'], there: Buffer | undefined): void {
  const { 'if-match': wanted, 'if-none-match': none } = headers
  const failed = new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold')
  if (none === '*' && there !== undefined) throw failed
  if (wanted === undefined) return
  if (there === undefined) throw NO_SUCH_KEY
  if (wanted !== etagOf(there)) throw failed
}

function checksumOf(body: Buffer): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(body))
  return bytes.toString('base64')
}
