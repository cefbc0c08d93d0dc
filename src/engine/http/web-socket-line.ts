import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import WebSocket from 'ws'
import type { Bytes, Ms } from '../../units.ts'
import type { ConnectionHost, Handshakes } from './connection.ts'
import { openStream, whenReady } from './sockets.ts'
import { type AnswerHeaders, fieldsOf, MOST_HEADERS, type WireRequest } from './transport.ts'
import { type Loss, lossOf, lossOfClose } from './web-socket-loss.ts'

/** Of one message; many connections may hold one each. */
const MOST_MESSAGE: Bytes = 4_194_304
/** What the other side has to close what is closed here, before the socket is. */
const CLOSED_WITHIN: Ms = 500

/** The status of the handshake, and of all that is said behind it. */
export const SWITCHED = 101
/** RFC 6455 7.4.1 */
const NORMAL = 1000
const GOING_AWAY = 1001

/** Told what comes over it. */
export interface LineListener {
  onConnected(took: Handshakes): void
  /** To the handshake: any other status than 101 is the end. */
  onAnswer(status: number, headers: AnswerHeaders): void
  onMessage(data: Buffer, isBinary: boolean): void
  /** Also where it was closed here; then with the answer to that. */
  onLoss(loss: Loss): void
  /** Its socket is closed, and everything else has been told. */
  onEnd(): void
}

/** One WebSocket, over a socket that is opened as those for requests are. */
export class Line {
  readonly #socket: Socket
  readonly #webSocket: WebSocket | undefined
  readonly #listener: LineListener
  #connected = false
  #lastMoment: NodeJS.Timeout | undefined

  /** @param request of its handshake */
  constructor(host: ConnectionHost, request: WireRequest, subprotocol: string | undefined, listener: LineListener) {
    this.#listener = listener
    this.#socket = openStream(host.endpoint, 'http/1.1')
    this.#socket
      .on('error', (error) => this.#onError(error))
      // All has been said, on both sides.
      .once('finish', () => this.#hurry())
      .once('close', () => this.#onClosed())
    whenReady(this.#socket, host, (took) => {
      this.#connected = true
      listener.onConnected(took)
    })
    // Else it has been destroyed, which HTTP would not be told.
    if (!this.#socket.destroyed) this.#webSocket = this.#handshake(host.endpoint.url, request, subprotocol)
  }

  get connected(): boolean {
    return this.#connected
  }

  /** @param onHandedOver unless something goes wrong */
  send(text: string, onHandedOver: () => void): void {
    this.#webSocket?.send(text, (error) => {
      if (!error) onHandedOver()
    })
  }

  close(): void {
    this.#webSocket?.close(NORMAL)
  }

  /** As somebody who goes away: politely, but without waiting for long. */
  leave(): void {
    const state = this.#webSocket?.readyState
    if (state === WebSocket.OPEN) this.#webSocket?.close(GOING_AWAY)
    if (state === WebSocket.OPEN || state === WebSocket.CLOSING) this.#hurry()
    else this.#socket.destroy()
  }

  #handshake({ protocol, host }: URL, { path, fields }: WireRequest, subprotocol: string | undefined): WebSocket {
    const address = `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}${path.replaceAll('#', '%23')}`
    const webSocket = new WebSocket(address, subprotocol === undefined ? [] : [subprotocol], {
      createConnection: () => this.#socket,
      headers: Object.fromEntries(fieldsOf(fields)),
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: MOST_MESSAGE,
      maxHeaderSize: MOST_HEADERS,
    })
    let headers: AnswerHeaders = {}
    return webSocket
      .on('upgrade', (response) => {
        headers = response.headers
      })
      .on('open', () => this.#listener.onAnswer(SWITCHED, headers))
      .on('unexpected-response', (_, response) => this.#onRefused(response))
      .on('message', (data: Buffer, isBinary) => this.#listener.onMessage(data, isBinary))
      .on('error', (error) => this.#onError(error))
      .on('close', (code, reason) => this.#listener.onLoss(lossOfClose(code, reason)))
  }

  #onRefused(response: IncomingMessage): void {
    response.on('error', () => {})
    this.#listener.onAnswer(response.statusCode ?? 0, response.headers)
    this.#socket.destroy()
  }

  #onError(error: Error): void {
    this.#listener.onLoss(lossOf(error, this.#connected))
  }

  #onClosed(): void {
    clearTimeout(this.#lastMoment)
    setImmediate(() => this.#listener.onEnd())
  }

  #hurry(): void {
    this.#lastMoment ??= setTimeout(() => this.#socket.destroy(), CLOSED_WITHIN)
  }
}
