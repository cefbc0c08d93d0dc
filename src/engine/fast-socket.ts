import { EventEmitter } from 'node:events'
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net'

// All connections read into it, one after the other.
const readBuffer = Buffer.allocUnsafeSlow(65_536)

/**
 * A TCP connection with as much of a stream as undici's HTTP/1.1 client makes use of. A stream of Node's allocates 64 KiB
 * for every read, puts it into a queue and tells of it in a later tick, which together cost about a sixth of a request.
 * Here what came is handed over at once. It is a copy, since undici keeps views of it until a head is whole.
 */
export class FastSocket extends EventEmitter {
  readonly #socket: Socket
  #chunk: Buffer | null = null

  constructor(options: TcpNetConnectOpts) {
    super()
    this.#socket = connect({
      ...options,
      onread: {
        buffer: readBuffer,
        callback: (length) => {
          const came = Buffer.allocUnsafe(length)
          readBuffer.copy(came, 0, 0, length)
          this.#chunk = this.#chunk === null ? came : Buffer.concat([this.#chunk, came])
          this.emit('readable')
          return true
        },
      },
    })
    for (const event of ['connect', 'end', 'error', 'close'])
      this.#socket.on(event, (argument) => this.emit(event, argument))
  }

  read(): Buffer | null {
    const chunk = this.#chunk
    this.#chunk = null
    return chunk
  }

  unshift(chunk: Buffer): void {
    if (chunk.length > 0) this.#chunk = chunk
  }

  write(data: string | Uint8Array, encoding?: BufferEncoding): boolean {
    return this.#socket.write(data, encoding)
  }

  cork(): void {
    this.#socket.cork()
  }

  uncork(): void {
    this.#socket.uncork()
  }

  ref(): void {
    this.#socket.ref()
  }

  unref(): void {
    this.#socket.unref()
  }

  destroy(error?: Error): this {
    this.#socket.destroy(error)
    return this
  }

  /** By this undici knows a stream. */
  pipe(): never {
    throw new Error('a FastSocket is read by undici only')
  }

  get destroyed(): boolean {
    return this.#socket.destroyed
  }

  get errored(): Error | null {
    return this.#socket.errored
  }

  get bytesRead(): number {
    return this.#socket.bytesRead
  }
}
