import { expect, test } from '@jest/globals'
import { CookieJar } from '../../src/engine/cookies.ts'
import { compileRequest } from '../../src/engine/request.ts'
import type { PlannedStep } from '../../src/plan/plan.ts'
import { VERSION } from '../../src/version.ts'
import { onePlan, requestStep } from '../support/plans.ts'

const agent = ['user-agent', `loadgate/${VERSION}`]
const captured = { encode: 'none', value: { kind: 'capture', name: 'x' } } as const

function prepare(step: ReturnType<typeof requestStep>, { x = '', target = 'http://host', cookies = '' } = {}) {
  const plan = onePlan({ port: 0, target, steps: [step] })
  const planned = plan.scenarios[0]!.steps[0] as Extract<PlannedStep, { kind: 'request' }>
  const jar = new CookieJar(new URL(target))
  if (cookies) jar.store(cookies, '/', 0)
  const values = { row: () => undefined, captured: () => x, draw: () => 0, now: () => 0 }
  return compileRequest(planned, plan, false)(values, cookies ? jar : undefined)
}

test('a step that is always the same is worked out once', () => {
  const plan = onePlan({ port: 0, steps: [requestStep()] })
  const planned = plan.scenarios[0]!.steps[0] as Extract<PlannedStep, { kind: 'request' }>
  const prepared = compileRequest(planned, plan, false)
  const values = { row: () => undefined, captured: () => '', draw: () => 0, now: () => 0 }
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
  expect(prepare(requestStep())?.headers).toEqual(agent)
  expect(prepare(requestStep({ headers: [['User-Agent', ['me']]] }))?.headers).toEqual(['User-Agent', 'me'])
  expect(prepare(requestStep({ body }))?.headers).toEqual([...agent, 'content-type', 'application/json'])
  expect(prepare(requestStep({ body, headers: [['Content-Type', ['a/b']]] }))?.headers).toEqual([
    ...['Content-Type', 'a/b'],
    ...agent,
  ])
})

test('a header value beyond ASCII goes as its UTF-8 bytes; one that would end the line does not go', () => {
  const step = requestStep({ headers: [['x', [captured]]] })
  expect(Buffer.from(prepare(step, { x: 'Zoë ☃' })!.headers[1]!, 'latin1').toString()).toBe('Zoë ☃')
  for (const x of ['a\r\nb: c', 'a\nb', 'a\0b']) expect(prepare(step, { x })).toBeUndefined()
})

test('cookies: one header, the step’s own first', () => {
  const cookies = 'id=7; Path=/'
  expect(prepare(requestStep(), { cookies })?.headers).toEqual([...agent, 'cookie', 'id=7'])
  const own = requestStep({ headers: [['Cookie', ['theme=dark']]] })
  expect(prepare(own, { cookies })?.headers).toEqual(['Cookie', 'theme=dark; id=7', ...agent])
})

test('a body is its UTF-8 bytes, and an empty one is none', () => {
  const body = (content: string) => ({ type: undefined, content: [content] })
  expect(prepare(requestStep({ body: body('Zoë') }))?.body).toEqual(Buffer.from('Zoë'))
  expect(prepare(requestStep({ body: body('') }))?.body).toBeUndefined()
  expect(prepare(requestStep({ body: { type: undefined, content: ['<', captured, '>'] } }), { x: 'ü' })?.body).toEqual(
    Buffer.from('<ü>'),
  )
})
