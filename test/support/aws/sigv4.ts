// Verifies AWS Signature Version 4 of a request, in its headers or in its address, by the definition and with nothing of
// the SDK.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export interface SignedRequest {
  readonly method: string
  /** With its query, as it came. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of a session: every request must bring it. */
  readonly sessionToken?: string
  /** Of a session, in ms since 1970: nothing is done with it later, pre-signed addresses included. */
  readonly expires?: number
}

export type SignatureFault =
  | 'missing'
  | 'malformed'
  | 'unknown key'
  | 'wrong token'
  | 'token expired'
  | 'payload'
  | 'mismatch'
  | 'address expired'
  | 'skewed'
  | 'header not signed'

export interface Signature {
  readonly region: string
  /** In the address, where none of the account's secrets is with the sender. */
  readonly presigned: boolean
}

interface Parts extends Signature {
  readonly key: string
  readonly scope: string
  readonly service: string
  readonly at: string
  readonly signed: string
  readonly signature: string
  readonly token: string | undefined
  readonly payload: string
  /** In seconds; of an address only. */
  readonly expires: number | undefined
}

// S3 and the other services allow a quarter of an hour and five minutes; an address lasts a week at most.
const SKEW = 15 * 60_000
const WEEK = 7 * 24 * 3600

/** What is wrong with the signature, or what it says. `now` is the server's clock. */
export function verifySignature(
  request: SignedRequest,
  credentials: Credentials,
  service: string,
  now: number,
): SignatureFault | Signature {
  const parts = partsOf(request)
  if (typeof parts === 'string') return parts
  if (parts.key !== credentials.accessKeyId) return 'unknown key'
  if (parts.token !== credentials.sessionToken) return 'wrong token'
  if (credentials.expires !== undefined && now >= credentials.expires) return 'token expired'
  if (parts.service !== service || !parts.at.startsWith(parts.scope.slice(0, 8))) return 'malformed'
  if (!parts.signed.split(';').includes('host')) return 'malformed'
  return timeFault(parts, now) ?? contentFault(request, parts) ?? signatureFault(request, parts, credentials) ?? parts
}

function partsOf(request: SignedRequest): Parts | SignatureFault {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '')
  const presigned = query.has('X-Amz-Signature')
  const { authorization, 'x-amz-date': date, 'x-amz-security-token': token } = request.headers
  if (!presigned && authorization === undefined) return 'missing'
  const [, ofHeader = '', signedOfHeader = '', signatureOfHeader = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      String(authorization ?? ''),
    ) ?? []
  const credential = presigned ? (query.get('X-Amz-Credential') ?? '') : ofHeader
  const [key = '', ...scope] = credential.split('/')
  const at = presigned ? (query.get('X-Amz-Date') ?? '') : String(date ?? '')
  const expires = presigned ? Number(query.get('X-Amz-Expires') ?? Number.NaN) : undefined
  if (scope.length !== 4 || scope[3] !== 'aws4_request' || !/^\d{8}T\d{6}Z$/.test(at)) return 'malformed'
  if (expires !== undefined && !(expires > 0 && expires <= WEEK)) return 'malformed'
  return {
    key,
    scope: scope.join('/'),
    region: scope[1] as string,
    service: scope[2] as string,
    at,
    signed: presigned ? (query.get('X-Amz-SignedHeaders') ?? '') : signedOfHeader,
    signature: presigned ? (query.get('X-Amz-Signature') ?? '') : signatureOfHeader,
    token: presigned ? (query.get('X-Amz-Security-Token') ?? undefined) : (token as string | undefined),
    payload: String(request.headers['x-amz-content-sha256'] ?? (presigned ? 'UNSIGNED-PAYLOAD' : hash(request.body))),
    expires,
    presigned,
  }
}

function timeFault({ at, expires }: Parts, now: number): SignatureFault | undefined {
  const signedAt = Date.parse(at.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'))
  if (expires === undefined) return Math.abs(now - signedAt) > SKEW ? 'skewed' : undefined
  return now > signedAt + expires * 1000 || now < signedAt - SKEW ? 'address expired' : undefined
}

// A sender may add no header of Amazon's own to what was signed.
function contentFault({ headers, body }: SignedRequest, parts: Parts): SignatureFault | undefined {
  const signed = new Set(parts.signed.split(';'))
  const added = Object.keys(headers).some((name) => name.startsWith('x-amz-') && !signed.has(name))
  if (added) return 'header not signed'
  return parts.payload === 'UNSIGNED-PAYLOAD' || parts.payload === hash(body) ? undefined : 'payload'
}

function signatureFault(request: SignedRequest, parts: Parts, credentials: Credentials): SignatureFault | undefined {
  const text = ['AWS4-HMAC-SHA256', parts.at, parts.scope, hash(canonical(request, parts))].join('\n')
  const secret = parts.scope.split('/').reduce<Buffer | string>(mac, `AWS4${credentials.secretAccessKey}`)
  const right = mac(secret, text)
  const given = Buffer.from(parts.signature, 'hex')
  return given.length === right.length && timingSafeEqual(right, given) ? undefined : 'mismatch'
}

function canonical({ method, url, headers }: SignedRequest, { signed, payload }: Parts): string {
  const [path = '/', query = ''] = url.split('?')
  const pairs = query
    .split('&')
    .filter((pair) => pair !== '' && !pair.startsWith('X-Amz-Signature='))
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
  const lines = signed.split(';').map(
    (name) =>
      `${name}:${String(headers[name] ?? '')
        .trim()
        .replace(/ +/g, ' ')}\n`,
  )
  return [method, path, pairs.sort().join('&'), lines.join(''), signed, payload].join('\n')
}

const hash = (data: Buffer | string) => createHash('sha256').update(data).digest('hex')
const mac = (key: Buffer | string, data: string) => createHmac('sha256', key).update(data).digest()
