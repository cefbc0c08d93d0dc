import type { Cause } from '../engine/shard-result.ts'

// JMeter writes "Non HTTP response code: " and the name of a Java exception where no answer came.
const EXCEPTIONS: readonly (readonly [RegExp, Cause])[] = [
  [/ConnectTimeoutException|connect timed out/i, 'connect-timeout'],
  [/SocketTimeoutException|InterruptedIOException/, 'timeout'],
  [/HttpHostConnectException|ConnectException/, 'connection-refused'],
  [/UnknownHostException/, 'unresolved-host'],
  [/NoRouteToHostException|PortUnreachableException/, 'unreachable'],
  [/NoHttpResponseException|ConnectionClosedException/, 'connection-closed'],
  [/SSL/, 'tls'],
  [/SocketException/, 'connection-reset'],
  [/ProtocolException|MalformedChunkCodingException/, 'malformed-answer'],
]

/** Of a sample that is no success. */
export function causeOfSample(code: string, message: string): Cause {
  const status = statusOf(code)
  // An answer that is a success by its code and none by the sampler's own word has failed an assertion.
  if (status !== undefined) return status < 400 ? 'unexpected-answer' : 'unexpected-status'
  const text = `${code} ${message}`
  return EXCEPTIONS.find(([pattern]) => pattern.test(text))?.[1] ?? 'unknown'
}

export function statusOf(code: string): number | undefined {
  return /^[1-5]\d\d$/.test(code) ? Number(code) : undefined
}

const SUM = /^Number of samples in transaction : (\d+)/

/** How many requests a transaction is the sum of; undefined of a request. */
export function sumIn(message: string): number | undefined {
  const [, count] = SUM.exec(message) ?? []
  return count === undefined ? undefined : Number(count)
}
