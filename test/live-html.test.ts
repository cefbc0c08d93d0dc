import { once } from 'node:events'
import { get, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from '@jest/globals'
import type { ShardProgress } from '../src/engine/shard-result.ts'
import { type LivePage, serveLiveHtml } from '../src/live-html.ts'
import { livePoint } from '../src/report/html/live.ts'
import type { LivePoint } from '../src/report/html/page-data.ts'
import { foldProgress, NO_PROGRESS, takeSnapshot } from '../src/report/progress-fold.ts'
import { histogram } from './report/reports.ts'

const open: LivePage[] = []
afterEach(async () => {
  for (const page of open.splice(0)) await page.close()
})

async function served(): Promise<LivePage> {
  const page = await serveLiveHtml(0, { profile: 'shop </script>' })
  open.push(page)
  return page
}

const FRAME = { model: 'open' as const, measureFrom: 1_000, duration: 10_000 }

function progress(changes: Partial<ShardProgress> = {}): ShardProgress {
  const counts = { sent: 100, succeeded: 90, failed: 10, dropped: 0, active: 4 }
  return { index: 0, elapsed: 2_000, ...counts, recent: histogram(10, 20, 30), ...changes }
}

test('of a script it says how long it goes on, and not for how long', () => {
  const { snapshot } = takeSnapshot(foldProgress(NO_PROGRESS, progress()), { ...FRAME, script: {} })
  const point = livePoint(snapshot, { of: 'run', at: 2, before: undefined })
  expect(point).toMatchObject({ elapsed: 2_000, total: null })
})

/** Status and text of an answer. */
async function ask(address: string, options: { method?: string; headers?: Record<string, string> } = {}) {
  const sent = request(address, options).end()
  const [answer] = await once(sent, 'response')
  let text = ''
  for await (const part of answer.setEncoding('utf8')) text += part
  return { status: answer.statusCode, headers: answer.headers, text }
}

/** What the server tells, as it comes. */
async function watch(page: LivePage) {
  const [answer] = await once(get(`${page.address}events`), 'response')
  let text = ''
  answer.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  // Ended by the server.
  answer.on('error', () => {})
  const told = (event: string) =>
    [...text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)]
      .filter(([, name]) => name === event)
      .map(([, , data]) => JSON.parse(String(data)))
  return {
    status: answer.statusCode,
    points: (): readonly LivePoint[] => told('points').flat(),
    /** Bounded by the test's own time. */
    until: async (event: string, count: number) => {
      while (told(event).length < count) await sleep(20)
    },
  }
}

test('the page is there for whoever asks for it by its address, and nothing else is', async () => {
  const page = await served()
  expect(page.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  const { status, headers, text } = await ask(page.address)
  expect(status).toBe(200)
  expect(headers['cache-control']).toBe('no-store')
  expect(text).toContain('<code>shop &lt;/script&gt;</code>')
  expect(text).toContain('connect-src &#39;self&#39;')
  const { port } = new URL(page.address)
  expect((await ask(page.address, { headers: { host: `localhost:${port}` } })).status).toBe(200)
  for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:${Number(port) + 1}`])
    for (const path of ['', 'events']) expect((await ask(page.address + path, { headers: { host } })).status).toBe(403)
  expect((await ask(page.address, { method: 'POST' })).status).toBe(405)
  expect((await ask(`${page.address}../../etc/passwd`)).status).toBe(404)
})

test('a load is told point by point, and from its beginning to who comes late', async () => {
  const page = await served()
  const first = await watch(page)
  const tell = page.follow(FRAME, 'head')
  for (let n = 1; n <= 2; n++) {
    await sleep(950)
    tell(progress({ elapsed: 1_000 * n, sent: 100 * n, failed: 10 * n }))
    await first.until('points', n + 1)
  }
  const late = await watch(page)
  await late.until('points', 1)
  expect(late.points()).toEqual(first.points())
  expect(first.points()).toEqual([
    expect.objectContaining({
      of: 'head',
      elapsed: 1_000,
      total: 10_000,
      sent: 100,
      failed: 10,
      failing: 10,
      p50: expect.closeTo(20, 1),
      max: expect.closeTo(30, 1),
    }),
    expect.objectContaining({ of: 'head', elapsed: 2_000, sent: 200, failed: 20, rate: 100, failing: 10 }),
  ])
})

test('the report takes the place of the page, and is waited for until those who watch have it', async () => {
  const page = await served()
  const watching = await watch(page)
  let ended = false
  const end = page.end('<p>the report').then(() => {
    ended = true
  })
  await watching.until('report', 1)
  expect(ended).toBe(false)
  expect((await ask(page.address)).text).toBe('<p>the report')
  await end
})

test('nobody who is not there is waited for', async () => {
  const page = await served()
  await page.end('<p>the report')
  expect((await ask(page.address)).text).toBe('<p>the report')
})

test('no more than a few may watch', async () => {
  const page = await served()
  const all = []
  for (let n = 0; n < 9; n++) all.push((await watch(page)).status)
  expect(all).toEqual([...Array.from({ length: 8 }, () => 200), 503])
})

test('a port that is taken is a mistake of who named it', async () => {
  const { port } = new URL((await served()).address)
  await expect(serveLiveHtml(Number(port), { profile: 'x' })).rejects.toMatchObject({ kind: 'usage' })
})

test('a point is what went on since the one before', () => {
  const snapshot = {
    ...{ elapsed: 3_000, total: 2_900, warmingUp: false, sent: 300, succeeded: 280, failed: 20, dropped: 1, active: 7 },
    ...{ model: 'open' as const, rate: 99.876_54, failedLately: 0, recent: histogram(), history: [] },
  }
  const before = { ...snapshot, elapsed: 1_000, failed: 10 }
  expect(livePoint(snapshot, { of: 'run', at: 3, before })).toEqual({
    ...{ of: 'run', at: 3, p50: null, p95: null, p99: null, max: null, rate: 99.88, failing: 5, active: 7 },
    ...{ elapsed: 2_900, total: 2_900, warmingUp: false, sent: 300, failed: 20, dropped: 1 },
  })
})
