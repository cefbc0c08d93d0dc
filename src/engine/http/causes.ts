import type { Ms } from '../../units.ts'
import type { Cause } from '../shard-result.ts'

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

  // Those of undici and Node, for an HTTP/2 connection and for one of its streams.
  UND_ERR_SOCKET: 'connection-closed',
  UND_ERR_CLOSED: 'connection-closed',
  UND_ERR_DESTROYED: 'connection-closed',
  ERR_HTTP2_GOAWAY_SESSION: 'connection-closed',
  ERR_HTTP2_INVALID_SESSION: 'connection-closed',
  UND_ERR_INFO: 'connection-reset',
  ERR_HTTP2_STREAM_ERROR: 'connection-reset',
  UND_ERR_INVALID_ARG: 'invalid-request',

  ERR_ADDRESS_NOT_ALLOWED: 'address-not-allowed',
  ERR_NO_HTTP2: 'no-http2',
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
  ['ERR_HTTP2_', 'malformed-answer'],
  ['ERR_TLS_', 'tls'],
  ['ERR_SSL_', 'tls'],
  ['ERR_OSSL_', 'tls'],
  ['CERT_', 'tls'],
  ['CRL_', 'tls'],
  ['UNABLE_TO_', 'tls'],
  ['ERROR_IN_', 'tls'],
]

/**
 * The cause of a socket's error; `generator` when it is none that a target is known to produce, so that it cannot be missed.
 *
 * @param connected whether the connection (and its TLS session) stood
 */
export function causeOf(error: unknown, connected: boolean): Cause {
  const code = codeOf(error)
  if (code === 'ETIMEDOUT') return connected ? 'timeout' : 'connect-timeout'
  return CAUSE_OF_CODE[code] ?? CAUSE_OF_PREFIX.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'generator'
}

/** Whether the error is what a server's closing of an idle connection looks like to a request that meets it. */
export function looksStale(error: unknown, idle: Ms): boolean {
  const code = codeOf(error)
  return code === 'EPIPE' || code === 'UND_ERR_SOCKET' || (code === 'ECONNRESET' && idle >= 1_000)
}

/**
 * Whether a server has taken its leave without having begun with the request (RFC 9113 6.8), as undici words it, which has
 * then sent it once more by itself.
 */
export function wasTurnedAway(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('HTTP/2: "GOAWAY" frame received')
}

// Where several addresses were tried, Node's AggregateError carries the code of the first.
function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}
