import { expect, test } from '@jest/globals'
import { compileCapture } from '../../src/engine/captures.ts'
import { compileCheck } from '../../src/engine/check.ts'
import { CookieJar } from '../../src/engine/cookies.ts'
import { compileHtml } from '../../src/engine/html.ts'
import { NOTHING } from '../../src/engine/template.ts'
import { compilePattern } from '../../src/pattern.ts'
import type { RequestStep } from '../../src/profile/profile.ts'
import { answerTo, STAND_IN_PATTERN } from '../../src/sizing/stand-in-answers.ts'
import { requestStep } from '../support/plans.ts'

type Parts = Parameters<typeof requestStep>[0]
const json = (pointer: string) => ({ kind: 'json', pointer }) as const
const status = (...codes: number[]) => codes.map((code) => ({ from: code, to: code }))

/** What the engine makes of the stand-in's answer, as an HTTP client would hand it over, and what it keeps of it. */
function judge(step: RequestStep) {
  const { status, headers, body } = answerTo(step)
  const kept = new Map<string, string>()
  const fields: Record<string, string> = {}
  for (let at = 0; at < headers.length; at += 2) fields[headers[at]!] = headers[at + 1]!
  const answer = {
    cause: undefined,
    status,
    headers: fields,
    text: body,
    bytesReceived: body.length,
    bytesSent: 0,
    startedAt: 0,
    sentAt: 0,
    firstByteAt: 1,
    doneAt: 1,
  } as const
  const patterns = new Map([[STAND_IN_PATTERN, compilePattern(STAND_IN_PATTERN)]])
  const captures = step.capture.map((one) => compileCapture(one, patterns, { compileHtml }))
  const cause = compileCheck(step.expect, captures).check(
    answer,
    {
      keep: (name, value) => kept.set(name, value),
      now: () => 0,
    },
    NOTHING,
  )
  return { cause, status, kept: Object.fromEntries(kept), body }
}

test.each<[what: string, Parts]>([
  ['any success', {}],
  ['one status', { expect: { status: status(201) } }],
  [
    'a redirect',
    { expect: { status: status(302) }, capture: [{ name: 'to', from: { kind: 'header', name: 'location' } }] },
  ],
  ['an error on purpose', { expect: { status: [{ from: 400, to: 499 }] } }],
  ['no content', { expect: { status: status(204) } }],
  ['no content, or content where there has to be some', { expect: { status: status(204, 206), body: 'x' } }],
  ['text', { expect: { body: 'Grüße "an" alle' } }],
  [
    'headers',
    {
      expect: {
        headers: [
          { name: 'content-type', contains: 'text/html' },
          { name: 'x-a', contains: 'b' },
        ],
      },
    },
  ],
  [
    'JSON',
    {
      expect: {
        json: [
          { pointer: '/a/b', value: 1 },
          { pointer: '/a/c', value: [1, { d: null }] },
        ],
      },
    },
  ],
  [
    'JSON at one place within another',
    {
      expect: {
        json: [
          { pointer: '/a/0', value: 1 },
          { pointer: '/a', value: [1] },
        ],
      },
    },
  ],
  ['a whole document', { expect: { json: [{ pointer: '', value: 'ok' }] } }],
  ['keys with slashes and tildes', { expect: { json: [{ pointer: '/a~1b/~0c', value: true }] } }],
  ['keys that objects have by themselves', { expect: { json: [{ pointer: '/__proto__/constructor', value: 1 }] } }],
  ['JSON and text that is a part of it', { expect: { json: [{ pointer: '/ok', value: true }], body: '"ok":true' } }],
  ['JSON and text that is not', { expect: { json: [{ pointer: '/ok', value: true }], body: 'welcome' } }],
  [
    'a pattern in text',
    { expect: { body: 'welcome' }, capture: [{ name: 'x', from: { kind: 'regex', pattern: STAND_IN_PATTERN } }] },
  ],
  [
    'elements of a page, and text',
    {
      expect: { body: 'welcome' },
      capture: [
        { name: 'x', from: { kind: 'html', selector: 'input[name="a\'b&c"].d', attribute: 'value' } },
        { name: 'y', from: { kind: 'html', selector: '[content]', attribute: 'content' } },
      ],
    },
  ],
  [
    'elements of a page within JSON',
    {
      expect: { json: [{ pointer: '/a', value: 1 }] },
      capture: [{ name: 'x', from: { kind: 'html', selector: 'a#b', attribute: 'href' } }],
    },
  ],
  ['GraphQL', { expect: { graphql: true }, capture: [{ name: 'id', from: json('/data/me/id') }] }],
])('the engine is content with the answer to a step that expects %s', (_, parts) => {
  expect(judge(requestStep(parts)).cause).toBeUndefined()
})

test('everything that a step captures is there, and what it also expects is as expected', () => {
  const { cause, kept } = judge(
    requestStep({
      expect: { json: [{ pointer: '/user/id', value: 7 }], headers: [{ name: 'location', contains: '/orders/1' }] },
      capture: [
        { name: 'id', from: json('/user/id') },
        { name: 'token', from: json('/user/token') },
        { name: 'third', from: json('/list/3/id') },
        { name: 'session', from: { kind: 'cookie', name: 'session' } },
        { name: 'order', from: { kind: 'header', name: 'location' } },
        { name: 'tag', from: { kind: 'header', name: 'etag' } },
        { name: 'found', from: { kind: 'regex', pattern: STAND_IN_PATTERN } },
        { name: 'csrf', from: { kind: 'html', selector: 'input[name=csrf]', attribute: 'value' } },
      ],
    }),
  )
  expect(cause).toBeUndefined()
  expect(kept).toMatchObject({ id: '7', order: '/orders/1' })
  for (const name of ['token', 'third', 'session', 'tag', 'found', 'csrf']) expect(kept[name]).toMatch(/^stand-in/)
})

test('a cookie comes back with every later step, wherever it goes', () => {
  const { headers } = answerTo(requestStep({ capture: [{ name: 's', from: { kind: 'cookie', name: 'session' } }] }))
  const jar = new CookieJar(new URL('http://127.0.0.1:8080'))
  jar.store(headers[headers.indexOf('set-cookie') + 1]!, '/0/login/form', 0)
  expect(jar.header('/1/account', 0)).toMatch(/^session=stand-in/)
})

test('a status that has no body is told without one', () => {
  expect(judge(requestStep({ expect: { status: status(204) } }))).toMatchObject({ status: 204, body: '' })
  expect(answerTo(requestStep({ method: 'HEAD', expect: { body: 'x' } })).body).toBe('')
})

test.each<[what: string, Parts]>([
  ['text without a body to hold it', { expect: { status: status(204), body: 'x' } }],
  ['an answer that never ends', { expect: { status: status(100) } }],
  [
    'two values at one place',
    {
      expect: {
        json: [
          { pointer: '/a', value: 1 },
          { pointer: '/a/b', value: 2 },
        ],
      },
    },
  ],
  ['a header that would be two', { expect: { headers: [{ name: 'x-a', contains: 'b\r\nc: d' }] } }],
  ['another length than it has', { expect: { headers: [{ name: 'content-length', contains: '999' }] } }],
])('what contradicts itself is answered all the same, and its request fails: %s', (_, parts) => {
  const answer = answerTo(requestStep(parts))
  expect(answer.status).toBeGreaterThanOrEqual(200)
  expect(answer.headers.join()).not.toMatch(/[\r\n]/)
  expect(judge(requestStep(parts)).cause).toBeDefined()
})
