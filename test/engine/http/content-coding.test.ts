// Compressed answers, by Node's own servers: read as text, counted as on the wire.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createHttp2 } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { decodedText } from '../../../src/engine/http/content-coding.ts'
import { MOST_TEXT } from '../../../src/engine/http/transport.ts'
import { runShard } from '../../../src/engine/run-shard.ts'
import { onePlan, requestStep } from '../../support/plans.ts'
import { unaccounted } from '../../support/shard-figures.ts'

const TEXT = `{"ok":true,"name":"Zoë","filler":"${'x'.repeat(5_000)}"}`

const CODED: readonly (readonly [codings: string, bytes: Buffer])[] = [
  ['gzip', gzipSync(TEXT)],
  ['X-GZIP', gzipSync(TEXT)],
  ['deflate', deflateSync(TEXT)],
  ['deflate', deflateRawSync(TEXT)],
  ['br', brotliCompressSync(TEXT)],
  ['zstd', zstdCompressSync(TEXT)],
  ['deflate, gzip', gzipSync(deflateSync(TEXT))],
  ['identity', Buffer.from(TEXT)],
  ['unheard-of', Buffer.from(TEXT)],
]

async function run(http: '1.1' | '2', answers: Readonly<Record<string, string>>, body: Buffer, steps = [READING]) {
  const onRequest = (
    _: unknown,
    response: { writeHead(status: number, headers: object): { end(body: Buffer): void } },
  ) => void response.writeHead(200, answers).end(body)
  const server = http === '2' ? createHttp2(onRequest as never) : createServer(onRequest as never)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const plan = onePlan({ port, level: 20, seconds: 0.2, steps, connections: { http } })
  const result = await runShard({ plan, index: 0, count: 1 })
  server.close()
  expect(unaccounted(result)).toEqual([])
  return result.steps[0]!
}

const READING = requestStep({ expect: { json: [{ pointer: '/name', value: 'Zoë' }], body: '"ok":true' } })

test.each(CODED)('%s is read as text', async (codings, bytes) => {
  expect(decodedText(bytes, codings)).toBe(TEXT)
  const counts = await run('1.1', { 'content-encoding': codings }, bytes)
  expect(counts).toMatchObject({ sent: 4, succeeded: 4, bytesReceived: 4 * bytes.length })
})

test('the same over HTTP/2, and by the length that is stated', async () => {
  const bytes = gzipSync(TEXT)
  const headers = { 'content-encoding': 'gzip', 'content-length': String(bytes.length) }
  expect(await run('2', headers, bytes)).toMatchObject({ succeeded: 4, bytesReceived: 4 * bytes.length })
  expect(await run('1.1', headers, bytes)).toMatchObject({ succeeded: 4, bytesReceived: 4 * bytes.length })
})

test.each(['1.1', '2'] as const)('over HTTP/%s what is not coded as it says is malformed', async (http) => {
  const causes = { 'malformed-answer': 4 }
  expect(await run(http, { 'content-encoding': 'gzip' }, Buffer.from(TEXT))).toMatchObject({ failed: 4, causes })
  const cut = gzipSync(TEXT).subarray(0, 20)
  expect(await run(http, { 'content-encoding': 'gzip' }, cut)).toMatchObject({ failed: 4, causes })
})

test.each(['1.1', '2'] as const)('over HTTP/%s a bomb is a body that is too large', async (http) => {
  const bomb = gzipSync(Buffer.alloc(50 * MOST_TEXT))
  expect(bomb.length).toBeLessThan(MOST_TEXT / 10)
  const counts = await run(http, { 'content-encoding': 'gzip' }, bomb)
  expect(counts).toMatchObject({ failed: 4, causes: { 'body-too-large': 4 }, bytesReceived: 4 * bomb.length })
})

test('what nobody reads is not decompressed', async () => {
  const broken = Buffer.from('no gzip')
  const counts = await run('1.1', { 'content-encoding': 'gzip' }, broken, [requestStep()])
  expect(counts).toMatchObject({ succeeded: 4, bytesReceived: 4 * broken.length })
})

test('no more codings than anybody uses, and nothing is nothing', () => {
  expect(() => decodedText(gzipSync(TEXT), 'gzip, gzip, gzip')).toThrow()
  expect(decodedText(Buffer.alloc(0), 'gzip')).toBe('')
  expect(decodedText(gzipSync('y'.repeat(MOST_TEXT)), 'gzip')).toHaveLength(MOST_TEXT)
  expect(decodedText(gzipSync('y'.repeat(MOST_TEXT + 1)), 'gzip')).toBeUndefined()
})
