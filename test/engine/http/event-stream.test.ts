import { gzipSync } from 'node:zlib'
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
