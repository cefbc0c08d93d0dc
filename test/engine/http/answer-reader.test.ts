// What the answers of a connection come to, whatever pieces they come in.
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { AnswerReader } from '../../../src/engine/http/answer-reader.ts'
import { MOST_HEADERS, MOST_TEXT } from '../../../src/engine/http/transport.ts'
import { CUT_SHORT, MALFORMED, MORE_BEHIND, SOUND } from '../../support/curated-answers.ts'

interface Asked {
  readonly method?: string
  readonly wants?: { readonly text: boolean; readonly headers: boolean }
  /** Ascending positions between its pieces. */
  readonly cuts?: readonly number[]
}

const ALL = { text: true, headers: true }
const request = { path: '/', fields: '', body: '', wire: '', timeout: 1_000 }

/** Pieces come in a buffer that the next one overwrites, as from a socket; what comes of them, and then of the end. */
function read(wire: string, { method = 'GET', wants = ALL, cuts = [] }: Asked = {}) {
  const reader = new AnswerReader()
  reader.begin({ ...request, method, wants })
  const bytes = Buffer.from(wire, 'latin1')
  const came = Buffer.alloc(bytes.length)
  let outcome: string | undefined
  for (const [from, to] of [0, ...cuts].map((cut, n) => [cut, cuts[n] ?? bytes.length] as const)) {
    if (from === to) continue
    bytes.copy(came, 0, from, to)
    outcome = reader.read(came, to - from)
    came.fill('?')
    if (outcome !== undefined) break
  }
  return { reader, outcome: outcome ?? reader.end() }
}

/** All that can be seen of it. A refused one says no more than why. */
function seen(wire: string, asked?: Asked) {
  const { reader, outcome } = read(wire, asked)
  if (outcome !== 'whole') return { outcome }
  const { status, text, headers, bytesReceived, kept, keptFor } = reader
  return { outcome, status, text, headers: Object.entries(headers), bytesReceived, kept, keptFor }
}

const utf8 = (bytes: string) => Buffer.from(bytes, 'latin1').toString()

test.each(SOUND.map((answer) => [answer.name, answer] as const))('read: %s', (_, expected) => {
  const { wire, status, body, kept, keptFor = Number.POSITIVE_INFINITY, headers } = expected
  const asked = expected.method ? { method: expected.method } : {}
  const found = seen(wire, asked)
  expect(found).toMatchObject({ outcome: 'whole', status, text: utf8(body), bytesReceived: body.length, kept, keptFor })
  if (headers) expect(new Map(found.headers)).toEqual(new Map(Object.entries(headers)))
})

test.each(SOUND.map((answer) => [answer.name, answer] as const))(
  'read without being kept: %s',
  (_, { wire, method = 'GET', status, body, headers = {} }) => {
    const found = seen(wire, { method, wants: { text: false, headers: false } })
    const cookies = Object.entries(headers).filter(([name]) => name === 'set-cookie')
    expect(found).toMatchObject({ outcome: 'whole', status, bytesReceived: body.length, text: undefined })
    expect(new Map(found.headers)).toEqual(new Map(cookies))
  },
)

test.each([...MALFORMED, ...MORE_BEHIND])('refused: %s', (_, wire) => {
  expect(seen(wire)).toEqual({ outcome: 'malformed-answer' })
})

test.each(CUT_SHORT)('not whole: %s', (_, wire) => {
  expect(seen(wire)).toEqual({ outcome: 'connection-closed' })
})

test('one connection, one answer after the other: nothing is left of those before', () => {
  const reader = new AnswerReader()
  const one = (wire: string, method = 'GET') => {
    reader.begin({ ...request, method, wants: ALL })
    const outcome = reader.read(Buffer.from(wire, 'latin1'), wire.length)
    const { status, text, bytesReceived, kept, keptFor } = reader
    return { outcome, status, text, bytesReceived, kept, keptFor, headers: Object.keys(reader.headers) }
  }
  const framed = SOUND.filter(({ kept }) => kept)
  expect(framed.length).toBeGreaterThan(30)
  for (const { wire, status, body, method, keptFor = Number.POSITIVE_INFINITY } of [...framed, ...framed.toReversed()])
    expect({ wire, ...one(wire, method) }).toMatchObject({
      outcome: 'whole',
      status,
      text: utf8(body),
      bytesReceived: body.length,
      kept: true,
      keptFor,
    })
  reader.forget()
  expect(reader).toMatchObject({ headers: {}, text: undefined })
  expect(one('HTTP/1.1 204 None\r\n\r\n').headers).toEqual([])
})

test('what comes when nothing was asked for is no answer', () => {
  expect(new AnswerReader().read(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), 19)).toBe('malformed-answer')
})

const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'
const filled = (before: string, after: string) => (bytes: number) =>
  before + 'y'.repeat(bytes - before.length - after.length) + after
const ofOneLine = filled('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx: ', '\r\n\r\n')
const ofManyLines = filled(`HTTP/1.1 200 OK\r\ncontent-length: 2\r\n${'x: y\r\n'.repeat(9_000)}x: `, '\r\n\r\n')
const ofReason = filled('HTTP/1.1 200 ', '\r\ncontent-length: 2\r\n\r\n')
// The blank line behind the last chunk counts, too.
const ofChunks = filled('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nx: ', '\r\n\r\n')
const asHint = (head: string) => head.replace('HTTP/1.1 200', 'HTTP/1.1 103')
const withTrailer = (bytes: number) =>
  filled(`${CHUNKED}x:`, '\r\n\r\n')(bytes).replace('\r\n\r\nx:', '\r\n\r\n2\r\nok\r\n0\r\nx:')

const edges: readonly (readonly [what: string, wire: (bytes: number) => string])[] = [
  ['one line', (bytes) => `${ofOneLine(bytes)}ok`],
  ['many lines', (bytes) => `${ofManyLines(bytes)}ok`],
  ['a long reason', (bytes) => `${ofReason(bytes)}ok`],
  ['hints, which count by themselves', (bytes) => `${asHint(ofOneLine(MOST_HEADERS))}${ofReason(bytes)}ok`],
  ['trailers', withTrailer],
  ['chunks behind them', (bytes) => `${ofChunks(bytes - 2)}0002\r\nok\r\n0\r\n\r\n`],
]

test.each(edges)('headers at their limit: %s', (_, make) => {
  for (const [bytes, outcome] of [
    [MOST_HEADERS, 'whole'],
    [MOST_HEADERS + 1, 'headers-too-large'],
  ] as const) {
    const wire = make(bytes)
    for (let back = 0; back < 12; back++)
      expect([
        back,
        read(wire, { cuts: [20, wire.length - 1_000, wire.length - 12, wire.length - back] }).outcome,
      ]).toEqual([back, outcome])
  }
})

test('extensions of chunks count as headers do, sizes do not', () => {
  const many = 10_000
  const plain = `${CHUNKED}${'000000000000001\r\nx\r\n'.repeat(many)}0\r\n\r\n`
  expect(read(plain).reader.bytesReceived).toBe(many)
  const extended = `${CHUNKED}${'000000000000001;name=value\r\nx\r\n'.repeat(many)}0\r\n\r\n`
  expect(read(extended).outcome).toBe('headers-too-large')
  const zeros = `${CHUNKED}${'0'.repeat(MOST_HEADERS)}1\r\nx\r\n0\r\n\r\n`
  expect(read(zeros).outcome).toBe('headers-too-large')
})

test('a line without end is refused before its end', () => {
  for (const begun of [
    'HTTP/1.1 200 ',
    'HTTP/1.1 200 OK\r\nx',
    'HTTP/1.1 200 OK\r\nx:',
    `${CHUNKED}1;x`,
    `${CHUNKED}0`,
  ])
    expect(read(begun.padEnd(2 * MOST_HEADERS, begun.at(-1))).outcome).toBe('headers-too-large')
})

test('a body is text up to its limit, and beyond it none', () => {
  const chunked = (size: number) => `${CHUNKED}${size.toString(16)}\r\n${'x'.repeat(size)}\r\n0\r\n\r\n`
  const framings = [
    (size: number) => `HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n${'x'.repeat(size)}`,
    (size: number) => `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(size)}`,
    chunked,
  ]
  for (const frame of framings)
    for (const cuts of [[], [100, 1_000], [MOST_TEXT]]) {
      const most = read(frame(MOST_TEXT), { cuts })
      expect(most.reader).toMatchObject({ bytesReceived: MOST_TEXT })
      expect(most.reader.text).toHaveLength(MOST_TEXT)
      const more = read(frame(MOST_TEXT + 1), { cuts })
      expect(more).toMatchObject({ outcome: 'whole', reader: { bytesReceived: MOST_TEXT + 1, text: undefined } })
    }
})

const ZOE = Buffer.from('Zoë ☃ 🦊').toString('latin1')
const UTF8 = [
  `HTTP/1.1 200 OK\r\ncontent-length: ${ZOE.length}\r\n\r\n${ZOE}`,
  `${CHUNKED}3\r\n${ZOE.slice(0, 3)}\r\n${(ZOE.length - 3).toString(16)}\r\n${ZOE.slice(3)}\r\n0\r\n\r\n`,
  `HTTP/1.1 200 OK\r\n\r\n${ZOE}`,
]

test('any answer in any pieces comes to what it comes to in one', () => {
  const wires = [
    ...SOUND.map(({ wire, method = 'GET' }) => ({ wire, method })),
    ...[...UTF8, ...[...MALFORMED, ...CUT_SHORT].map(([, wire]) => wire)].map((wire) => ({ wire, method: 'GET' })),
  ]
  for (const utf8 of UTF8) expect(seen(utf8)).toMatchObject({ text: 'Zoë ☃ 🦊' })
  for (const { wire, method } of wires) {
    const whole = seen(wire, { method })
    const each = Array.from(wire, (_, at) => at)
    expect({ wire, ...seen(wire, { method, cuts: each }) }).toEqual({ wire, ...whole })
    for (const at of each) expect({ at, wire, ...seen(wire, { method, cuts: [at] }) }).toEqual({ at, wire, ...whole })
  }
  const anyCut = fc.constantFrom(...wires).chain(({ wire, method }) =>
    fc.record({
      wire: fc.constant(wire),
      method: fc.constant(method),
      wants: fc.record({ text: fc.boolean(), headers: fc.boolean() }),
      cuts: fc.uniqueArray(fc.nat(wire.length), { maxLength: 12 }).map((cuts) => cuts.toSorted((a, b) => a - b)),
    }),
  )
  fc.assert(
    fc.property(anyCut, ({ wire, method, wants, cuts }) => {
      expect(seen(wire, { method, wants, cuts })).toEqual(seen(wire, { method, wants }))
    }),
    { numRuns: 2_000 },
  )
})

test('no bytes whatsoever make it throw', () => {
  const wires = SOUND.map(({ wire }) => wire)
  const damaged = fc
    .record({ wire: fc.constantFrom(...wires), at: fc.nat(200), byte: fc.nat(255), gone: fc.nat(3) })
    .map(({ wire, at, byte, gone }) => wire.slice(0, at) + String.fromCharCode(byte) + wire.slice(at + gone))
  fc.assert(
    fc.property(damaged, fc.array(fc.nat(100), { maxLength: 5 }), (wire, cuts) => {
      const sorted = cuts.filter((cut) => cut <= wire.length).toSorted((a, b) => a - b)
      expect(seen(wire, { cuts: sorted }).outcome).toMatch(
        /^(whole|malformed-answer|connection-closed|body-too-large)$/,
      )
    }),
    { numRuns: 2_000 },
  )
})
