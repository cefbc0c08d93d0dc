// Bodies with files in them, as real servers read them: over HTTP/1.1 and HTTP/2.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createHttp2 } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { compileRequest } from '../../src/engine/request.ts'
import { runShard } from '../../src/engine/run-shard.ts'
import type { LoadPlan, PlannedStep } from '../../src/plan/plan.ts'
import { filesUsed } from '../../src/plan/plan-files.ts'
import { planLoad } from '../../src/plan/plan-load.ts'
import { readProfile } from '../../src/profile/read-profile.ts'
import { unaccounted } from '../support/shard-figures.ts'

// Every byte, line ends and dashes among them, and more than one write of a socket takes.
const IMAGE = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 7 + (n >> 8)) & 255))

interface Seen {
  readonly method: string | undefined
  readonly type: string
  readonly length: string | undefined
  readonly body: Buffer
}

/** What each request carried; all are answered with what `answer` says. */
async function startReader(http: '1.1' | '2', answer = 'ok') {
  const seen: Seen[] = []
  const onRequest = async (
    request: Pick<IncomingMessage, 'method' | 'headers'> & NodeJS.ReadableStream,
    response: { end(text: string): unknown },
  ) => {
    const { 'content-type': type = '', 'content-length': length } = request.headers
    seen.push({ method: request.method, type, length, body: await buffer(request) })
    response.end(answer)
  }
  const server = http === '2' ? createHttp2(onRequest as never) : createServer(onRequest)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, seen, [Symbol.asyncDispose]: async () => void server.close() }
}

function planOf(
  port: number,
  steps: readonly object[],
  { http = '1.1', files = {} as Record<string, Buffer> } = {},
): LoadPlan {
  const connections = { http }
  const load = { rate: '50/s', for: '200ms' }
  const written = {
    name: 'x',
    target: `http://127.0.0.1:${port}`,
    load,
    connections,
    scenarios: [{ name: 's', steps }],
  }
  const { profile, issues } = readProfile(JSON.stringify(written), { file: 'x', env: {} })
  expect(issues).toEqual([])
  expect([...filesUsed(profile!)].sort()).toEqual(Object.keys(files).sort())
  // Shards travel as JSON.
  return JSON.parse(JSON.stringify(planLoad(profile!, { data: {}, files })))
}

const FORM = {
  put: '/photos',
  multipart: {
    photo: { file: 'p/photo.jpg', type: 'image/jpeg' },
    title: 'ü ${iteration()}',
    again: [{ file: 'p/photo.jpg', name: 'ü.bin' }, 'x'],
  },
}

test.each(['1.1', '2'] as const)('a form with files over HTTP/%s is what a server reads', async (http) => {
  await using server = await startReader(http)
  const plan = planOf(server.port, [FORM], { http, files: { 'p/photo.jpg': IMAGE } })
  const result = await runShard({ plan, index: 0, count: 1 })
  expect(unaccounted(result)).toEqual([])
  expect(result.steps[0]).toMatchObject({ sent: 10, succeeded: 10 })
  const titles: unknown[] = []
  let bytes = 0
  for (const { method, type, length, body } of server.seen) {
    expect([method, length]).toEqual(['PUT', String(body.length)])
    bytes += body.length
    const form = await new Response(body, { headers: { 'content-type': type } }).formData()
    const photo = form.get('photo') as File
    expect([photo.name, photo.type]).toEqual(['photo.jpg', 'image/jpeg'])
    expect(Buffer.from(await photo.arrayBuffer()).equals(IMAGE)).toBe(true)
    const [other, text] = form.getAll('again') as [File, string]
    expect([other.name, other.type, text]).toEqual(['ü.bin', 'application/octet-stream', 'x'])
    expect(Buffer.from(await other.arrayBuffer()).equals(IMAGE)).toBe(true)
    titles.push(form.get('title'))
  }
  expect(titles.sort()).toEqual(Array.from({ length: 10 }, (_, n) => `ü ${n + 1}`).sort())
  expect(result.steps[0]?.bytesSent).toBe(bytes)
})

test.each(['1.1', '2'] as const)('a file as the whole body over HTTP/%s', async (http) => {
  await using server = await startReader(http)
  const step = { post: '/raw', body: { file: 'image.bin' }, type: 'image/png' }
  const result = await runShard({
    plan: planOf(server.port, [step], { http, files: { 'image.bin': IMAGE } }),
    index: 0,
    count: 1,
  })
  expect(result.steps[0]).toMatchObject({ sent: 10, succeeded: 10, bytesSent: 10 * IMAGE.length })
  expect(server.seen.every(({ type, body }) => type === 'image/png' && body.equals(IMAGE))).toBe(true)
})

test('an empty file is an empty body, whose length is stated', async () => {
  await using server = await startReader('1.1')
  const plan = planOf(server.port, [{ put: '/', body: { file: 'nothing' } }], { files: { nothing: Buffer.alloc(0) } })
  const result = await runShard({ plan, index: 0, count: 1 })
  expect(result.steps[0]).toMatchObject({ succeeded: 10, bytesSent: 0 })
  expect(server.seen[0]).toMatchObject({ length: '0' })
})

test('a service that answers before it has read everything has answered', async () => {
  const server = createServer((_, response) => void response.writeHead(413).end('too large')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const plan = planOf(port, [{ put: '/', body: { file: 'big' }, expect: { status: 413 } }], { files: { big: IMAGE } })
  const result = await runShard({ plan, index: 0, count: 1 })
  server.close()
  expect(unaccounted(result)).toEqual([])
  expect(result.steps[0]).toMatchObject({ sent: 10, succeeded: 10, statuses: { 413: 10 } })
})

function prepare(plan: LoadPlan, x = '') {
  const step = plan.scenarios[0]!.steps.at(-1) as Extract<PlannedStep, { kind: 'request' }>
  const values = { row: () => undefined, captured: () => x, number: () => 1, draw: () => 0, now: () => 0 }
  const prepared = compileRequest(step, plan, { text: false, headers: false })
  return () => prepared(values, undefined)
}

test('what is always the same is made ready once, and a file is never copied', () => {
  const same = prepare(planOf(1, [{ put: '/', multipart: { a: { file: 'a' } } }], { files: { a: IMAGE } }))
  expect(same()).toBe(same())
  const changing = prepare(planOf(1, [FORM], { files: { 'p/photo.jpg': IMAGE } }))
  const [, photo, , again] = changing()!.upload!.pieces
  expect(photo).toBe(again)
  expect(changing()!.upload!.pieces[1]).toBe(photo)
})

test('a captured value that holds the boundary is not sent', () => {
  const plan = planOf(1, [
    { get: '/', capture: { x: { header: 'x' } } },
    { put: '/', multipart: { x: '${x}' } },
  ])
  const { boundary } = (plan.scenarios[0]!.steps[1] as { body: { boundary: string } }).body
  expect(prepare(plan, 'harmless')()?.upload?.length).toBeGreaterThan(0)
  expect(prepare(plan, `a\r\n--${boundary}--\r\n`)()).toBeUndefined()
})

test.each([
  ['{"data":{"me":1}}', {}, undefined],
  ['{"data":{"me":1},"errors":[]}', {}, undefined],
  ['{"data":null,"errors":[{"message":"no such field"}]}', { 'graphql-errors': 10 }, 'GraphQL errors: "no such field"'],
  ['{"errors":"broken"}', { 'graphql-errors': 10 }, 'GraphQL errors: "broken"'],
  ['<html>', { 'unexpected-answer': 10 }, 'the body is not JSON'],
])('GraphQL answered with %s', async (answer, causes, detail) => {
  await using server = await startReader('1.1', answer)
  const graphql = { file: 'me.graphql', variables: { id: '${iteration()}' } }
  const document = 'query Me {\n  user(name: "ü") { id }\n}'
  const plan = planOf(server.port, [{ post: '/graphql', graphql }], { files: { 'me.graphql': Buffer.from(document) } })
  const result = await runShard({ plan, index: 0, count: 1 })
  expect(result.steps[0]).toMatchObject({ sent: 10, causes })
  expect(result.examples.map((example) => example.detail)).toEqual(detail === undefined ? [] : [detail])
  expect(server.seen[0]?.type).toBe('application/json')
  const asked = server.seen.map(({ body }) => JSON.parse(body.toString()))
  expect(asked.map(({ query }) => query)).toEqual(Array.from({ length: 10 }, () => document))
  expect(asked.map(({ variables }) => Number(variables.id)).sort((a, b) => a - b)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ])
})
