// A description of an API: a step for each operation, and whatever has none.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { startCountingServer } from '../support/counting-server.ts'
import { FILES, imported, leftOut, missingIn, sentOnce } from './imported.ts'

const shop = imported('openapi', { file: 'shop.openapi.yaml' })
const api = (paths: object, more: object = {}) =>
  imported('openapi', {
    file: 'api.json',
    text: JSON.stringify({ openapi: '3.1.0', info: { title: 'api' }, paths, ...more }),
  })

test('the profile that is made of a description', () => {
  expect(shop.profile).toBe(readFileSync(join(FILES, 'shop.openapi.yaml.yml'), 'utf8'))
})

test('each operation, header, body and parameter is in the profile or in the list', () => {
  const { counts } = shop.account
  expect(missingIn(shop.account)).toEqual([])
  expect(counts.request).toEqual({ found: 9, taken: shop.steps.length })
  expect(counts.header).toEqual({ found: 2, taken: 1 })
  expect(counts.body).toEqual({ found: 4, taken: shop.steps.filter(({ body }) => body).length })
  expect(leftOut(shop.account, 'request')).toEqual(['TRACE /trees: with a method that a profile does not have'])
  expect(leftOut(shop.account, 'element')).toEqual([
    'GET /orders: sort: optional and without an example',
    '/elsewhere: described elsewhere',
  ])
})

test('all of it is sent, below the base path', async () => {
  await using server = await startCountingServer((_, response) => void response.end('{}'))
  await sentOnce({ ...shop, profile: shop.profile.replace(/^ +expect: .*\n/gm, '') }, server.port)
  expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET /orders?page=1&status=open',
    'GET /orders/a%2Fb%201',
    'GET /health',
    'POST /orders',
    'POST /login',
    'POST /photos',
    'PUT /trees',
    'DELETE /orders/a%2Fb%201',
  ])
  expect(server.requests[0]!.headers.authorization).toBe('Bearer env-of-BEARER_AUTH')
  expect(server.requests[2]!.headers.authorization).toBeUndefined()
  expect(server.requests[4]!.body).toBe('user=ada%20%24%7Bx%7D&remember=true')
  expect(JSON.parse(server.requests[6]!.body).name).toHaveLength(6)
})

test.each([
  ['const, in 3.1', { const: 'x' }, '"x"'],
  ['the first of examples', { examples: [7, 8] }, '7'],
  ['no null where there is another type', { type: ['null', 'boolean'] }, 'true'],
  ['the first of several', { oneOf: [{ type: 'integer', minimum: 3 }, { type: 'string' }] }, '3'],
  ['a number above a bound', { type: 'number', exclusiveMinimum: 4 }, '5'],
  ['a text that is long enough', { type: 'string', minLength: 6 }, '"textxx"'],
])('a body is made of its schema: %s', (_, schema, value) => {
  const made = api({
    '/x': { post: { requestBody: { content: { 'application/json': { schema: { properties: { a: schema } } } } } } },
  })
  expect(made.steps[0]!.body!.content).toEqual([`{"a":${value}}`])
})

test('a reference in a circle, or out of the document, leaves its request out', () => {
  const body = ($ref: string) => ({
    post: { requestBody: { required: true, content: { 'application/json': { schema: { $ref } } } } },
  })
  const made = api(
    {
      '/': { get: {} },
      '/circle': body('#/components/schemas/A'),
      '/out': body('other.json#/A'),
      '/none': body('#/components/schemas/__proto__'),
    },
    { components: { schemas: { A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } } } },
  )
  expect(made.steps).toHaveLength(1)
  expect(leftOut(made.account, 'request')).toEqual(
    ['/circle', '/out', '/none'].map((path) => `POST ${path}: with a body of application/json that cannot be made up`),
  )
  expect(missingIn(made.account)).toEqual([])
})

test.each([
  ['swagger: "2.0"', /api\.yaml:1:1: it is Swagger 2\.0/],
  ['title: x', /it is no OpenAPI 3/],
  ['openapi: [', /^api\.yaml:1:\d+: /],
  ['{ "openapi": "3.0.0", }', /^api\.yaml:1:\d+: this is not JSON/],
])('%s is refused with its place', (text, message) => {
  expect(() => imported('openapi', { file: 'api.yaml', text })).toThrow(message)
})

test('files of bodies and forms are made up beside the profile', () => {
  const binary = { type: 'string', format: 'binary' }
  const file = (content: object) => ({ post: { requestBody: { required: true, content } } })
  const made = api({
    '/whole': file({ 'image/png': { schema: binary } }),
    '/bare': file({ 'application/octet-stream': {} }),
    '/form': file({
      'multipart/form-data': {
        schema: {
          properties: {
            title: { const: 'x' },
            photos: { type: 'array', items: binary },
            scan: { type: 'string', contentEncoding: 'base64', contentMediaType: 'image/gif' },
            sheet: binary,
          },
        },
        encoding: { sheet: { contentType: 'text/csv; charset=utf-8, text/plain' } },
      },
    }),
  })
  expect(made.files.map(({ name }) => name)).toEqual([
    'POST_whole.png',
    'POST_bare.bin',
    'photos.bin',
    'scan.gif',
    'sheet.csv',
  ])
  expect(made.profile).toMatch(/body: \{ file: POST_whole\.png \}\n +type: image\/png/)
  expect(made.profile).toMatch(
    /title: x\n +photos: \{ file: photos\.bin, type: application\/octet-stream \}\n +scan: \{ file: scan\.gif, type: image\/gif \}\n +sheet: \{ file: sheet\.csv, type: text\/csv; charset=utf-8 \}/,
  )
  const [png] = made.files
  expect(Buffer.from(png!.content).subarray(1, 4).toString()).toBe('PNG')
  expect(made.account.left).toEqual([])
})
