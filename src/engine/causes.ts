import type { Cause } from './shard-result.ts'

/** What is known of a request at the moment it fails. */
export interface Failure {
  readonly error: unknown
  /** Whether the connection (and its TLS session) stood. */
  readonly connected: boolean
  /** Whether the answer's headers had come. */
  readonly headersSeen: boolean
}

const CAUSE_OF_CODE: Readonly<Record<string, Cause>> = {
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-reset',
  ECONNABORTED: 'connection-reset',
  EPIPE: 'connection-closed',

  ENOTFOUND: 'unresolved-host',
  EAI_AGAIN: 'unresolved-host',
  EAI_FAIL: 'unresolved-host',
  EAI_NODATA: 'unresolved-host',
  EAI_NONAME: 'unresolved-host',

  EHOSTUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  ENETRESET: 'unreachable',
  EACCES: 'unreachable', // Linux: a `prohibit` route or a firewall that rejects
  EPERM: 'unreachable',

  // Of this machine, not of the target: descriptors, ports, buffers, memory.
  EMFILE: 'generator',
  ENFILE: 'generator',
  EADDRNOTAVAIL: 'generator',
  EADDRINUSE: 'generator',
  ENOBUFS: 'generator',
  ENOMEM: 'generator',
  EAI_MEMORY: 'generator',

  UND_ERR_HEADERS_OVERFLOW: 'headers-too-large',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'body-too-large',
  UND_ERR_INVALID_ARG: 'invalid-request',
  UND_ERR_NOT_SUPPORTED: 'invalid-request',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'invalid-request',

  EPROTO: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  HOSTNAME_MISMATCH: 'tls',
  INVALID_CA: 'tls',
  INVALID_PURPOSE: 'tls',
  PATH_LENGTH_EXCEEDED: 'tls',
}

// Node's names for what OpenSSL's verification finds wrong, and for what its handshake does.
const CAUSE_OF_PREFIX: readonly (readonly [prefix: string, cause: Cause])[] = [
  ['HPE_', 'malformed-answer'],
  ['ERR_TLS_', 'tls'],
  ['ERR_SSL_', 'tls'],
  ['ERR_OSSL_', 'tls'],
  ['CERT_', 'tls'],
  ['CRL_', 'tls'],
  ['UNABLE_TO_', 'tls'],
  ['ERROR_IN_', 'tls'],
]

/** The cause of a failure; `generator` when it is none that a target is known to produce, so that it cannot be missed. */
export function causeOf(failure: Failure): Cause {
  const code = codeOf(failure.error)
  if (code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT')
    return failure.connected ? 'timeout' : 'connect-timeout'
  if (code === 'UND_ERR_SOCKET') return causeOfSocketError(failure.error)
  // The body was cut short by the end of the connection, unless the headers already contradicted each other.
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH')
    return failure.headersSeen ? 'connection-closed' : 'malformed-answer'
  return CAUSE_OF_CODE[code] ?? CAUSE_OF_PREFIX.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'generator'
}

/** Whether the failure is what a server's closing of an idle connection looks like to a request that meets it. */
export function looksStale(error: unknown, idle: number): boolean {
  const code = codeOf(error)
  return (
    code === 'EPIPE' ||
    (code === 'UND_ERR_SOCKET' && causeOfSocketError(error) === 'connection-closed') ||
    (code === 'ECONNRESET' && idle >= 1_000)
  )
}

// undici has one code for all ends of a socket and tells them apart by words.
function causeOfSocketError(error: unknown): Cause {
  return textOf(error, 'message').startsWith('bad ') ? 'malformed-answer' : 'connection-closed'
}

// undici 8 means to give its parser's errors codes like HPE_INVALID_CONSTANT, and gives them none: the name serves.
// Where several addresses were tried, Node's AggregateError carries the code of the first.
function codeOf(error: unknown): string {
  return textOf(error, 'name') === 'HTTPParserError' ? 'HPE_' : textOf(error, 'code')
}

function textOf(error: unknown, key: 'code' | 'message' | 'name'): string {
  const text = typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[key] : undefined
  return typeof text === 'string' ? text : ''
}
