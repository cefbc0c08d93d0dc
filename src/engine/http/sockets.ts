import { connect as connectTcp, isIP, type Socket, type TcpNetConnectOpts } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Bytes } from '../../units.ts'
import type { ConnectionHost, Endpoint, Handshakes } from './connection.ts'

// All connections of a thread read into it, one after the other: a stream that is left to itself allocates 64 KiB for
// every read, puts it into a queue and tells of it in a later tick, together about a sixth of a request.
const readBuffer = Buffer.allocUnsafeSlow(65_536)

/** A socket for HTTP/1.1 that is being opened. Its bytes are told of as they come, and are not kept beyond the call. */
export function openSocket(endpoint: Endpoint, onBytes: (bytes: Buffer, length: Bytes) => void): Socket {
  const callback = (length: number) => {
    onBytes(readBuffer, length)
    return true
  }
  return open(endpoint, 'http/1.1', { onread: { buffer: readBuffer, callback } })
}

/** One for HTTP/2, to be read as a stream. */
export function openHttp2Socket(endpoint: Endpoint): Socket {
  return open(endpoint, 'h2', {})
}

function open(
  { url, lookup, verify, context }: Endpoint,
  protocol: string,
  reading: Pick<TcpNetConnectOpts, 'onread'>,
): Socket {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const secure = url.protocol === 'https:'
  const options: TcpNetConnectOpts = {
    ...reading,
    host,
    port: Number(url.port) || (secure ? 443 : 80),
    lookup,
    // Probes would begin after a minute; a dead peer is known by the request's timeout long before.
    keepAlive: false,
    noDelay: true,
    // RFC 8305: the next address is tried when one does not answer in time.
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 250,
  }
  if (!secure) return connectTcp(options)
  return connectTls({
    ...options,
    // An address is no name to ask for (RFC 6066 3).
    servername: isIP(host) ? '' : host,
    ALPNProtocols: [protocol],
    // No session is given: a connection stands for another user's machine, which has none to resume.
    rejectUnauthorized: verify,
    ...(context && { secureContext: context }),
  })
}

/** Tells once when the socket can be written to, with TLS where the endpoint has it. */
export function whenReady(
  socket: Socket,
  { endpoint, now }: Pick<ConnectionHost, 'endpoint' | 'now'>,
  onReady: (took: Handshakes) => void,
): void {
  const openedAt = now()
  socket.once('connect', () => {
    const connectedAt = now()
    const connect = connectedAt - openedAt
    if (endpoint.url.protocol === 'https:')
      socket.once('secureConnect', () => onReady({ connect, tls: now() - connectedAt }))
    else onReady({ connect, tls: undefined })
  })
}
