import { expect, test } from '@jest/globals'
import { CookieJar, parseCookie } from '../../src/engine/cookies.ts'

const NOW = 1_000_000

function jar(target = 'http://shop.example') {
  return new CookieJar(new URL(target))
}

test.each([
  ['id=7', { name: 'id', value: '7' }],
  [' id = a=b ; Path=/x; Secure; HttpOnly', { name: 'id', value: 'a=b', path: '/x', secure: true }],
  ['id=; Max-Age=60', { value: '', expires: NOW + 60_000 }],
  ['id=7; Expires=Thu, 01 Jan 1970 00:00:10 GMT', { expires: 10_000 }],
  ['id=7; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Max-Age=1', { expires: NOW + 1_000 }],
  [
    'id=7; Max-Age=soon; Path=relative; Domain=.Example.COM',
    { expires: undefined, path: undefined, domain: 'example.com' },
  ],
])('%j is read', (line, cookie) => {
  expect(parseCookie(line, NOW)).toMatchObject(cookie)
})

test.each(['', 'no pair', '=value', `id=${'x'.repeat(5_000)}`])('%.20j is no cookie', (line) => {
  expect(parseCookie(line, NOW)).toBeUndefined()
})

test('a cookie is sent until it is replaced or deleted', () => {
  const cookies = jar()
  cookies.store(['a=1; Path=/', 'b=2; Path=/'], '/login', NOW)
  expect(cookies.header('/', NOW)).toBe('a=1; b=2')
  cookies.store('a=3; Path=/', '/login', NOW)
  expect(cookies.header('/', NOW)).toBe('a=3; b=2')
  cookies.store('b=; Path=/; Max-Age=0', '/login', NOW)
  expect(cookies.header('/', NOW)).toBe('a=3')
  cookies.store('a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT', '/login', NOW)
  expect(cookies.header('/', NOW)).toBe('')
})

test('one that is set again keeps its place among those of its length, and one more than may be is still not taken', () => {
  const cookies = jar()
  for (let n = 0; n < 50; n++) cookies.store(`c${n}=x; Path=/`, '/', NOW)
  cookies.store(['c0=y; Path=/', 'more=x; Path=/'], '/', NOW)
  expect(cookies.header('/', NOW)).toMatch(/^c0=y; c1=x; .*; c49=x$/)
})

test('a cookie ends when its time has come', () => {
  const cookies = jar()
  cookies.store('a=1; Max-Age=10; Path=/', '/', NOW)
  expect(cookies.header('/', NOW + 9_999)).toBe('a=1')
  expect(cookies.header('/', NOW + 10_000)).toBe('')
})

test.each([
  // path of the cookie, where it was set, where it is sent, where not
  ['/shop', '/', ['/shop', '/shop/', '/shop/cart?x=1', '/shop?x=/'], ['/', '/shopping', '/sho', '/?/shop']],
  [undefined, '/shop/login?next=/a/b', ['/shop', '/shop/cart'], ['/', '/other']],
  [undefined, '/login', ['/', '/anything'], []],
])('path %j of %j', (path, setAt, sent, unsent) => {
  const cookies = jar()
  cookies.store(path ? `a=1; Path=${path}` : 'a=1', setAt, NOW)
  for (const to of sent) expect([to, cookies.header(to, NOW)]).toEqual([to, 'a=1'])
  for (const to of unsent) expect([to, cookies.header(to, NOW)]).toEqual([to, ''])
})

test('a secure cookie goes over TLS only', () => {
  const [plain, secure] = [jar(), jar('https://shop.example')]
  for (const cookies of [plain, secure]) cookies.store('a=1; Secure; Path=/', '/', NOW)
  expect(plain.header('/', NOW)).toBe('')
  expect(secure.header('/', NOW)).toBe('a=1')
})

test('a cookie for somebody else is not taken', () => {
  const cookies = jar()
  cookies.store(['a=1; Domain=other.example', 'b=2; Domain=hop.example', 'c=3; Domain=.example', 'd=4'], '/', NOW)
  expect(cookies.header('/', NOW)).toBe('c=3; d=4')
})

test('a target cannot fill the memory with cookies', () => {
  const cookies = jar()
  for (let n = 0; n < 1_000; n++) cookies.store(`c${n}=x`, '/', NOW)
  expect(cookies.header('/', NOW).split('; ')).toHaveLength(50)
})

test('cookies of longer paths come first, and of one length the older (RFC 6265 5.4)', () => {
  const cookies = jar()
  cookies.store(['a=1; Path=/', 'b=2; Path=/api', 'c=3; Path=/api/v2', 'd=4; Path=/api', 'e=5; Path=/'], '/', NOW)
  expect(cookies.header('/api/v2/x', NOW)).toBe('c=3; b=2; d=4; a=1; e=5')
})
