import { expect, test } from '@jest/globals'
import { askedByOwnName } from '../src/asked-by-own-name.ts'

test('at the port of http, which clients leave out, it is the name that counts', () => {
  const asked = (host: string, port: number) => askedByOwnName({ headers: { host } }, port)
  expect(['127.0.0.1', 'localhost', '127.0.0.1:80', 'localhost:80'].map((host) => asked(host, 80))).not.toContain(false)
  expect(['evil.example', 'evil.example:80', '127.0.0.1:81', ''].map((host) => asked(host, 80))).not.toContain(true)
  expect([asked('127.0.0.1:8080', 8080), asked('127.0.0.1:80', 8080), asked('127.0.0.1', 8080)]).toEqual([
    true,
    false,
    false,
  ])
})
