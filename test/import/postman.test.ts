// A collection of Postman: a scenario for each folder, and its scripts told of.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { startCountingServer } from '../support/counting-server.ts'
import { FILES, imported, leftOut, missingIn, sentOnce } from './imported.ts'

const FILE = 'shop.postman_collection.json'
const shop = imported('postman', { file: FILE })
const collection = (item: readonly object[], more: object = {}) =>
  imported('postman', { file: 'c.json', text: JSON.stringify({ info: { name: 'c' }, item, ...more }) })

test('the profile that is made of a collection', () => {
  expect(shop.profile).toBe(readFileSync(join(FILES, `${FILE}.yml`), 'utf8'))
})

test('each request, header, body and script is in the profile or in the list', () => {
  const text = readFileSync(join(FILES, FILE), 'utf8')
  const { counts } = shop.account
  expect(missingIn(shop.account)).toEqual([])
  expect(counts.request).toEqual({ found: [...text.matchAll(/"request":/g)].length, taken: shop.steps.length })
  expect(counts.body).toEqual({
    found: [...text.matchAll(/"body":/g)].length,
    taken: shop.steps.filter(({ body }) => body).length,
  })
  expect(counts.header).toEqual({ found: 5, taken: 4 })
  expect(leftOut(shop.account, 'element')).toEqual([
    'prerequest of "Shop": run by Postman alone',
    '"fine" of "health": kept as an example of an answer',
    'test of "Orders / search": run by Postman alone',
  ])
  expect(leftOut(shop.account, 'request').toSorted()).toEqual([
    '"Orders / Changes / elsewhere": to another address than https://shop.example/api',
    '"Orders / Changes / signed": in need of {{$randomFirstName}}, which a profile has not',
  ])
})

test('no secret of the collection is written down', () => {
  expect(shop.profile).not.toMatch(/pk_live|lovelace|secret-key-1/)
  expect(shop.variables).toEqual(['TOKEN', 'PARTNER_KEY', 'BASIC_AUTH', 'PASSWORD', 'X_API_KEY', 'ORDER_ID'])
})

test('the same requests are sent as by Postman', async () => {
  await using server = await startCountingServer((_, response) => void response.end('{}'))
  const orders = shop.profile.replace(/ {2}- name: Shop\n[\s\S]*?(?= {2}- name: Orders)/, '')
  const { steps } = await sentOnce({ ...shop, profile: orders }, server.port)
  expect(steps.map(({ failed }) => failed)).toEqual([0, 0, 0, 0, 0, 0])
  const [search, order, login, state, upload, file] = server.requests
  expect(search!.url).toMatch(/^\/v2\/customers\/4711\/orders\?q=blue%20shoes&page=\d+$/)
  expect(search!.headers).toMatchObject({ accept: 'application/json', authorization: 'Bearer env-of-TOKEN' })
  expect(search!.headers['x-debug']).toBeUndefined()
  expect(order).toMatchObject({ method: 'POST', url: '/v2/orders' })
  expect(JSON.parse(order!.body)).toEqual({ id: expect.stringMatching(/^[\da-f-]{36}$/), price: '${5}', count: 2 })
  expect(login).toMatchObject({ url: '/login', body: 'user=ada&password=env-of-PASSWORD' })
  expect(login!.headers.authorization).toBe('Basic env-of-BASIC_AUTH')
  expect(state!.headers['x-api-key']).toBe('env-of-X_API_KEY')
  expect(upload!.body).toContain('filename="photo.jpg"')
  expect(file).toMatchObject({ method: 'PUT', url: '/file', body: 'content of a.bin' })
  expect(JSON.parse(state!.body).variables).toEqual({ id: 'env-of-ORDER_ID' })
})

test('version 2.0: headers as text, authorization as a map, an address as text', () => {
  const made = collection([
    {
      name: 'one',
      request: {
        method: 'PUT',
        url: 'http://{{host}}/a/:id?x=1&x=2#part',
        auth: { type: 'apikey', apikey: { key: 'k', value: '{{key}}', in: 'query' } },
        header: 'Accept: text/plain\nX-One: 1\n',
      },
    },
    { name: 'two', request: 'localhost:9000/b' },
  ])
  expect(leftOut(made.account, 'request')).toEqual(['"one": with a parameter that comes twice'])
  expect(made.read.target).toBe('http://localhost:9000')
  expect(missingIn(made.account)).toEqual([])
})

test('variables may hold variables, but not themselves', () => {
  const request = { name: 'one', request: { method: 'GET', url: '{{base}}/{{a}}' } }
  const variable = [
    { key: 'base', value: 'https://{{name}}.example' },
    { key: 'name', value: 'shop' },
    { key: 'a', value: '{{b}}' },
    { key: 'b', value: '{{a}}' },
  ]
  const made = collection([request], { variable })
  expect(made.read.target).toBe('https://shop.example')
  expect(made.variables).toEqual(['A'])
})

test.each([
  ['{"info": {}}', /c\.json:1:1: there is no "item" list/],
  ['{"item": [}', /^c\.json:1:\d+: this is not JSON/],
  ['{"item": []}', /There is no request in it/],
])('%s is refused', (text, message) => {
  expect(() => imported('postman', { file: 'c.json', text })).toThrow(message)
})
