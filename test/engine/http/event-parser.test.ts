// Streams of events as the WHATWG HTML standard has them (9.2.6), in any pieces, beside a reader that is slow and obvious.
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { EventParser, type StreamEvent } from '../../../src/engine/http/event-parser.ts'
import { MOST_TEXT } from '../../../src/engine/http/transport.ts'

function parsed(pieces: readonly Buffer[]): readonly StreamEvent[] | 'too large' {
  const events: StreamEvent[] = []
  const parser = new EventParser((event) => events.push(event))
  return pieces.every((piece) => parser.read(piece)) ? events : 'too large'
}

/** The standard, step by step, of the whole stream. */
function obvious(bytes: Buffer): readonly StreamEvent[] {
  const text = new TextDecoder('utf-8').decode(bytes)
  const events: StreamEvent[] = []
  let [data, event, id] = ['', '', '']
  // What stands behind the last line end is no line.
  for (const line of text.split(/\r\n|\r|\n/).slice(0, -1)) {
    if (line === '') {
      if (data !== '') events.push({ event: event || 'message', data: data.replace(/\n$/, ''), id })
      ;[data, event] = ['', '']
    } else if (!line.startsWith(':')) {
      const [field, value = ''] = line.includes(':') ? [line.split(':')[0], line.slice(line.indexOf(':') + 1)] : [line]
      const told = value.startsWith(' ') ? value.slice(1) : value
      if (field === 'data') data += `${told}\n`
      if (field === 'event') event = told
      if (field === 'id' && !told.includes('\0')) id = told
    }
  }
  return events
}

const message = (data: string, more: Partial<StreamEvent> = {}) => ({ event: 'message', data, id: '', ...more })

test.each<[string, string, readonly StreamEvent[]]>([
  // The examples of the standard.
  ['three lines of data', 'data: YHOO\ndata: +2\ndata: 10\n\n', [message('YHOO\n+2\n10')]],
  [
    'a comment, ids, and data without its blank',
    ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n',
    [message('first event', { id: '1' }), message('second event'), message(' third event')],
  ],
  ['data without a value; the last block has no end', 'data\n\ndata\ndata\n\ndata:', [message(''), message('\n')]],
  ['one blank is no part of the value', 'data:test\n\ndata: test\n\n', [message('test'), message('test')]],
  [
    'names',
    'event: add\ndata: 73\n\nevent: remove\ndata: 21\n\ndata: 1\n\n',
    [message('73', { event: 'add' }), message('21', { event: 'remove' }), message('1')],
  ],
  [
    'CR, LF and both',
    'data: a\r\rdata: b\n\ndata: c\r\n\r\ndata: d\r\n\n',
    ['a', 'b', 'c', 'd'].map((one) => message(one)),
  ],
  ['a byte order mark, once', '\ufeffdata: a\n\n\ufeffdata: b\n\n', [message('a')]],
  ['fields that mean nothing here', 'retry: 10\nfoo: bar\nData: x\n data: y\ndata: z\n\n', [message('z')]],
  ['an event without data is none', 'event: ping\n\n: keep-alive\n\nid: 7\n\ndata: x\n\n', [message('x', { id: '7' })]],
  [
    'an id with a NUL is none',
    'id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n',
    [message('a', { id: '1' }), message('b', { id: '1' })],
  ],
  ['a colon in the value', 'data: a: b\n\n', [message('a: b')]],
  [
    'JSON',
    'data: {"choices":[{"delta":{"content":"é🎉"}}]}\n\ndata: [DONE]\n\n',
    [message('{"choices":[{"delta":{"content":"é🎉"}}]}'), message('[DONE]')],
  ],
])('%s', (_, text, events) => {
  const bytes = Buffer.from(text)
  expect(obvious(bytes)).toEqual(events)
  expect(parsed([bytes])).toEqual(events)
  expect(parsed([...bytes].map((byte) => Buffer.of(byte)))).toEqual(events)
})

test('any bytes, cut at any place, are read as the whole is', () => {
  const text = fc.constantFrom(
    'data',
    'event',
    'id',
    'retry',
    ':',
    ': ',
    '\n',
    '\r',
    '\r\n',
    '\n\n',
    'é',
    '🎉',
    ' ',
    '\0',
    '\ufeff',
    'x',
  )
  const part = fc.oneof(
    { weight: 9, arbitrary: text.map((one) => Buffer.from(one)) },
    fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes)),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), fc.array(fc.nat(200), { maxLength: 8 }), (parts, cuts) => {
      const bytes = Buffer.concat(parts)
      const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort((a, b) => a - b)
      const pieces = places.slice(1).map((end, at) => bytes.subarray(places[at], end))
      expect(parsed(pieces)).toEqual(obvious(bytes))
    }),
    { numRuns: 3_000 },
  )
})

test('an event is told with its blank line, not with what comes behind it', () => {
  const events: StreamEvent[] = []
  const parser = new EventParser((event) => events.push(event))
  parser.read(Buffer.from('data: a\r\n'))
  expect(events).toEqual([])
  parser.read(Buffer.from('\r'))
  expect(events).toEqual([message('a')])
  parser.read(Buffer.from('\ndata: b\n\n'))
  expect(events).toEqual([message('a'), message('b')])
})

test('what is kept of one event has a bound', () => {
  const whole = Buffer.from(`data: ${'x'.repeat(MOST_TEXT - 10)}\n\n`)
  const half = Buffer.from(`data: ${'x'.repeat(MOST_TEXT / 2)}\n`)
  const comment = Buffer.from(`: ${'x'.repeat(MOST_TEXT / 2)}\n`)
  expect(parsed([whole, whole])).toHaveLength(2)
  expect(parsed([half, half])).toBe('too large')
  expect(parsed([half, Buffer.from('\n'), half, Buffer.from('\n')])).toHaveLength(2)
  expect(parsed([comment, comment, comment, comment])).toEqual([])
  // A line that never ends.
  expect(parsed([half.subarray(0, -1), half.subarray(0, -1)])).toBe('too large')
})
