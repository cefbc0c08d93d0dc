import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { EventStream } from '../../../src/engine/http/event-stream.ts'
import type { EventsWanted } from '../../../src/engine/http/transport.ts'

const TO_ITS_END: EventsWanted = { isLast: undefined, count: undefined, isMark: false, lasts: undefined, within: 1_000 }

function streamCoded(coding: string, onChange = () => {}): EventStream {
  return new EventStream(TO_ITS_END, { 'content-type': 'text/event-stream', 'content-encoding': coding }, onChange)
}

test('more than this machine can decode is no failure of the target', () => {
  const stream = streamCoded('gzip')
  const bytes = gzipSync('data: 1\n\n'.repeat(1_000), { level: 0 })
  for (let sent = 0; sent <= 8_388_608; sent += bytes.length) stream.add(bytes, 0)
  expect(stream.outcome).toBe('generator')
  expect(stream.detail).toBe('more came than this machine can decode, behind 0 events')
  stream.destroy()
})

test.each<[string, (text: string) => Buffer, string]>([
  // What is not padding would begin the next member.
  ['gzip', gzipSync, '\0\0'],
  ['deflate', deflateSync, 'stray'],
  ['br', brotliCompressSync, 'stray'],
  ['zstd', zstdCompressSync, 'stray'],
])('stray bytes behind what is coded as %s do not hold up its end', async (coding, code, stray) => {
  const stream = streamCoded(coding)
  stream.add(Buffer.concat([code('data: 1\n\n'), Buffer.from(stray)]), 0)
  await sleep(50)
  expect(stream.received).toBe(1)
  stream.add(Buffer.from(stray), 1)
  await sleep(50)
  await told((then) => stream.end(then))
  expect(stream.outcome).toBe('enough')
})

/** What does not come within a second does not come. */
function told(ask: (then: () => void) => void): Promise<void> {
  return Promise.race([new Promise<void>(ask), sleep(1_000)])
}
