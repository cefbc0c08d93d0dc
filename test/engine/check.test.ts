import { expect, test } from '@jest/globals'
import { compileCapture } from '../../src/engine/captures.ts'
import { compileCheck } from '../../src/engine/check.ts'
import type { Answer } from '../../src/engine/http/transport.ts'
import { compilePointer } from '../../src/engine/json-values.ts'
import { NOTHING } from '../../src/engine/template.ts'
import { compilePattern } from '../../src/pattern.ts'
import { requestStep } from '../support/plans.ts'

const PATTERNS = ['name="csrf" value="([^"]+)"', 'id-[0-9]+', 'a(b)?']

type Step = Parameters<typeof requestStep>[0]

function judge(step: Step, answer: Partial<Answer>) {
  const kept: Record<string, string> = {}
  const { expect, capture } = requestStep(step)
  const patterns = new Map(PATTERNS.map((source) => [source, compilePattern(source)]))
  const captures = capture.map((one) => compileCapture(one, patterns))
  const { check, wants } = compileCheck(expect, captures)
  const whole: Answer = {
    cause: undefined,
    status: 200,
    headers: {},
    text: undefined,
    sentAt: 0,
    firstByteAt: 0,
    startedAt: 0,
    doneAt: 1,
    bytesSent: 0,
    bytesReceived: 0,
    ...answer,
  }
  const cause = check(whole, { keep: (name, value) => Object.assign(kept, { [name]: value }), now: () => 0 }, NOTHING)
  return { cause, kept, needsText: wants.text }
}

test.each([
  [200, undefined],
  [302, undefined],
  [399, undefined],
  [199, 'unexpected-status'],
  [400, 'unexpected-status'],
])('status %s', (status, cause) => {
  expect(judge({}, { status })).toEqual({ cause, kept: {}, needsText: false })
})

const regex = (pattern: string) => ({ capture: [{ name: 'x', from: { kind: 'regex', pattern } }] }) as const

test.each([
  [PATTERNS[0]!, '<input name="csrf" value="a&b"><input name="csrf" value="c">', 'a&b'],
  [PATTERNS[1]!, 'id-7 and id-8', 'id-7'],
  [PATTERNS[1]!, 'no id', undefined],
  // A group that has no part in it is no value.
  [PATTERNS[2]!, 'ac', undefined],
])('of %s in %s is kept: %s', (pattern, text, value) => {
  const kept = value === undefined ? {} : { x: value }
  const cause = value === undefined ? 'missing-capture' : undefined
  expect(judge(regex(pattern), { text })).toEqual({ cause, kept, needsText: true })
})

test('a body that was too large to keep has nothing in it', () => {
  expect(judge(regex(PATTERNS[1]!), { text: undefined }).cause).toBe('body-too-large')
})

const json = (pointer: string, value: never) => ({ expect: { json: [{ pointer, value }] } })

test.each([
  ['/ok', true, '{"ok": true}', undefined],
  ['/ok', true, '{"ok": false}', 'unexpected-answer'],
  ['/ok', true, '{}', 'unexpected-answer'],
  ['/ok', null, '{"ok": null}', undefined],
  ['/ok', null, '{}', 'unexpected-answer'],
  ['', [1, { a: 2 }], '[1, {"a": 2}]', undefined],
  ['/0/a~1b/m~0n', 5, '[{"a/b": {"m~n": 5}}]', undefined],
  ['/ok', true, '<html>', 'unexpected-answer'],
  ['/ok', true, '', 'unexpected-answer'],
])('%j is to be %j in %s', (pointer, value, text, cause) => {
  expect(judge(json(pointer, value as never), { text })).toMatchObject({ cause, needsText: true })
})

test('a pointer finds nothing that the document does not say of itself', () => {
  expect(compilePointer('/constructor')({})).toBeUndefined()
  expect(compilePointer('/__proto__')(JSON.parse('{"__proto__": 1}'))).toBe(1)
  expect(compilePointer('/length')([1, 2])).toBeUndefined()
  expect(compilePointer('/-')([1, 2])).toBeUndefined()
  expect(compilePointer('/01')([1, 2])).toBeUndefined()
  expect(compilePointer('/0')('text')).toBeUndefined()
})

test.each([
  [{ 'content-type': 'text/html; charset=utf-8' }, undefined],
  [{ 'content-type': ['text/plain', 'text/html'] }, undefined],
  [{ 'content-type': 'text/plain' }, 'unexpected-answer'],
  [{}, 'unexpected-answer'],
])('a header is to contain a text: %j', (headers, cause) => {
  expect(judge({ expect: { headers: [{ name: 'Content-Type', contains: 'text/html' }] } }, { headers }).cause).toBe(
    cause,
  )
})

test('the body is to contain a text', () => {
  expect(judge({ expect: { body: 'welcome' } }, { text: 'you are welcome' }).cause).toBeUndefined()
  expect(judge({ expect: { body: 'welcome' } }, { text: '' }).cause).toBe('unexpected-answer')
  expect(judge({ expect: { body: 'welcome' } }, { text: undefined }).cause).toBe('body-too-large')
})

test('the status is judged first: an error page is no unexpected answer', () => {
  expect(judge({ expect: { body: 'welcome' } }, { status: 500, text: 'oops' }).cause).toBe('unexpected-status')
})

test('values are kept from the body, the headers and the cookies', () => {
  const capture = [
    { name: 'id', from: { kind: 'json', pointer: '/user/id' } },
    { name: 'tags', from: { kind: 'json', pointer: '/tags' } },
    { name: 'next', from: { kind: 'header', name: 'Location' } },
    { name: 'session', from: { kind: 'cookie', name: 'sid' } },
  ] as const
  const { cause, kept } = judge(
    { capture },
    {
      text: '{"user": {"id": 7}, "tags": ["a"]}',
      headers: { location: '/n%C3%A4chste', 'set-cookie': ['sid=old', 'other=1', 'sid=Zo\u00c3\u00ab; Path=/'] },
    },
  )
  expect(cause).toBeUndefined()
  expect(kept).toEqual({ id: '7', tags: '["a"]', next: '/n%C3%A4chste', session: 'Zoë' })
})

test.each([
  [{ kind: 'json', pointer: '/id' }, { text: '{"id": null}' }],
  [{ kind: 'json', pointer: '/id' }, { text: 'no json' }],
  [{ kind: 'header', name: 'x' }, { headers: {} }],
  [{ kind: 'header', name: 'constructor' }, { headers: {} }],
  [{ kind: 'cookie', name: 'sid' }, { headers: { 'set-cookie': 'other=1' } }],
] as const)('what is not there cannot be kept: %j', (from, answer) => {
  expect(judge({ capture: [{ name: 'x', from }] }, answer).cause).toBe('missing-capture')
})
