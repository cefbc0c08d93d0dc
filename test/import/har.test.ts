// A visit as Chromium's developer tools export it: what becomes of each exchange, and that the same visit comes again.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { countLines } from '../../src/import/summary.ts'
import { startCountingServer } from '../support/counting-server.ts'
import { FILES, imported, leftOut, missingIn, sentOnce } from './imported.ts'

const shop = imported('har', { file: 'shop.har' })

test('the profile that is made of a visit', () => {
  expect(shop.profile).toBe(readFileSync(join(FILES, 'shop.har.yml'), 'utf8'))
})

test('each request, header and body is in the profile or in the list', () => {
  const { entries } = JSON.parse(readFileSync(join(FILES, 'shop.har'), 'utf8')).log
  const headers = entries.flatMap(({ request }: { request: { headers: unknown[] } }) => request.headers)
  const bodies = entries.filter(({ request }: { request: { postData?: unknown } }) => request.postData)
  const { counts, left } = shop.account
  expect(missingIn(shop.account)).toEqual([])
  expect(counts.request.found).toBe(entries.length)
  expect(counts.header.found).toBe(headers.length)
  expect(counts.body.found).toBe(bodies.length)
  expect(counts.request.taken).toBe(shop.steps.length)
  expect(counts.body.taken).toBe(shop.steps.filter(({ body }) => body).length)
  // The content type of a body stands in `json`, `form`, `multipart` or `type`; what GraphQL accepts goes without saying.
  const said = shop.steps.flatMap(({ headers }) => headers).filter(([, value]) => !/graphql/.test(String(value)))
  const written = said.length + shop.steps.filter(({ body }) => body).length
  expect(counts.header.taken).toBe(written)
  expect(left.filter(({ kind }) => kind === 'request')).toHaveLength(entries.length - shop.steps.length)
  expect(countLines(shop.account)[0]).toMatch(/^20 requests: 13 taken, 7 left out: 2 to another address than/)
})

test('each request that is left out stands as a comment at its place', () => {
  const comments = shop.profile.split('\n').filter((line) => /^\s+# Left out:/.test(line))
  expect(comments).toHaveLength(leftOut(shop.account, 'request').length)
})

test('no secret of the visit is in the profile or in the list', () => {
  const all = shop.profile + JSON.stringify(shop.account.left) + shop.account.notes.join()
  for (const secret of [
    'love lace',
    'love+lace',
    'k-9f8e7d6c5b4a',
    'tok_live',
    'b64d0f3c9a7e',
    's3cr3tsession',
    'eyJhbGci',
  ])
    expect(all).not.toContain(secret)
  expect(shop.variables).toEqual(['REMEMBER_COOKIE', 'PASSWORD', 'X_API_KEY', 'TOKEN'])
})

test('the same requests come again, with the values that the service gives this time', async () => {
  const order = '0c0ffee0-1111-4222-8333-444455556666'
  const answers: Record<
    string,
    { status?: number; type?: string; headers?: Record<string, string | string[]>; body?: string }
  > = {
    'GET /': {
      headers: { 'set-cookie': 'sid=first; Path=/' },
      body: '<meta name="csrf-token" content="fresh-csrf-77"><input name="csrf" value="fresh-csrf-77">',
    },
    'POST /login': {
      status: 302,
      headers: { location: '/account', 'set-cookie': ['sid=second; Path=/', 'XSRF-TOKEN=fresh-xsrf-88; Path=/'] },
    },
    'GET /api/session': { body: JSON.stringify({ user: { id: 90001 }, token: 'fresh.jwt.99' }) },
    'POST /api/orders': { status: 201, body: JSON.stringify({ data: { order: { id: order } } }) },
    'GET /missing': { status: 404 },
  }
  await using server = await startCountingServer(({ method, url }, response) => {
    const { status = 200, headers = {}, body = '{}' } = answers[`${method} ${url.split('?')[0]}`] ?? {}
    response.writeHead(status, headers)
    response.end(body)
  })
  const result = await sentOnce(shop, server.port)
  expect(result.steps.map(({ failed }) => failed)).toEqual(shop.steps.map(() => 0))
  const seen = server.requests.map(({ method, url }) => `${method} ${url.replace(/_=\d{13}$/, '_=now')}`)
  expect(seen).toEqual([
    'GET /',
    'GET /assets/app.3f2a9c1b.css',
    'GET /assets/logo.png',
    'POST /login',
    'GET /account',
    'GET /api/session',
    'GET /api/users/90001/orders?page=1&_=now',
    'POST /api/orders',
    'POST /graphql',
    `POST /api/orders/${order}/photos`,
    `GET /orders/${order}`,
    'GET /missing?token=env-of-TOKEN',
    'GET /search?q=blue%20shoes&colour=blue&size=42&sort=price&direction=descending',
  ])
  const [, , , login, account, , orders, buy, query, upload] = server.requests
  expect(login!.body).toBe('email=ada%40example.com&password=env-of-PASSWORD&csrf=fresh-csrf-77')
  expect(login!.headers['content-type']).toBe('application/x-www-form-urlencoded')
  expect(account!.headers.cookie).toBe(
    'consent=yes; remember=env-of-REMEMBER_COOKIE; sid=second; XSRF-TOKEN=fresh-xsrf-88',
  )
  expect(orders!.headers.authorization).toBe('Bearer fresh.jwt.99')
  expect(JSON.parse(buy!.body)).toEqual({
    user: 90001,
    items: [{ sku: 'lamp', count: 2 }],
    note: 'costs ${5}, see https://shop.example',
  })
  expect(buy!.headers['x-xsrf-token']).toBe('fresh-xsrf-88')
  expect(JSON.parse(query!.body)).toMatchObject({ variables: { id: order }, operationName: 'OrderState' })
  expect(upload!.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
  expect(upload!.body).toContain('name="title"\r\n\r\nLamp\r\n')
  expect(upload!.body).toContain(
    'name="photo"; filename="lamp.jpg"\r\nContent-Type: image/jpeg\r\n\r\ncontent of lamp.jpg\r\n',
  )
})
