// The side of a server in a WebSocket, byte by byte: for everything that no library for them does.
import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { startWireServer, type WireServer } from './wire-server.ts'

/** RFC 6455 4.2.2 */
export function acceptance(head: string, { headers = '', key }: { headers?: string; key?: string } = {}): string {
  const [, given = ''] = /^sec-websocket-key: *(\S+)/im.exec(head) ?? []
  const accept = createHash('sha1')
    .update(`${key ?? given}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64')
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${headers}\r\n`
}

interface FrameOptions {
  readonly opcode?: number
  readonly fin?: boolean
  readonly masked?: boolean
  /** Instead of its own. */
  readonly length?: number
}

/** RFC 6455 5.2 */
export function frame(
  content: string | Buffer,
  { opcode = 1, fin = true, masked = false, length = Buffer.byteLength(content) }: FrameOptions = {},
): Buffer {
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  head[0] = (fin ? 0x80 : 0) | opcode
  head[1] = (masked ? 0x80 : 0) | (length < 126 ? length : length < 65_536 ? 126 : 127)
  if (length >= 126 && length < 65_536) head.writeUInt16BE(length, 2)
  if (length >= 65_536) head.writeBigUInt64BE(BigInt(length), 2)
  // A mask of zeros leaves the content as it is.
  return Buffer.concat([head, Buffer.alloc(masked ? 4 : 0), Buffer.from(content)])
}

export function closeFrame(code: number, reason = ''): Buffer {
  const content = Buffer.concat([Buffer.alloc(2), Buffer.from(reason)])
  content.writeUInt16BE(code)
  return frame(content, { opcode: 8 })
}

/** Agrees to every handshake; what is done then is up to the test. Frames that come are not understood. */
export function startRawWebSocket(then: (socket: Socket) => void, changes?: Parameters<typeof acceptance>[1]) {
  return startWireServer({
    onRequest({ socket, head, nth }) {
      if (nth > 0) return
      socket.write(acceptance(head, changes))
      then(socket)
    },
  }) satisfies Promise<WireServer>
}
