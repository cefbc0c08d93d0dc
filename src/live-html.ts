import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { askedByOwnName } from './asked-by-own-name.ts'
import type { ShardProgress } from './engine/shard-result.ts'
import { LoadgateError, messageOf } from './errors.ts'
import { livePoint, renderLive } from './report/html/live.ts'
import type { LiveOf, LivePoint } from './report/html/page-data.ts'
import type { ProgressSnapshot } from './report/progress.ts'
import { foldProgress, NO_PROGRESS, type ProgressFrame, takeSnapshot } from './report/progress-fold.ts'
import type { Bytes, Ms } from './units.ts'

/** A page that is served on this machine while a load goes on. */
export interface LivePage {
  readonly address: string
  /** A load that begins now; what is returned is to be told of its progress. */
  readonly follow: (frame: ProgressFrame, of: LiveOf) => (progress: ShardProgress) => void
  /** Takes the place of the page; resolves when those who watch have it, or have not asked for it in time. */
  readonly end: (report: string) => Promise<void>
  readonly close: () => Promise<void>
}

const EVERY: Ms = 900
const MOST_WATCHING = 8
const MOST_CONNECTIONS = 32
/** Two hours of one load. */
const MOST_POINTS = 7_200
/** Who takes no more is not waited for. */
const MOST_WAITING: Bytes = 4_000_000
const FETCHED_WITHIN: Ms = 3_000

/**
 * Serves the page on 127.0.0.1, to whoever asks for it by that name: a page from elsewhere whose name was made to lead here
 * asks by its own.
 * @param port 0 for any that is free
 */
export async function serveLiveHtml(port: number, { profile }: { readonly profile: string }): Promise<LivePage> {
  let page = renderLive(profile)
  let points: readonly LivePoint[] = []
  const watching = new Set<ServerResponse>()
  let toFetch: (() => void) | undefined
  let left = 0
  const server = createServer((request, response) => {
    if (!askedByOwnName(request, (server.address() as AddressInfo).port))
      return answer(response, 403, 'Ask for 127.0.0.1.\n')
    if (request.method !== 'GET') return answer(response, 405, 'There is nothing but pages here.\n')
    if (request.url === '/') {
      answer(response, 200, page, 'text/html; charset=utf-8')
      if (toFetch) response.on('finish', () => --left <= 0 && toFetch?.())
      return
    }
    if (request.url !== '/events') return answer(response, 404, 'There is nothing here.\n')
    if (watching.size >= MOST_WATCHING) return answer(response, 503, 'Too many watch already.\n')
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/event-stream' })
    watching.add(response)
    response.on('close', () => watching.delete(response))
    tell(response, 'points', points)
  })
  server.maxConnections = MOST_CONNECTIONS
  await listen(server.listen(port, '127.0.0.1'), port)
  const began = performance.now()

  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    follow: (frame, of) => {
      let state = NO_PROGRESS
      let before: ProgressSnapshot | undefined
      let told = performance.now()
      return (progress) => {
        state = foldProgress(state, progress)
        if (performance.now() - told < EVERY) return
        told = performance.now()
        const { snapshot, next } = takeSnapshot(state, frame)
        const point = livePoint(snapshot, { of, at: (told - began) / 1000, before })
        state = next
        before = snapshot
        points = [...points.slice(1 - MOST_POINTS), point]
        for (const one of watching) tell(one, 'points', [point])
      }
    },
    end: async (report) => {
      page = report
      left = watching.size
      if (left === 0) return
      const fetched = new Promise<void>((resolve) => {
        toFetch = resolve
      })
      const late = new Promise<void>((resolve) => setTimeout(resolve, FETCHED_WITHIN).unref())
      for (const one of watching) tell(one, 'report', true)
      await Promise.race([fetched, late])
    },
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw new LoadgateError('usage', `The page cannot be served at port ${port}: ${messageOf(cause)}`, {
      hint: 'Name another port, or none: `--live-html`.',
      cause,
    })
  }
}

const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

function answer(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { ...HEADERS, 'Content-Type': type, Connection: 'close' }).end(text)
}

function tell(response: ServerResponse, event: 'points' | 'report', data: unknown): void {
  if (response.writableLength > MOST_WAITING) response.destroy()
  else response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
}
