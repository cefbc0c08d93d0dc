// Verifies AWS Signature Version 4 of a request's headers, by the definition and with nothing of the SDK.
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
}

/** Undefined when the signature is right, else the code that S3 answers with. */
export function signatureFault(
  request: SignedRequest,
  { accessKeyId, secretAccessKey }: Credentials,
): string | undefined {
  const { headers, body } = request
  const [, credential = '', signed = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      String(headers.authorization ?? ''),
    ) ?? []
  const [key, day = '', region = '', service = '', end] = credential.split('/')
  if (key !== accessKeyId) return 'InvalidAccessKeyId'
  const at = String(headers['x-amz-date'] ?? '')
  if (service !== 's3' || end !== 'aws4_request' || !at.startsWith(day)) return 'AuthorizationHeaderMalformed'
  if (!signed.split(';').includes('host')) return 'SignatureDoesNotMatch'
  const payload = String(headers['x-amz-content-sha256'] ?? '')
  if (payload !== 'UNSIGNED-PAYLOAD' && payload !== hash(body)) return 'XAmzContentSHA256Mismatch'
  const text = ['AWS4-HMAC-SHA256', at, `${day}/${region}/s3/aws4_request`, hash(canonical(request, signed, payload))]
  const secret = [day, region, 's3', 'aws4_request'].reduce<Buffer | string>(mac, `AWS4${secretAccessKey}`)
  const right = mac(secret, text.join('\n'))
  return timingSafeEqual(right, Buffer.from(signature, 'hex')) ? undefined : 'SignatureDoesNotMatch'
}

function canonical({ method, url, headers }: SignedRequest, signed: string, payload: string): string {
  const [path = '/', query = ''] = url.split('?')
  const pairs = query === '' ? [] : query.split('&').map((pair) => (pair.includes('=') ? pair : `${pair}=`))
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
