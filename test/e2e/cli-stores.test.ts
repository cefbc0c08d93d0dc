// The built tool with each store that is elsewhere: what one run keeps, the next one is compared with.
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { decodeRuns } from '../../src/baseline/file-format.ts'
import { BranchBench } from '../baseline/branch-bench.ts'
import { startCountingServer } from '../support/counting-server.ts'
import { REPOSITORY } from '../support/github-answers.ts'
import { gate, reported, workspace } from '../support/run-cli.ts'
import { BUCKET, S3Server } from '../support/s3-server.ts'

let s3: S3Server
let github: BranchBench
beforeAll(async () => {
  s3 = await S3Server.start()
  github = await BranchBench.start()
})
afterAll(async () => {
  await s3.close()
  await github.close()
})

const onGitHub = () => ({
  GITHUB_REPOSITORY: `${REPOSITORY.owner}/${REPOSITORY.repo}`,
  GITHUB_TOKEN: 'writer-0',
  GITHUB_API_URL: github.contract.url,
})
const inBranch = async () => {
  const [file] = await github.tree('loadgate/baselines')
  return Buffer.from((await github.api<{ content: string }>('GET', `blobs/${file?.sha}`)).content, 'base64')
}
const STORES = [
  [`s3://${BUCKET}/team`, () => s3.env, async () => [...s3.objects].find(([key]) => key.endsWith('.json'))?.[1]],
  ['branch:loadgate/baselines', onGitHub, inBranch],
] as const

test.each(STORES)(
  '%s: a run is kept, and the next one compared with it',
  async (store, env, stored) => {
    using place = workspace()
    await using server = await startCountingServer((_, response) => void response.end('ok'))
    const profile = {
      name: 'kept',
      target: `http://127.0.0.1:${server.port}`,
      load: { rate: '50/s', for: '1s' },
      scenarios: [{ name: 'one', steps: [{ get: '/one' }] }],
      budgets: ['errors < 50 %', 'errors < baseline + 50 pp'],
    }
    const call = { cwd: place.path, env: env(), flags: ['--baseline', store, '--save-baseline'] }
    const first = await gate(profile, call)
    expect(first.stdout).toContain(`Nothing is stored in ${store} yet`)
    const second = await gate(profile, call)
    expect(second.stdout).not.toContain('Nothing is stored')
    expect(reported(second).comparison.baseline).toMatchObject({ store })
    const ids = decodeRuns((await stored()) ?? Buffer.alloc(0), store).map(({ id }) => id)
    expect(ids).toEqual([first, second].map((run) => reported(run).result.id))
  },
  120_000,
)
