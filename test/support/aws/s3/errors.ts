import type { Answer } from '../answering.ts'
import { type CallFaultKind, isRefusal } from '../call-faults.ts'
import type { SignatureFault } from '../sigv4.ts'
import { element, escapeXml } from '../xml.ts'

/** An answer of S3 that is an error. */
export class S3Error extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }

  get answer(): Answer {
    const inner = `${element('Code', this.code)}${element('Message', escapeXml(this.message))}`
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n${element('Error', inner)}`
    return { status: this.status, headers: { 'content-type': 'application/xml' }, body }
  }
}

const OF_SIGNATURES: Readonly<Record<SignatureFault, readonly [number, string, string]>> = {
  missing: [403, 'AccessDenied', 'Access Denied'],
  malformed: [400, 'AuthorizationHeaderMalformed', 'The authorization header that you provided is not valid.'],
  'unknown key': [403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.'],
  'wrong token': [400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.'],
  'token expired': [400, 'ExpiredToken', 'The provided token has expired.'],
  payload: [
    400,
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  ],
  mismatch: [
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ],
  'address expired': [403, 'AccessDenied', 'Request has expired'],
  skewed: [403, 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.'],
  'header not signed': [403, 'AccessDenied', 'There were headers present in the request which were not signed'],
}

export function signatureError(fault: SignatureFault, presigned: boolean): S3Error {
  if (fault === 'malformed' && presigned)
    return new S3Error(400, 'AuthorizationQueryParametersError', 'The authorization of the query is not valid.')
  return new S3Error(...OF_SIGNATURES[fault])
}

/** What a fault is answered with in place of what was asked for; for a broken or silent connection it does not matter. */
export function wantedError(fault: CallFaultKind): S3Error {
  if (isRefusal(fault)) return new S3Error(fault.status, fault.code, fault.message ?? 'As asked')
  if (fault === 'throttled') return new S3Error(503, 'SlowDown', 'Please reduce your request rate.')
  if (fault === 'denied') return new S3Error(403, 'AccessDenied', 'Access Denied')
  if (fault === 'unavailable') return new S3Error(503, 'ServiceUnavailable', 'Service is unable to handle request.')
  return new S3Error(500, 'InternalError', 'We encountered an internal error. Please try again.')
}
