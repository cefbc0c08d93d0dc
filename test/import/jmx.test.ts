// A test plan as JMeter 5.6 saves it, and what must not be read as one.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { startCountingServer } from '../support/counting-server.ts'
import { FILES, imported, leftOut, missingIn, sentOnce } from './imported.ts'

const xml = readFileSync(join(FILES, 'shop.jmx'), 'utf8')
const neighbour = (name: string) => (name.startsWith('data/') ? readFileSync(join(FILES, name)) : undefined)
const shop = imported('jmx', { file: 'shop.jmx', neighbour })
const times = (pattern: RegExp) => [...xml.matchAll(pattern)].length

test('the profile that is made of a plan, and its data beside it', () => {
  expect(shop.profile).toBe(readFileSync(join(FILES, 'shop.jmx.yml'), 'utf8'))
  expect(shop.files).toEqual([
    { name: 'accounts.csv', content: 'email,password\nada@example.com,one\ngrace@example.com,two\n' },
  ])
})

test('each request, header, body and element is in the profile or in the list', () => {
  const { counts } = shop.account
  expect(missingIn(shop.account)).toEqual([])
  expect(counts.request).toEqual({ found: times(/<HTTPSamplerProxy /g), taken: shop.steps.length })
  expect(counts.header.found).toBe(times(/elementType="Header"/g))
  expect(counts.element.found).toBe(
    times(/<\w+ guiclass="[^"]*" testclass="\w+" testname="[^"]*" enabled="\w+"\/?>/g) - times(/<HTTPSamplerProxy /g),
  )
  expect(counts.body).toEqual({ found: 3, taken: shop.steps.filter(({ body }) => body).length })
  expect([...leftOut(shop.account, 'request')].sort()).toEqual([
    'HTTPSamplerProxy "Shop & Stock / Buyers / metrics": to another address than https://shop.example:8443',
    'HTTPSamplerProxy "Shop & Stock / Buyers / old page": disabled',
    'HTTPSamplerProxy "Shop & Stock / Buyers / only admins / admin": below "only admins" (IfController)',
    'HTTPSamplerProxy "Shop & Stock / Buyers / signed": in need of ${__groovy(sign())}, which a profile has not',
  ])
  expect(leftOut(shop.account, 'header')).toEqual(['Connection: sent by no request'])
})

test('the same requests are sent as by JMeter', async () => {
  await using server = await startCountingServer(({ url }, response) => {
    if (url.startsWith('/api/v2/login'))
      return void response.end(JSON.stringify({ token: 't-1', user: { active: true }, baskets: [{ id: 'b-7' }] }))
    response.end('<input name="csrf" value="c-9"><li data-item="lamp-4"><li data-item="chair-5">')
  })
  const buyers = shop.profile.replace(/\n {2}- name: Readers\n[\s\S]*/, '\n')
  const { steps } = await sentOnce({ ...shop, profile: buyers }, server.port)
  expect(steps.map(({ failed }) => failed)).toEqual([0, 0, 0, 0, 0])
  const [login, search, put, upload, ...news] = server.requests
  expect(login).toMatchObject({ method: 'POST', url: '/api/v2/login', body: 'email=ada%40example.com&password=one' })
  expect(search!.url).toMatch(/^\/search\?q=blue%20shoes&page=[1-9]$/)
  expect(put).toMatchObject({ method: 'POST', url: '/api/v2/baskets/b-7/items' })
  expect(put!.headers).toMatchObject({
    authorization: 'Bearer t-1',
    'accept-language': 'en',
    'x-api-key': 'env-of-X_API_KEY',
    'content-type': 'application/json',
  })
  expect(JSON.parse(put!.body)).toEqual({ item: 'lamp-4', order: expect.stringMatching(/^[\da-f-]{36}$/), count: 2 })
  expect(upload!.body).toContain(
    'name="photo"; filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\ncontent of photo.jpg',
  )
  expect(news.map(({ url }) => url)).toEqual(['/news', '/news', '/news'])
})

const sampler = (path: string, more = '') =>
  `<HTTPSamplerProxy testname="one" enabled="true"><stringProp name="HTTPSampler.path">${path}</stringProp>${more}</HTTPSamplerProxy><hashTree/>`
const group = (inner: string) =>
  `<jmeterTestPlan><hashTree><TestPlan testname="plan"/><hashTree><ThreadGroup testname="users"><stringProp name="ThreadGroup.num_threads">3</stringProp></ThreadGroup><hashTree>${inner}</hashTree></hashTree></hashTree></jmeterTestPlan>`
const made = (inner: string) => imported('jmx', { file: 'p.jmx', text: group(inner) })

test.each([
  [
    'a document type',
    '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><jmeterTestPlan/>',
    /:1:1: it declares a document type/,
  ],
  ['what is no XML', '<jmeterTestPlan>\n<hashTree>', /^p\.jmx:\d+:\d+: this is not well-formed XML/],
  ['another root', '<html/>', /its root is <html>/],
  ['no text', '', /p\.jmx:1:1: /],
  ['deep nesting', `<jmeterTestPlan>${'<a>'.repeat(200)}${'</a>'.repeat(200)}</jmeterTestPlan>`, /nested/i],
])('%s is refused with its place', (_, text, message) => {
  expect(() => imported('jmx', { file: 'p.jmx', text })).toThrow(message)
})

test('characters by number and the five entities are read, and no others', () => {
  expect(made(sampler('/a?b=1&amp;c=&#x41;&#66;')).steps[0]!.path).toEqual(['/a?b=1&c=AB'])
  expect(made(sampler('/&unknown;')).steps[0]!.path).toEqual(['/&unknown;'])
})

test.each([
  ['${__P(tenant,acme)}', '${env.TENANT:-acme}'],
  ['${__P(tenant)}', '${env.TENANT:-1}'],
  ['${__UUID()}', '${uuid()}'],
  ['${__UUID}', '${uuid()}'],
  ['${__time()}', '${now()}'],
  ['${__threadNum}', '${user()}'],
  ['${__counter(FALSE,)}', '${iteration()}'],
  ['${__Random(1,10,x)}', '${random(1, 10)}'],
  ['a b', 'a%20b'],
])('/%s in a path becomes /%s', (there, here) => {
  expect(made(sampler(`/${there}`)).profile).toContain(`get: /${here}\n`)
})

test('a request that needs what a profile has not is left out in its own words', () => {
  const two = made(sampler('/a') + sampler('/${nobody}') + sampler('/${__time(yyyy)}'))
  expect(leftOut(two.account, 'request')).toEqual([
    'HTTPSamplerProxy "plan / users / one": in need of ${nobody}, which a profile has not',
    'HTTPSamplerProxy "plan / users / one": in need of ${__time(yyyy)}, which a profile has not',
  ])
})

test('a variable that holds a secret, or a default that is one, is not written down', () => {
  const constants =
    '<Arguments testname="v"><collectionProp name="Arguments.arguments"><elementProp name="p"><stringProp name="Argument.name">dbPassword</stringProp><stringProp name="Argument.value">geheim99</stringProp></elementProp></collectionProp></Arguments><hashTree/>'
  const one = made(`${constants}${sampler('/x?p=${dbPassword}&amp;t=${__P(api.token,tok-12345)}')}`)
  expect(one.profile).toContain('/x?p=${env.DB_PASSWORD}&t=${env.API_TOKEN}')
  expect(one.profile).not.toMatch(/geheim99|tok-12345/)
})

test('what holds nothing that can be sent is refused, with the counts in the account', () => {
  expect(() => made('')).toThrow('There is no request in it that a profile could send')
})
