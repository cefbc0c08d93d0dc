// A site of forms: each has a token that is good for one sending, and each sending ends in a redirect.
import { randomBytes } from 'node:crypto'
import { type CountingServer, startCountingServer } from './counting-server.ts'

export const pinOf = (member: string) => `secret-of-${member}`

export function startFormSite(): Promise<CountingServer> {
  const sessions = new Map<string, { member: string | undefined; tokens: Set<string> }>()
  const notes = new Map<string, string>()
  return startCountingServer(({ method, url, headers, body }, response) => {
    const known = /\bsid=(\w+)/.exec(headers.cookie ?? '')?.[1] ?? ''
    const fresh = randomBytes(12).toString('hex')
    const session = sessions.get(known) ?? { member: undefined, tokens: new Set<string>() }
    if (!sessions.has(known)) sessions.set(fresh, session)
    const answer = (status: number, html: string, more: Record<string, string> = {}) => {
      const cookie = sessions.has(known) ? {} : { 'set-cookie': `sid=${fresh}; Path=/; HttpOnly` }
      response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...cookie, ...more })
      response.end(html)
    }
    const go = (location: string) => answer(302, '', { location })
    const form = (action: string, fields: string) => {
      const token = randomBytes(18).toString('base64url')
      session.tokens.add(token)
      return `<form method="post" action="${action}"><input type="hidden" name="_token" value="${token}">${fields}</form>`
    }
    const sent = new URLSearchParams(body)
    if (method === 'POST' && !session.tokens.delete(sent.get('_token') ?? '')) return answer(419, 'page expired')
    if (url === '/') return go(session.member ? '/notes' : '/sign-in')
    if (url === '/sign-in' && method === 'GET')
      return session.member
        ? go('/notes')
        : answer(200, form('/sign-in', '<input name="member"><input name="password">'))
    if (url === '/sign-in') {
      const member = sent.get('member') ?? ''
      if (sent.get('password') !== pinOf(member)) return answer(200, 'try again')
      session.member = member
      return go('/notes')
    }
    if (!session.member) return go('/sign-in')
    if (url === '/notes' && method === 'GET') return answer(200, form('/notes', '<textarea name="text"></textarea>'))
    if (url === '/notes') {
      const id = `${randomBytes(5).toString('hex')}41`
      notes.set(id, session.member)
      return go(`/notes/${id}`)
    }
    if (url === '/sign-out') {
      session.member = undefined
      return go('/sign-in')
    }
    return notes.get(url.slice('/notes/'.length)) === session.member ? answer(200, 'kept') : answer(404, 'no such note')
  })
}
