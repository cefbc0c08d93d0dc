import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { mergeBaseOnGitHub } from '../../src/github/merge-base.ts'
import { REPOSITORY, refusal } from '../support/github-answers.ts'
import { GitHubContract } from '../support/github-contract.ts'
import { sample } from '../support/github-sample.ts'

const FORK = 'f'.repeat(40)
const HEAD = 'b'.repeat(40)

let github: GitHubContract
let compared: string[]
beforeAll(async () => {
  const merge = { ...(sample('commit-comparison').merge_base_commit as object), sha: FORK }
  github = await GitHubContract.start(
    { reader: { login: 'github-actions', kind: 'actions', write: false } },
    {
      handlers: {
        'repos/get': () => ({ status: 200, body: sample('full-repository', { default_branch: 'trunk' }) }),
        'repos/compare-commits-with-basehead': ({ params: { basehead = '' } }) => {
          compared.push(basehead)
          if (!basehead.endsWith(HEAD)) return refusal(404, 'Not Found')
          return { status: 200, body: sample('commit-comparison', { ahead_by: 2, merge_base_commit: merge }) }
        },
      },
    },
  )
})
beforeEach(() => {
  compared = []
  github.reset()
})
afterAll(() => github.close())

const ask = (base: string | undefined, head = HEAD, { signal } = new AbortController()) =>
  mergeBaseOnGitHub(REPOSITORY, { token: 'reader', apiUrl: github.url }, { base, head, signal })

test.each([
  ['release/1', 'release/1'],
  [undefined, 'trunk'],
])('where a commit left %s', async (base, branch) => {
  expect(await ask(base)).toEqual({ sha: FORK, ahead: 2 })
  expect(compared).toEqual([`${branch}...${HEAD}`])
  expect(github.violations).toEqual([])
})

test('a commit that GitHub does not know is refused', async () => {
  await expect(ask('main', 'e'.repeat(40))).rejects.toMatchObject({ status: 404 })
})

test('a job that is cancelled asks no more', async () => {
  const over = new AbortController()
  over.abort()
  await expect(ask('main', HEAD, over)).rejects.toThrow()
  expect(compared).toEqual([])
})
