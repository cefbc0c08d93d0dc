// A JSON API whose access tokens are good for three requests, and are then refreshed; each refresh token is good once.
import { randomBytes } from 'node:crypto'
import { type CountingServer, startCountingServer } from './counting-server.ts'

const GOOD_FOR = 3

export const passwordOf = (user: string) => `pw "${user}" & ${user.length}%`

export function startTokenApi(): Promise<CountingServer> {
  const access = new Map<string, { readonly user: string; left: number }>()
  const refresh = new Map<string, string>()
  const orders = new Map<string, string>()
  const grant = (user: string) => {
    const [token, again] = [`at${randomBytes(16).toString('hex')}`, `rt${randomBytes(16).toString('hex')}`]
    access.set(token, { user, left: GOOD_FOR })
    refresh.set(again, user)
    return { accessToken: token, refreshToken: again, expiresIn: 300 }
  }
  return startCountingServer(({ method, url, headers, body }, response) => {
    const answer = (status: number, value: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(value))
    }
    const given = () => JSON.parse(body)
    if (url === '/auth/login') {
      const { username, password } = given()
      return password === passwordOf(username) ? answer(200, grant(username)) : answer(401, { error: 'wrong password' })
    }
    if (url === '/auth/refresh') {
      const { refreshToken } = given()
      const user = refresh.get(refreshToken)
      refresh.delete(refreshToken)
      return user === undefined ? answer(401, { error: 'used' }) : answer(200, grant(user))
    }
    const known = access.get(/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '')
    if (!known || known.left-- <= 0) return answer(401, { error: 'expired' })
    if (method === 'GET' && url === `/users/${known.user}/orders`)
      return answer(200, { items: [...orders.keys()].slice(-3) })
    if (method === 'POST' && url === '/orders') {
      const id = `ord-${randomBytes(6).toString('hex')}7a9`
      orders.set(id, known.user)
      return answer(201, { data: { order: { id, ...given() } } })
    }
    const id = /^\/orders\/([\w-]+)$/.exec(url)?.[1] ?? ''
    return orders.get(id) === known.user ? answer(200, { id }) : answer(404, { error: 'no such order' })
  })
}
