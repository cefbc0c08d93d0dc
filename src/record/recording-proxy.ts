import { once } from 'node:events'
import { createServer, type IncomingMessage, request as requestHttp, type ServerResponse } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { askedByOwnName } from '../asked-by-own-name.ts'
import { decodedText } from '../engine/http/content-coding.ts'
import { MOST_TEXT } from '../engine/http/transport.ts'
import { LoadgateError, messageOf } from '../errors.ts'
import type { Bytes, Ms } from '../units.ts'
import type { Answer, Exchange, Headers, Lost } from './exchange.ts'
import { type Between, toBrowser, toTarget } from './rewrite-headers.ts'

const MOST_EXCHANGES = 5_000
const MOST_CONNECTIONS = 256
/** Uploads are kept whole, or said to be lost. */
const MOST_BODY: Bytes = 64_000_000
const MOST_IN_ALL: Bytes = 1_000_000_000
const ANSWER_WITHIN: Ms = 120_000

export interface Recorder {
  /** What the browser is to open. */
  readonly address: string
  /** So far, in the order in which they began. */
  readonly exchanges: () => readonly Exchange[]
  readonly lost: ReadonlyMap<Lost, number>
  readonly close: () => Promise<void>
}

interface Doors {
  /** 0 for any that is free. */
  readonly port: number
  /** Longest time without a byte of an answer, unless it is a stream of events. */
  readonly within?: Ms
  readonly onExchange?: (exchange: Exchange) => void
}

/**
 * A proxy at 127.0.0.1 that stands before the target, hands everything on in both directions, and keeps it. A browser comes to
 * it as to the target itself (a reverse proxy): nothing is set up in it, and no certificate of ours is needed.
 * @param target origin of the service, `http://host:port`
 */
export async function startRecorder(
  target: URL,
  { port, within = ANSWER_WITHIN, onExchange }: Doors,
): Promise<Recorder> {
  const exchanges: Exchange[] = []
  const lost = new Map<Lost, number>()
  const lose = (why: Lost): void => {
    lost.set(why, (lost.get(why) ?? 0) + 1)
  }
  let kept: Bytes = 0
  const keep = (exchange: Exchange) => {
    const bytes = exchange.body.length + (exchange.answer.text?.length ?? 0)
    if (exchanges.length >= MOST_EXCHANGES || kept + bytes > MOST_IN_ALL) return lose('too many')
    kept += bytes
    exchanges.push(exchange)
    onExchange?.(exchange)
  }

  const server = createServer()
  server.maxConnections = MOST_CONNECTIONS
  server.listen(port, '127.0.0.1')
  await listening(server, port)
  const { port: own } = server.address() as AddressInfo
  const between: Between = { proxy: `http://127.0.0.1:${own}`, target: target.origin }
  const refuse = (request: IncomingMessage): string | undefined => {
    if (!askedByOwnName(request, own)) return `Ask for ${between.proxy}.\n`
    // A client that was set up to use a proxy for everything.
    if (!request.url?.startsWith('/'))
      return `Open ${between.proxy}/ itself: this is no proxy to set up in a browser.\n`
    return undefined
  }

  server.on('request', (request, response) => {
    const refused = refuse(request)
    if (refused !== undefined) response.writeHead(403, { 'content-type': 'text/plain' }).end(refused)
    else handOn(request, response, between, { within, keep, lose })
  })
  server.on('upgrade', (request, socket: Duplex, head) => {
    if (refuse(request) !== undefined) return socket.destroy()
    lose('WebSocket')
    return tunnel(request, socket, head, between)
  })

  return {
    address: `${between.proxy}${target.pathname}`,
    exchanges: () => exchanges.toSorted((a, b) => a.startedAt - b.startedAt),
    lost,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function listening(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw new LoadgateError('usage', `The recording cannot listen at port ${port}: ${messageOf(cause)}`, {
      hint: 'Name another port: `--port 8899`; without one, any that is free is taken.',
      cause,
    })
  }
}

interface Keeping {
  readonly within: Ms
  readonly keep: (exchange: Exchange) => void
  readonly lose: (why: Lost) => void
}

function handOn(
  asked: IncomingMessage,
  response: ServerResponse,
  between: Between,
  { within, keep, lose }: Keeping,
): void {
  const startedAt = Date.now()
  const headers = toTarget(pairsOf(asked.rawHeaders), between)
  const body = collect(asked, MOST_BODY)
  const passed = ask(asked, headers, between)
  asked.pipe(passed)
  passed.setTimeout(within, () => passed.destroy(new Error(`no answer within ${within / 1000} s`)))
  passed.on('error', (error) => {
    if (response.destroyed) return lose('cut off')
    lose('no answer')
    if (response.headersSent) response.destroy()
    else
      response.writeHead(502, { 'content-type': 'text/plain' }).end(`The target did not answer: ${messageOf(error)}\n`)
  })
  // Whoever left before the end waits for nothing any more.
  response.on('close', () => response.writableFinished || passed.destroy())

  passed.on('response', (answer) => {
    const shown = toBrowser(pairsOf(answer.rawHeaders), between)
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, shown.flat())
    const read = collect(answer, MOST_TEXT)
    answer.on('error', () => response.destroy())
    answer.pipe(response)
    let isKept = false
    const ended = () => {
      if (isKept) return
      isKept = true
      const sent = body()
      if (!asked.complete) return lose('cut off')
      if (sent.whole === undefined) return lose('body too large')
      keep({
        startedAt,
        took: Date.now() - startedAt,
        method: asked.method ?? 'GET',
        url: between.target + asked.url,
        httpVersion: `HTTP/${asked.httpVersion}`,
        headers,
        body: sent.whole,
        // What was left in the middle has no text: it is known by that.
        answer: answerOf(answer, answer.complete ? read() : { ...read(), whole: undefined }),
      })
    }
    answer.on('end', ended)
    // Of a stream of events it is the browser that decides when it is over.
    if (/^text\/event-stream\b/i.test(answer.headers['content-type'] ?? '')) {
      passed.setTimeout(0)
      response.on('close', ended)
    }
  })
}

function answerOf(message: IncomingMessage, { whole, bytes }: Collected): Answer {
  return {
    status: message.statusCode ?? 0,
    statusText: message.statusMessage ?? '',
    httpVersion: `HTTP/${message.httpVersion}`,
    headers: pairsOf(message.rawHeaders),
    text: whole && textOf(whole, message.headers['content-encoding']),
    bytes,
  }
}

/** Undefined where it cannot be read, as a browser could not. */
function textOf(body: Buffer, codings = 'identity'): string | undefined {
  try {
    return decodedText(body, codings)
  } catch {
    return undefined
  }
}

function ask({ method, url }: IncomingMessage, headers: Headers, { target }: Between) {
  const { protocol, hostname, port } = new URL(target)
  const send = protocol === 'https:' ? requestHttps : requestHttp
  // An IPv6 address stands in brackets in an address only.
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  return send({ method, path: url, host, port, headers: headers.flat() })
}

interface Collected {
  /** Undefined where it is larger than is kept. */
  readonly whole: Buffer | undefined
  readonly bytes: Bytes
}

/** What a message's body was, up to a bound, once it has ended. */
function collect(message: IncomingMessage, most: Bytes): () => Collected {
  let chunks: Buffer[] = []
  let bytes = 0
  message.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= most) chunks.push(chunk)
    else chunks = []
  })
  return () => ({ whole: bytes <= most ? Buffer.concat(chunks) : undefined, bytes })
}

/** A conversation of another protocol passes unread. */
function tunnel(asked: IncomingMessage, browser: Duplex, head: Buffer, between: Between): void {
  const headers = [
    ...toTarget(pairsOf(asked.rawHeaders), between),
    ['Connection', 'Upgrade'],
    ['Upgrade', asked.headers.upgrade ?? ''],
  ] as const
  const passed = ask(asked, headers, between)
  const end = () => {
    browser.destroy()
    passed.destroy()
  }
  browser.on('error', end)
  passed.on('error', end)
  passed.on('response', end)
  passed.on('upgrade', (answer, target, first) => {
    const lines = pairsOf(answer.rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`)
    browser.write(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\n${lines.join('')}\r\n`)
    if (first.length > 0) browser.write(first)
    if (head.length > 0) target.write(head)
    target.on('error', end).on('close', end)
    browser.on('close', () => target.destroy())
    target.pipe(browser).pipe(target)
  })
  passed.end()
}

function pairsOf(raw: readonly string[]): Headers {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ''] as const] : []))
}
