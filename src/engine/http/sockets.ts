import { connect as connectTcp, isIP, Socket, type TcpNetConnectOpts } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Bytes } from '../../units.ts'
import { AddressNotAllowed, type Refuses } from './addresses.ts'
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

/** One that is read as a stream. */
export function openStream(endpoint: Endpoint, protocol: 'http/1.1' | 'h2'): Socket {
  return open(endpoint, protocol, {})
}

function open(endpoint: Endpoint, protocol: string, reading: Pick<TcpNetConnectOpts, 'onread'>): Socket {
  const { url, lookup, verify, context, refuses } = endpoint
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  // An address is not looked up, so that nothing else has looked at it.
  const refused = isIP(host) ? refuses(host) : undefined
  if (refused !== undefined) return new Socket().destroy(new AddressNotAllowed(refused))
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
  if (!secure) return guarded(connectTcp(options), refuses)
  const socket = connectTls({
    ...options,
    // An address is no name to ask for (RFC 6066 3).
    servername: isIP(host) ? '' : host,
    ALPNProtocols: [protocol],
    // No session is given: a connection stands for another user's machine, which has none to resume.
    rejectUnauthorized: verify,
    ...(context && { secureContext: context }),
  })
  return guarded(socket, refuses)
}

/**
 * Looks once more at where a connection has come to, before a byte goes over it: first of all that listen, TLS's own
 * greeting among them.
 */
export function guarded<S extends Socket>(socket: S, refuses: Refuses): S {
  return socket.prependOnceListener('connect', () => {
    const address = socket.remoteAddress
    const refused = address === undefined ? undefined : refuses(address)
    if (refused !== undefined) socket.destroy(new AddressNotAllowed(refused))
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
    if (socket.destroyed) return
    const connectedAt = now()
    const connect = connectedAt - openedAt
    if (endpoint.url.protocol === 'https:')
      socket.once('secureConnect', () => onReady({ connect, tls: now() - connectedAt }))
    else onReady({ connect, tls: undefined })
  })
}
