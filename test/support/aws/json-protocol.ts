// AWS's JSON protocol, version 1.1: what all services that speak it have in common.
import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Answer } from './answering.ts'
import type { SignatureFault } from './sigv4.ts'

const TYPE = 'application/x-amz-json-1.1'

/** An answer that is an error, of the service's model or of the protocol. */
export class JsonError extends Error {
  readonly type: string
  readonly more: Readonly<Record<string, unknown>>

  constructor(type: string, message: string, more: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.type = type
    this.more = more
  }
}

export const spoken = (body: object, status = 200): Answer => ({
  status,
  headers: { 'content-type': TYPE, 'x-amzn-requestid': randomUUID() },
  body: JSON.stringify(body),
})

export function failure(status: number, type: string, message: string, more: object = {}): Answer {
  return spoken({ __type: type, ...(message && { message }), ...more }, status)
}

export function parsed(headers: IncomingHttpHeaders, body: Buffer): unknown {
  if (headers['content-type'] !== TYPE) throw new JsonError('SerializationException', `The content type is not ${TYPE}`)
  try {
    return JSON.parse(body.toString())
  } catch {
    throw new JsonError('SerializationException', 'The body is no JSON')
  }
}

export function signatureError(fault: SignatureFault): JsonError {
  if (fault === 'missing') return new JsonError('MissingAuthenticationTokenException', 'Missing Authentication Token')
  if (fault === 'token expired')
    return new JsonError('ExpiredTokenException', 'The security token included in the request is expired')
  if (fault === 'unknown key' || fault === 'wrong token')
    return new JsonError('UnrecognizedClientException', 'The security token included in the request is invalid.')
  if (fault === 'malformed') return new JsonError('IncompleteSignatureException', 'The signature is not complete.')
  if (fault === 'skewed')
    return new JsonError('InvalidSignatureException', 'Signature expired: the clock of the sender is wrong')
  return new JsonError(
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  )
}
