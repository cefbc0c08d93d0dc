import { expect, test } from '@jest/globals'
import { LoadgateError } from '../../src/errors.ts'
import { maySaveBaseline, type RunEvent, readEvent, refusePrivileged } from '../../src/publish/event.ts'

const HEAD = 'b'.repeat(40)

function event(name: string, payload: unknown): Promise<RunEvent> {
  return readEvent({ GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: '/event.json' }, async () => JSON.stringify(payload))
}

const PULL_REQUEST = { pull_request: { number: 7, head: { sha: HEAD }, base: { ref: 'main' } } }
const push = (ref: string) => ({ ref, repository: { default_branch: 'trunk' } })

test.each<[string, unknown, RunEvent, boolean]>([
  ['push', push('refs/heads/trunk'), { kind: 'push', defaultBranch: true }, true],
  ['push', push('refs/heads/topic'), { kind: 'push', defaultBranch: false }, false],
  // A tag, and a branch below a folder, that are called like the default branch.
  ['push', push('refs/tags/trunk'), { kind: 'push', defaultBranch: false }, false],
  ['push', push('refs/heads/x/trunk'), { kind: 'push', defaultBranch: false }, false],
  ['schedule', {}, { kind: 'schedule' }, true],
  ['release', { release: { tag_name: 'v1' } }, { kind: 'other', name: 'release' }, false],
  ['workflow_run', { workflow_run: { event: 'push' } }, { kind: 'workflow_run', of: 'push' }, false],
  ['issue_comment', {}, { kind: 'other', name: 'issue_comment' }, false],
  ['toString', {}, { kind: 'other', name: 'toString' }, false],
])('%s %j', async (name, payload, read, saves) => {
  const found = await event(name, payload)
  expect(found).toEqual(read)
  expect(maySaveBaseline(found)).toBe(saves)
})

test('a pull request', async () => {
  const found = await event('pull_request', PULL_REQUEST)
  expect(found).toEqual({ kind: 'pull_request', number: 7, headSha: HEAD, baseBranch: 'main', privileged: false })
  expect(maySaveBaseline(found)).toBe(false)
})

test.each([
  ['pull_request', PULL_REQUEST, false],
  ['pull_request_target', PULL_REQUEST, true],
  ['workflow_run', { workflow_run: { event: 'pull_request' } }, true],
  ['workflow_run', { workflow_run: { event: 'push' } }, false],
  ['push', push('refs/heads/trunk'), false],
])('code of a pull request and secrets never meet: %s %j', async (name, payload, refused) => {
  const found = await event(name, payload)
  const act = expect(() => refusePrivileged(found))
  if (refused) act.toThrow('does not run under')
  else act.not.toThrow()
})

test.each([
  ['no name', {}, '{}', 'GITHUB_EVENT_NAME is not set'],
  ['no path', { GITHUB_EVENT_NAME: 'push' }, '{}', 'GITHUB_EVENT_PATH is not set'],
  ['no JSON', { GITHUB_EVENT_NAME: 'push', GITHUB_EVENT_PATH: '/e' }, '{"ref', '/e is not the JSON of an event'],
  ['null', { GITHUB_EVENT_NAME: 'push', GITHUB_EVENT_PATH: '/e' }, 'null', 'has no ref'],
  ['a list', { GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: '/e' }, '[]', 'has no pull_request.number'],
  ['another type', { GITHUB_EVENT_NAME: 'push', GITHUB_EVENT_PATH: '/e' }, '{"ref":7}', 'has no ref'],
])('%s is an error that names the place', async (_, env, text, message) => {
  const failed = readEvent(env, async () => text)
  await expect(failed).rejects.toThrow(message)
  await expect(failed).rejects.toBeInstanceOf(LoadgateError)
})

test('a file that cannot be read is an error with its cause', async () => {
  const env = { GITHUB_EVENT_NAME: 'push', GITHUB_EVENT_PATH: '/gone' }
  await expect(readEvent(env, () => Promise.reject(new Error('ENOENT')))).rejects.toThrow(
    '/gone is not the JSON of an event: ENOENT',
  )
})
