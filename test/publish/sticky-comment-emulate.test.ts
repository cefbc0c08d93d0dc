// The same comment against a GitHub that somebody else wrote: emulate's, with its own store and its own idea of tokens.
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createEmulator, type Emulator } from 'emulate'
import { commentsOf } from '../../src/publish/github.ts'
import { putStickyComment, stickyHeader } from '../../src/publish/sticky-comment.ts'
import { manualWaiting } from '../support/manual-waiting.ts'

let emulator: Emulator
let issue = 0

beforeAll(async () => {
  emulator = await createEmulator({
    service: 'github',
    port: 0,
    seed: {
      tokens: { bot: { login: 'perf-bot', scopes: ['repo'] }, mallory: { login: 'mallory', scopes: ['repo'] } },
      github: {
        users: [{ login: 'perf-bot' }, { login: 'mallory' }],
        repos: [{ owner: 'perf-bot', name: 'shop', auto_init: true }],
      },
    },
  })
  issue = (await api<{ number: number }>('bot', 'POST', '/repos/perf-bot/shop/issues', { title: 'A change' })).number
})
afterAll(() => emulator.close())

async function api<T>(token: string, method: string, path: string, body?: unknown): Promise<T> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await fetch(emulator.url + path, { method, headers, body: body ? JSON.stringify(body) : null })
  expect(answer.status).toBeLessThan(300)
  return (await answer.json()) as T
}

const runOf = (runId: number) => ({ runId, attempt: 1, commit: undefined, outcome: 'pass', figure: undefined }) as const

function put(text: string, runId: number) {
  const comments = commentsOf(
    { owner: 'perf-bot', repo: 'shop', number: issue },
    { token: 'bot', apiUrl: emulator.url },
  )
  const waiting = manualWaiting()
  return putStickyComment(comments, { key: 'k', run: runOf(runId), render: () => text }, { waiting, until: 90_000 })
}

test('created once behind 120 comments and a spoofed marker, updated by a newer run, left by an older one', async () => {
  const at = `/repos/perf-bot/shop/issues/${issue}/comments`
  for (let n = 0; n < 120; n++) await api('mallory', 'POST', at, { body: `comment ${n}` })
  await api('mallory', 'POST', at, { body: `${stickyHeader('k', runOf(9_999), [])}spoofed` })

  const first = await put('one', 10)
  expect(await put('two', 11)).toEqual({ url: first.url, written: true })
  expect(await put('late', 9)).toEqual({ url: first.url, written: false })

  const last = await api<{ body: string; user: { login: string } }[]>('bot', 'GET', `${at}?per_page=100&page=2`)
  expect(last.slice(-2).map(({ body, user }) => [user.login, body])).toEqual([
    ['mallory', `${stickyHeader('k', runOf(9_999), [])}spoofed`],
    ['perf-bot', `${stickyHeader('k', runOf(11), [9, 10, 11].map(runOf))}two`],
  ])
})
