// Several passes in one recording: who did it and with what is data, and what an answer said is captured.
import { expect, test } from '@jest/globals'
import type { Tried } from './imported.ts'
import { type Exchange, visit } from './visit.ts'

const FORM = 'application/x-www-form-urlencoded'
const form = (request: string, fields: Readonly<Record<string, string>>, more: Partial<Exchange> = {}): Exchange => ({
  request,
  body: [FORM, new URLSearchParams(fields).toString()],
  type: 'text/html',
  ...more,
})
const login = (email: string, password: string, more: Partial<Exchange> = {}) =>
  form('POST /login', { email, password }, { status: 303, ...more })
const page = (path: string): Exchange => ({ request: `GET ${path}`, type: 'text/html' })
const fileOf = ({ files }: Tried, name: string) => String(files.find((file) => file.name === name)?.content)

test('one person is one row, whose password stays in the environment, and logs in once in its life', () => {
  const made = visit(page('/'), login('ada@shop.example', 'love lace'), page('/account'))
  expect(fileOf(made, 'logins.csv')).toBe('email\nada@shop.example\n')
  expect(made.profile).toContain(`data:
  # Who logs in: add a row for each further user, or write "pick: sequential".
  logins: { file: logins.csv, pick: unique }
`)
  expect(made.profile).toContain(`    once:
      - get: /
      - post: /login
        form: { email: "\${logins.email}", password: "\${env.PASSWORD}" }
        expect: { status: 303 }
    steps:
      - get: /account
`)
  expect(made.profile + fileOf(made, 'logins.csv')).not.toContain('love')
})

test('whoever logs out logs in again each time', () => {
  const { profile } = visit(login('ada@shop.example', 'love lace'), page('/account'), page('/logout'))
  expect(profile).not.toContain('once:')
})

test('people with one password share its variable, and need no column for it', () => {
  const people = ['ada', 'bob', 'cleo'].flatMap((name) => [
    login(`${name}@shop.example`, 'same-for-all'),
    page('/account'),
  ])
  const made = visit(...people)
  expect(fileOf(made, 'logins.csv')).toBe('email\nada@shop.example\nbob@shop.example\ncleo@shop.example\n')
  expect(made.profile).toContain('form: { email: "${logins.email}", password: "${env.PASSWORD}" }')
  expect(made.profile).toContain('load: { users: 3,')
  expect(made.variables).toEqual(['PASSWORD'])
})

test('what belongs to a person is in its row, and is sent wherever the person is named', () => {
  const people = ['ada', 'bob'].flatMap((name, n) => [
    {
      request: 'POST /api/login',
      body: ['application/json', JSON.stringify({ user: { name }, password: `pw-of-${name}` })],
    } as const,
    { request: `GET /api/people/${name}/orders?page=${n + 1}` },
    {
      request: 'POST /api/orders',
      body: ['application/json', JSON.stringify({ for: name, count: n + 1, gift: 'no, "thanks"' })],
    } as const,
  ])
  const made = visit(...people)
  expect(fileOf(made, 'logins.csv')).toBe('name,password,page\nada,${env.PASSWORD},1\nbob,${env.PASSWORD_2},2\n')
  expect(made.profile).toContain('json: { user: { name: "${logins.name}" }, password: "${logins.password}" }')
  expect(made.profile).toContain('get: /api/people/${logins.name}/orders?page=${logins.page}')
  expect(made.profile).toContain(`body: '{"for":"\${logins.name}","count":\${logins.page},"gift":"no, \\"thanks\\""}'`)
})

test('what an earlier answer contained is captured, whoever sends it', () => {
  const made = visit(
    ...['ada', 'bob'].flatMap((name, n): Exchange[] => [
      { request: 'GET /login', type: 'text/html', text: `<input name="csrf" value="tok${n}en77fresh${n}">` },
      form('POST /login', { csrf: `tok${n}en77fresh${n}`, email: `${name}@shop.example`, password: `pw-of-${name}` }),
      { request: 'POST /cart', body: ['application/json', '{"n":1}'], text: `{"id":"c4rt${n}${n}${n}${n}${n}"}` },
      { request: `GET /cart/c4rt${n}${n}${n}${n}${n}` },
    ]),
  )
  expect(fileOf(made, 'logins.csv').split('\n')[0]).toBe('email,password')
  expect(made.profile).toContain('csrf: "${csrf}"')
  expect(made.profile).toContain('get: /cart/${cartId}')
})

test('who did different things does so in scenarios of their own, and each person is one row', () => {
  const made = visit(
    ...[login('ada@shop.example', 'pw-of-ada'), page('/account'), form('POST /cart', { n: '1' })],
    ...[login('bob@shop.example', 'pw-of-bob'), page('/account')],
    ...[login('cleo@shop.example', 'pw-of-cleo'), page('/account'), form('POST /cart', { n: '1' })],
  )
  expect(made.read.scenarios.map(({ name, weight }) => [name, weight])).toEqual([
    ['cart', 2],
    ['visit', 1],
  ])
  expect(fileOf(made, 'logins.csv').trim().split('\n')).toEqual([
    'email,password',
    'ada@shop.example,${env.PASSWORD}',
    'bob@shop.example,${env.PASSWORD_2}',
    'cleo@shop.example,${env.PASSWORD_3}',
  ])
  expect(made.profile).toContain('load: { users: 3,')
})

test('a wrong password is no person', () => {
  const made = visit(
    login('ada@shop.example', 'wrong-one', { status: 403 }),
    login('ada@shop.example', 'right-one'),
    page('/account'),
  )
  expect(made.files).toHaveLength(1)
  expect(fileOf(made, 'logins.csv')).toBe('email\nada@shop.example\n')
  expect(made.steps).toHaveLength(3)
})

test('the same person twice is no two users: rows one after the other', () => {
  const made = visit(
    ...['1', '2'].flatMap((n) => [login('ada@shop.example', 'pw-of-ada'), form('POST /cart', { product: n })]),
  )
  expect(fileOf(made, 'logins.csv')).toBe('email,product\nada@shop.example,1\nada@shop.example,2\n')
  expect(made.profile).toContain('logins: { file: logins.csv }')
  expect(made.profile).toContain('load: { users: 1,')
  expect(made.profile).not.toContain('once:')
})

test('the same again with other values, by nobody in particular, is one step with a row for each', () => {
  const made = visit(
    ...['lamp', 'blue chair', '"shelf", oak'].map((q) => page(`/search?${new URLSearchParams({ q })}&size=9`)),
  )
  expect(fileOf(made, 'search.csv')).toBe('q\nlamp\nblue chair\n"""shelf"", oak"\n')
  expect(made.profile).toContain('search: { file: search.csv }')
  expect(made.profile).toContain('get: /search?q=${search.q}&size=9')
  expect(made.steps).toHaveLength(1)
})

test('after the login of one person, it is what this person does in its life', () => {
  const made = visit(
    ...[page('/'), login('ada@shop.example', 'pw-of-ada')],
    ...['3', '7'].flatMap((n) => [page(`/products/${n}`), form('POST /cart', { product: n })]),
  )
  expect(fileOf(made, 'logins.csv')).toBe('email\nada@shop.example\n')
  expect(fileOf(made, 'products.csv')).toBe('product\n3\n7\n')
  expect(made.profile).toContain('    steps:\n      - get: /products/${products.product}\n      - post: /cart\n')
  expect(made.profile).toContain('    once:\n      - get: /\n      - post: /login\n')
})

test('what a script makes up anew each time is made up', () => {
  const made = visit(
    ...['8f3a2c10-77de-4b1a-9f06-52c0de11aa42', '0c0ffee0-1111-4222-8333-444455556666'].flatMap((key, n) => [
      {
        request: 'POST /pay',
        headers: { 'idempotency-key': key },
        body: ['application/json', `{"n":"order ${n}"}`],
      } as const,
      page('/done'),
    ]),
  )
  expect(made.profile).toContain('idempotency-key: "${uuid()}"')
  expect(fileOf(made, 'pay.csv')).toBe('n\norder 0\norder 1\n')
})

test('what is only repeated stays as it was', () => {
  const made = visit(page('/'), page('/'), page('/'), page('/'))
  expect(made.steps).toHaveLength(4)
  expect(made.files).toEqual([])
})

test('what a page brings along is asked for with the value of the row, where each pass did so', () => {
  const asset = (path: string): Exchange => ({ request: `GET ${path}`, type: 'image/svg+xml' })
  const made = visit(
    ...['3', '7'].flatMap((n) => [
      ...[
        page(`/products/${n}`),
        asset(`/pictures/${n}.svg`),
        asset('/pictures/33.svg'),
        asset(`/v3/${n === '3' ? 3 : 'x'}.css`),
      ],
      form('POST /cart', { product: n }),
    ]),
  )
  expect(made.profile).toContain('{ get: "/pictures/${products.product}.svg" }')
  expect(made.profile).toContain('{ get: /pictures/33.svg }')
  expect(made.profile).toContain('{ get: /v3/3.css }')
})

test('browsers that are there at the same time are told by their cookies', () => {
  const by = (n: number, exchange: Exchange): Exchange => ({
    ...exchange,
    headers: { cookie: `sid=session${n}of9999` },
  })
  const come = (n: number): Exchange => ({
    ...page('/login'),
    answers: { 'set-cookie': `sid=session${n}of9999; Path=/` },
  })
  const enter = (n: number) => by(n, login(`fan${n}@shop.example`, `pw-of-fan-${n}`))
  const buy = (n: number) => by(n, form('POST /cart', { product: String(n) }))
  const look = (n: number) => by(n, page('/account'))
  const made = visit(come(1), come(2), enter(2), look(2), enter(1), buy(2), look(1), buy(1))
  expect(fileOf(made, 'logins.csv').trim().split('\n')).toEqual([
    'email,password,product',
    'fan1@shop.example,${env.PASSWORD},1',
    'fan2@shop.example,${env.PASSWORD_2},2',
  ])
  expect(made.read.scenarios).toHaveLength(1)
  expect(made.steps.map(({ name }) => name)).toEqual(['GET /login', 'POST /login', 'GET /account', 'POST /cart'])
})
