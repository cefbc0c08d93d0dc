import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { GitHubContract } from './github-contract.ts'

let github: GitHubContract
beforeAll(async () => {
  github = await GitHubContract.start({ person: { login: 'mona', kind: 'user', write: true } })
})
beforeEach(() => github.reset())
afterAll(() => github.close())

const COMMENTS = '/repos/octo-org/shop/issues/7/comments'
function ask(
  path: string,
  { method = 'GET', token = 'person', body }: { method?: string; token?: string; body?: unknown } = {},
) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return fetch(github.url + path, { method, headers, body: body === undefined ? null : JSON.stringify(body) })
}

test.each([
  ['a query that GitHub does not know', `${COMMENTS}?per-page=5`, {}],
  ['a query of another type', `${COMMENTS}?page=two`, {}],
  ['a body without its field', COMMENTS, { method: 'POST', body: { text: 'x' } }],
  ['a body of another type', COMMENTS, { method: 'POST', body: { body: 7 } }],
])('%s is refused and remembered', async (_, path, request) => {
  expect((await ask(path, request)).status).toBe(422)
  expect(github.violations).toHaveLength(1)
  expect(github.comments).toEqual([])
})

test('a call outside the description is remembered', async () => {
  expect((await ask('/repos/octo-org/shop/nonsense')).status).toBe(404)
  expect(github.violations).toHaveLength(1)
})

test('an unknown token, repository or issue is refused as GitHub refuses it', async () => {
  expect((await ask(COMMENTS, { token: 'nobody' })).status).toBe(401)
  expect((await ask('/repos/octo-org/other/issues/7/comments')).status).toBe(404)
  expect((await ask('/repos/octo-org/shop/issues/8/comments')).status).toBe(404)
  expect(github.violations).toEqual([])
})

test('pages are linked', async () => {
  for (let n = 0; n < 65; n++) github.say('mona', String(n))
  const first = await ask(COMMENTS)
  expect([((await first.json()) as unknown[]).length, first.headers.get('link')]).toEqual([
    30,
    `<${github.url}${COMMENTS}?per_page=30&page=2>; rel="next", <${github.url}${COMMENTS}?per_page=30&page=3>; rel="last"`,
  ])
  const last = await ask(`${COMMENTS}?per_page=30&page=3`)
  expect([((await last.json()) as unknown[]).length, last.headers.get('link')]).toEqual([5, null])
})

test('a fault is met as often as it was asked for, and by its call alone', async () => {
  github.inject({ call: 'issues/create-comment', times: 1, kind: 'status', status: 500 })
  const say = async () => (await ask(COMMENTS, { method: 'POST', body: { body: 'x' } })).status
  expect([(await ask(COMMENTS)).status, await say(), await say()]).toEqual([200, 500, 201])
  expect(github.calls('issues/create-comment')).toBe(2)
})
