import { expect, test } from '@jest/globals'
import { CookieJar } from '../../src/engine/cookies.ts'
import { compileRequest } from '../../src/engine/request.ts'
import type { PlannedStep } from '../../src/plan/plan.ts'
import { VERSION } from '../../src/version.ts'
import { onePlan, requestStep } from '../support/plans.ts'

const NOTHING = { text: false, headers: false }
const host = 'host: host\r\n'
const agent = `user-agent: loadgate/${VERSION}\r\n`
const captured = { encode: 'none', value: { kind: 'capture', name: 'x' } } as const

function prepare(step: ReturnType<typeof requestStep>, { x = '', target = 'http://host', cookies = '' } = {}) {
  const plan = onePlan({ port: 0, target, steps: [step] })
  const planned = plan.scenarios[0]!.steps[0] as Extract<PlannedStep, { kind: 'request' }>
  const jar = new CookieJar(new URL(target))
  if (cookies) jar.store(cookies, '/', 0)
  const values = { row: () => undefined, captured: () => x, number: () => 0, draw: () => 0, now: () => 0 }
  return compileRequest(planned, plan, NOTHING)(values, cookies ? jar : undefined)
}

test('a step that is always the same is worked out once', () => {
  const plan = onePlan({ port: 0, steps: [requestStep()] })
  const planned = plan.scenarios[0]!.steps[0] as Extract<PlannedStep, { kind: 'request' }>
  const prepared = compileRequest(planned, plan, NOTHING)
  const values = { row: () => undefined, captured: () => '', number: () => 0, draw: () => 0, now: () => 0 }
  expect(prepared(values, undefined)).toBe(prepared(values, undefined))
})

test.each([
  ['http://host', '/a', '/a'],
  ['http://host/', '/a', '/a'],
  ['http://host/base', '/a?b=c', '/base/a?b=c'],
  ['http://host/base/', '/', '/base/'],
  ['http://host', '/a b/ü', '/a%20b/%C3%BC'],
  ['http://host', '//evil.example/', '//evil.example/'],
])('on %s the path %s is %s', (target, path, sent) => {
  expect(prepare(requestStep({ path: [path] }), { target })?.path).toBe(sent)
})

test.each(['http://evil.example/', '', 'relative', '/a\r\nx: y', '/a\nb', '/a\0b', '/a\x7fb'])(
  'a captured path %j is not sent',
  (x) => {
    expect(prepare(requestStep({ path: [captured] }), { x })).toBeUndefined()
    expect(prepare(requestStep({ path: [captured] }), { x, target: 'http://host/base' })).toBeUndefined()
  },
)

test('headers: our name unless the step has one, the type of the body unless the step has one', () => {
  const body = { type: 'application/json', content: ['{}'] }
  expect(prepare(requestStep())?.fields).toBe(host + agent)
  expect(prepare(requestStep({ headers: [['User-Agent', ['me']]] }))?.fields).toBe(`${host}User-Agent: me\r\n`)
  expect(prepare(requestStep({ headers: [['Host', ['other']]] }))?.fields).toBe(`${agent}Host: other\r\n`)
  const length = 'content-length: 2\r\n'
  expect(prepare(requestStep({ body }))?.fields).toBe(`${host}${agent}content-type: application/json\r\n${length}`)
  expect(prepare(requestStep({ body, headers: [['Content-Type', ['a/b']]] }))?.fields).toBe(
    `${host}${agent}Content-Type: a/b\r\n${length}`,
  )
})

test('headers that change come behind those that do not', () => {
  const step = requestStep({
    headers: [
      ['x', ['1', captured]],
      ['y', ['2']],
    ],
  })
  expect(prepare(step, { x: '0' })?.fields).toBe(`${host}${agent}y: 2\r\nx: 10\r\n`)
})

test('a header value beyond ASCII goes as its UTF-8 bytes; one that would end the line does not go', () => {
  const step = requestStep({ headers: [['x', [captured]]] })
  expect(Buffer.from(prepare(step, { x: 'Zoë ☃' })!.fields, 'latin1').toString()).toBe(`${host}${agent}x: Zoë ☃\r\n`)
  for (const x of ['a\r\nb: c', 'a\nb', 'a\0b', 'a\x7fb']) expect(prepare(step, { x })).toBeUndefined()
})

test('cookies: one header, the step’s own first', () => {
  const cookies = 'id=7; Path=/'
  expect(prepare(requestStep(), { cookies })?.fields).toBe(`${host}${agent}cookie: id=7\r\n`)
  const own = requestStep({ headers: [['Cookie', ['theme=dark']]] })
  expect(prepare(own)?.fields).toBe(`${host}${agent}cookie: theme=dark\r\n`)
  expect(prepare(own, { cookies })?.fields).toBe(`${host}${agent}cookie: theme=dark; id=7\r\n`)
})

test('a body is its UTF-8 bytes, and an empty one is none', () => {
  const body = (content: string) => ({ type: undefined, content: [content] })
  const bytes = (step: ReturnType<typeof requestStep>) => Buffer.from(prepare(step, { x: 'ü' })!.body, 'latin1')
  expect(bytes(requestStep({ body: body('Zoë') }))).toEqual(Buffer.from('Zoë'))
  expect(prepare(requestStep({ body: body('Zoë') }))?.fields).toContain('content-length: 4\r\n')
  expect(prepare(requestStep({ body: body('') }))?.fields).not.toContain('content-length')
  expect(prepare(requestStep({ method: 'POST' }))?.fields).toContain('content-length: 0\r\n')
  expect(bytes(requestStep({ body: { type: undefined, content: ['<', captured, '>'] } }))).toEqual(Buffer.from('<ü>'))
})

test('on the wire: request line, headers, a blank line, the body', () => {
  const step = requestStep({ method: 'PUT', path: ['/a'], body: { type: undefined, content: ['ü'] } })
  const written = `PUT /a HTTP/1.1\r\n${host}${agent}content-length: 2\r\n\r\n`
  expect(Buffer.from(prepare(step)!.wire, 'latin1')).toEqual(Buffer.from(`${written}ü`))
})
