// A GitHub that takes a call and never answers: what the product waits for is real here, and takes its time.
import { expect, test } from '@jest/globals'
import { realWaiting } from '../../src/github/retry.ts'
import { commentsOf } from '../../src/publish/github.ts'
import { githubPublisher } from '../../src/publish/github-publisher.ts'
import { FAIL } from '../report/reports.ts'
import { GitHubContract, ISSUE } from '../support/github-contract.ts'

const CALLS = [
  'users/get-authenticated',
  'graphql',
  'issues/list-comments',
  'issues/create-comment',
  'issues/update-comment',
]
const LIMIT = 4 * 60_000

async function publishWhile(call: string, times: number) {
  const github = await GitHubContract.start({ workflow: { login: 'github-actions', kind: 'actions', write: true } })
  try {
    const address = { owner: 'octo-org', repo: 'shop', number: ISSUE }
    const comments = commentsOf(address, { token: 'workflow', apiUrl: github.url })
    const outputs: Record<string, string> = {}
    const runner = {
      setOutput: (name: string, value: string) => {
        outputs[name] = value
      },
      writeSummary: async () => undefined,
      annotate: () => undefined,
    }
    const publisher = (runId: number) => {
      const comment = { comments, number: ISSUE, stamp: { runId, attempt: 1 } }
      return githubPublisher({ runner, comment }, realWaiting)
    }
    if (call === 'issues/update-comment') await publisher(1).publish(FAIL)
    github.inject({ call, times, kind: 'hang' })
    const { notices } = await publisher(2).publish(FAIL)
    return { call, notices, verdict: outputs.verdict, comments: github.comments.length }
  } finally {
    await github.close()
  }
}

test(
  'each call hangs once: the comment is there',
  async () => {
    expect(await Promise.all(CALLS.map((call) => publishWhile(call, 1)))).toEqual(
      CALLS.map((call) => ({ call, notices: [], verdict: 'fail', comments: 1 })),
    )
  },
  LIMIT,
)

test(
  'each call hangs for ever: an end all the same, the verdict told, and a word on what was not posted',
  async () => {
    for (const { call, notices, verdict, comments } of await Promise.all(
      CALLS.map((call) => publishWhile(call, 1_000)),
    )) {
      expect([call, notices]).toEqual([
        call,
        [expect.stringMatching(/^The comment on #7 was not posted: GitHub gave no usable answer/)],
      ])
      expect(verdict).toBe('fail')
      expect(comments).toBe(call === 'issues/update-comment' ? 1 : 0)
    }
  },
  LIMIT,
)
