// What a recording's answers brought and its requests sent again: only what is clear is captured.
import { expect, test } from '@jest/globals'
import { isDynamic } from '../../src/import/har/leaves.ts'
import { imported, leftOut } from './imported.ts'
import { type Exchange, visit } from './visit.ts'

test.each([
  ...[
    '48213',
    '8f3a2c10-77de-4b1a-9f06-52c0de11aa42',
    'q7Xk2LmPz9RtVw4s',
    'eyJhbGciOiJI.eyJzdWIi.c2ln99',
    '/orders/8f3a2c1077',
    'debaffbaf341',
  ].map((value) => [value, true] as const),
  ...[
    '42',
    'lamp',
    'blue-shoes',
    '2026-03-14',
    'v1.2.3',
    'ada99@example.com',
    'page12',
    'decade12',
    'true',
    '',
    'application',
    '/assets/app.3f2a9c1b.css',
    'https://x.example/48213',
    '1024x768',
  ].map((value) => [value, false] as const),
])('%j looks made for one visit: %j', (value, is) => {
  expect(isDynamic(value)).toBe(is)
})

const use = (value: string): Exchange => ({ request: `GET /use/${value}` })
const ID = 'a1b2c3d4e5'

test.each<[string, Exchange, string]>([
  ['of JSON', { request: 'GET /', text: `{"data":{"order":{"id":"${ID}"}}}` }, 'orderId: { json: /data/order/id }'],
  [
    'in a list of JSON',
    { request: 'GET /', text: `{"items":[{"sku":"x"},{"sku":"${ID}"}]}` },
    'sku: { json: /items/1/sku }',
  ],
  ['with a slash in its name', { request: 'GET /', text: `{"a/b":{"~c":"${ID}"}}` }, 'c: { json: /a~1b/~0c }'],
  ['of a header', { request: 'GET /', answers: { 'X-Order-Id': ID } }, 'xOrderId: { header: x-order-id }'],
  ['of a cookie', { request: 'GET /', answers: { 'Set-Cookie': `cart=${ID}; Path=/` } }, 'cart: { cookie: cart }'],
  [
    'of a form',
    { request: 'GET /', type: 'text/html', text: `<input type="hidden" value='${ID}' name="order">` },
    'order: { html: "input[name=order]" }',
  ],
  [
    'of a script',
    { request: 'GET /', type: 'text/html', text: `<script>\nwindow.cartKey = "${ID}";</script>` },
    `cartKey: { regex: 'window\\.cartKey = "([^"]+)' }`,
  ],
])('a value %s is captured', (_, answer, capture) => {
  const { profile } = visit(answer, use(ID))
  expect(profile).toContain(`capture: { ${capture} }`)
  expect(profile).toContain(`get: /use/\${${capture.split(':')[0]}}`)
})

test('what is called a token is captured however it looks, and a password never', () => {
  const sent = (name: string) => {
    const page = { request: 'GET /', type: 'text/html', text: `<input value="Rx-kQwPz_LmTvBn-" name="${name}">` }
    const body = ['application/x-www-form-urlencoded', `${name}=Rx-kQwPz_LmTvBn-`] as const
    return visit(page, { request: 'POST /x', body: [...body] }).profile
  }
  expect(sent('_token')).toContain('form: { _token: "${token}" }')
  expect(sent('password')).toContain('form: { password: "${env.PASSWORD}" }')
  expect(sent('shade')).toContain('form: { shade: Rx-kQwPz_LmTvBn- }')
})

test('a redirect to an address of its own is followed by what it says', () => {
  const { profile } = visit(
    {
      request: 'POST /orders',
      body: ['application/json', '{"a":1}'],
      status: 303,
      answers: { location: `/orders/${ID}` },
    },
    { request: `GET /orders/${ID}` },
    { request: `GET /orders/${ID}/items?x=1` },
  )
  expect(profile).toContain('capture: { location: { header: location } }')
  expect(profile).toContain('get: ${location}\n')
  expect(profile).toContain('get: ${location}/items?x=1\n')
})

test('what is sent before an answer says it is known, and nothing is captured', () => {
  const { profile } = visit(use(ID), { request: 'GET /', text: `{"id":"${ID}"}` }, use(ID))
  expect(profile).not.toContain('capture')
})

test.each<[string, Exchange]>([
  ['twice in JSON', { request: 'GET /', text: `{"a":"${ID}","b":{"c":"${ID}"}}` }],
  [
    'not first among its like',
    { request: 'GET /', type: 'text/html', text: `<a href="/use/other99999">1</a><a href="/use/${ID}">2</a>` },
  ],
])('a value that stands %s stays, and is told of', (_, answer) => {
  const { profile, account } = visit(answer, use(ID))
  expect(profile).not.toContain('capture')
  expect(profile).toContain(`get: /use/${ID}`)
  expect(account.notes.join()).toContain(
    `GET /use/${ID} sends use as recorded; the answer of GET / has it too, in no place that is clear`,
  )
})

test('of two places the one with the name that the request has for it is meant', () => {
  const { profile } = visit(
    { request: 'GET /', text: `{"a":"${ID}","cartKey":"${ID}"}` },
    { request: 'POST /x', body: ['application/x-www-form-urlencoded', `cart_key=${ID}`] },
  )
  expect(profile).toContain('capture: { cartKey: { json: /cartKey } }')
  expect(profile).toContain('form: { cart_key: "${cartKey}" }')
})

test('it is filled in wherever it is sent, a number too, and nowhere else', () => {
  const { profile } = visit(
    { request: 'GET /', text: `{"order":{"id":${77123}},"key":"${ID}"}` },
    { request: `GET /a?x=${ID}&y=other`, headers: { 'X-Key': `Token ${ID}` } },
    { request: 'POST /b', body: ['application/json', `{"n":77123,"t":"x77123","k":"${ID}"}`] },
    { request: 'PUT /c', body: ['application/xml', '<order key="a1b2c3d4e5" no="177123"/>'] },
  )
  expect(profile).toContain('get: /a?x=${key}&y=other')
  expect(profile).toContain('X-Key: "Token ${key}"')
  expect(profile).toContain(`body: '{"n":\${orderId},"t":"x77123","k":"\${key}"}'`)
  expect(profile).toContain('no="177123"')
})

test('what a page brings along is beside it, but for what a profile refuses', () => {
  const style = { type: 'text/css' }
  const { profile, account, steps } = visit(
    { request: 'GET /', type: 'text/html' },
    { request: 'GET /a.css', ...style },
    { request: 'GET /b.css', headers: { 'x-note': 'Ā' }, ...style },
    { request: 'GET /c.css', ...style },
  )
  expect(profile).toContain('also: [ { get: /a.css }, { get: /c.css } ]\n')
  expect(steps).toHaveLength(3)
  expect(leftOut(account, 'request')).toEqual([
    expect.stringMatching(/^GET \/b\.css: refused by the profile \(.*header/),
  ])
})

test('pauses are rounded as people do, and those of the browser are none', () => {
  const { profile } = visit(...[100, 340, 2_740, 14_400, 93_000].map((after) => ({ request: 'GET /', after })))
  expect([...profile.matchAll(/think: (.*)/g)].map(([, pause]) => pause)).toEqual(['300ms', '2.5s', '14s', '1m 35s'])
})

test('secrets without an answer that brought them come from the environment', () => {
  const { profile, variables } = visit(
    { request: 'GET /?api_key=ak-12345678', headers: { authorization: 'Basic YWRhOmxvdmU=', 'x-auth': 'no' } },
    { request: 'POST /login', body: ['application/json', '{"user":"ada","password":"pw","pin":1}'] },
  )
  expect(profile).not.toMatch(/ak-12345678|YWRhOmxvdmU|"pw"|: pw/)
  expect(variables).toEqual(['API_KEY', 'BASIC_AUTH', 'PASSWORD'])
})

test.each([
  ['{"log":{}}', /visit\.har:1:1: there is no "log" with "entries"/],
  ['{"log":', /^visit\.har:1:\d+: this is not JSON/],
  ['{"log":{"entries":[{},null,{"request":{"url":"x"}}]}}', /no request over HTTP/],
])('%s is refused', (text, message) => {
  expect(() => imported('har', { file: 'visit.har', text })).toThrow(message)
})

test('frames and icons are loaded along with their page; a frame of which something is captured is a step', () => {
  const frame = { type: 'text/html', headers: { 'sec-fetch-dest': 'iframe' } }
  const { profile } = visit(
    { request: 'GET /', type: 'text/html' },
    { request: 'GET /icon', type: 'image/svg+xml' },
    { request: 'GET /frames/news', ...frame },
    { request: 'GET /frames/form', ...frame, text: `<input name="csrf" value="${ID}">` },
    { request: 'GET /frames/later', ...frame, after: 2_000 },
    { request: 'POST /x', body: ['application/x-www-form-urlencoded', `csrf=${ID}`] },
  )
  expect(profile).toContain(`      - get: /
        also: [ { get: /icon }, { get: /frames/news } ]
      - get: /frames/form
        capture: { csrf: { html: "input[name=csrf]" } }
      - think: 2s
      - get: /frames/later
`)
})
