// Against a GitHub that somebody else wrote, with the semantics of git: emulate's.
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createEmulator, type Emulator } from 'emulate'
import { branchStore } from '../../src/baseline/branch-store.ts'
import { ancestryOnGitHub } from '../../src/github/ancestry.ts'
import { REPOSITORY } from '../support/github-answers.ts'
import { GitHubContract } from '../support/github-contract.ts'
import { hurried, refusal, small, storeLaws } from './store-laws.ts'

const { owner: OWNER, repo: REPO } = REPOSITORY
let emulator: Emulator
let contract: GitHubContract
let branches = 0

beforeAll(async () => {
  emulator = await createEmulator({
    service: 'github',
    port: 0,
    seed: {
      tokens: { writer: { login: OWNER, scopes: ['repo'] }, stranger: { login: 'mallory', scopes: ['repo'] } },
      github: {
        users: [{ login: OWNER }, { login: 'mallory' }],
        repos: [
          { owner: OWNER, name: REPO, auto_init: true },
          { owner: OWNER, name: 'empty' },
        ],
      },
    },
  })
  contract = await GitHubContract.start(
    { writer: { login: OWNER, kind: 'user', write: true } },
    { upstream: emulator.url },
  )
})
afterAll(async () => {
  await contract.close()
  await emulator.close()
})

const at = (repo = REPO) => `/repos/${OWNER}/${repo}`

async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers = { authorization: 'Bearer writer', 'content-type': 'application/json' }
  const answer = await fetch(emulator.url + path, { method, headers, body: body ? JSON.stringify(body) : null })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

interface Ref {
  readonly object: { readonly sha: string }
}
interface Commit {
  readonly sha: string
  readonly tree: { readonly sha: string }
  readonly parents: readonly { readonly sha: string }[]
}
interface Tree {
  readonly sha: string
  readonly tree: readonly { readonly path: string; readonly sha: string }[]
}

const headOf = async (branch: string) =>
  api<Commit>('GET', `${at()}/git/commits/${(await api<Ref>('GET', `${at()}/git/ref/heads/${branch}`)).object.sha}`)

async function commitOn(branch: string, { path = 'loadgate.json', content = '', parents = [] as string[] } = {}) {
  const blob = await api<{ sha: string }>('POST', `${at()}/git/blobs`, {
    content: Buffer.from(content, 'latin1').toString('base64'),
    encoding: 'base64',
  })
  const file = { path, mode: '100644', type: 'blob', sha: blob.sha }
  const tree = await api<Tree>('POST', `${at()}/git/trees`, { tree: [file] })
  const commit = await api<Commit>('POST', `${at()}/git/commits`, {
    message: `m${Math.random()}`,
    tree: tree.sha,
    parents,
  })
  await api('POST', `${at()}/git/refs`, { ref: `refs/heads/${branch}`, sha: commit.sha }).catch(() =>
    api('PATCH', `${at()}/git/refs/heads/${branch}`, { sha: commit.sha, force: true }),
  )
  return commit.sha
}

function openBranch(
  branch: string,
  {
    token = 'writer',
    repo = REPO,
    key = 'loadgate',
    apiUrl = emulator.url,
  }: Partial<Record<'token' | 'repo' | 'key' | 'apiUrl', string>> = {},
) {
  const access = { token, apiUrl }
  const retrying = () => ({ waiting: hurried, until: hurried.now() + 30_000 })
  const ancestry = ancestryOnGitHub({ owner: OWNER, repo }, access, retrying)
  return branchStore({ owner: OWNER, repo, branch, key }, { access, ancestry }, hurried)
}

storeLaws('branch', async () => {
  const branch = `loadgate/baselines-${++branches}`
  return {
    open: () => openBranch(branch),
    bytes: async () => {
      const { tree } = await api<Tree>('GET', `${at()}/git/trees/${(await headOf(branch)).tree.sha}`)
      const sha = tree.find(({ path }) => path === 'loadgate.json')?.sha
      const blob = await api<{ content: string }>('GET', `${at()}/git/blobs/${sha}`)
      return Buffer.from(blob.content, 'base64')
    },
    fill: async (bytes) => void (await commitOn(branch, { content: bytes.toString('latin1') })),
  }
})

test('the branch begins without a parent, and each run is one commit on top', async () => {
  for (const id of ['a', 'b']) await openBranch('orphan').append(small(id))
  const second = await headOf('orphan')
  const first = await api<Commit>('GET', `${at()}/git/commits/${second.parents[0]?.sha}`)
  expect([second.parents.length, first.parents.length]).toEqual([1, 0])
})

test('profiles keep a file each, and other files of the branch stay', async () => {
  await commitOn('shared', { path: 'README.md', content: 'hello' })
  await openBranch('shared', { key: 'one' }).append(small('a'))
  await openBranch('shared', { key: 'two' }).append(small('b'))
  const { tree } = await api<Tree>('GET', `${at()}/git/trees/${(await headOf('shared')).tree.sha}`)
  expect(tree.map(({ path }) => path).sort()).toEqual(['README.md', 'one.json', 'two.json'])
  expect((await openBranch('shared', { key: 'one' }).read()).runs.map(({ id }) => id)).toEqual(['a'])
})

test('who may not write is told so before the load, and with the permission it takes', async () => {
  await openBranch('kept').append(small('a'))
  const stranger = openBranch('kept', { token: 'stranger' })
  expect((await stranger.read()).runs).toHaveLength(1)
  for (const act of [stranger.checkAppend(), stranger.append(small('b'))])
    expect(await refusal(act)).toMatchObject({
      kind: 'infrastructure',
      message: expect.stringMatching(/no permission.*loadgate.json in the branch kept of octo-org\/shop/),
      hint: expect.stringContaining('contents: write'),
    })
})

test('an unknown token and a repository out of sight are no empty store', async () => {
  const nobody = await refusal(openBranch('kept', { repo: 'nowhere' }).read())
  expect(nobody).toMatchObject({
    message: expect.stringMatching(/no permission/),
    hint: expect.stringContaining('contents: read'),
  })
})

test('as of a commit, only runs of it and of its ancestors are read, with the distance of the nearest', async () => {
  const one = await commitOn('code', { content: '1' })
  const two = await commitOn('code', { content: '2', parents: [one] })
  const three = await commitOn('code', { content: '3', parents: [two] })
  const rewritten = await commitOn('aside', { content: 'x', parents: [one] })
  const gone = 'd'.repeat(40)
  const store = openBranch('as-of')
  const runs = [one, two, three, rewritten, gone].map((commit, n) => small(`run-${n}`, n + 1, commit))
  for (const run of runs) await store.append(run)
  await store.append({ ...small('without', 9), commit: undefined })

  expect(await store.read({ asOf: three })).toMatchObject({
    runs: runs.slice(0, 3),
    asOf: { commit: three, nearest: { commit: three, distance: 0, startedAt: 3 }, leftOut: 3 },
  })
  expect(await store.read({ asOf: two })).toMatchObject({ runs: runs.slice(0, 2), asOf: { nearest: { distance: 0 } } })
  const side = await store.read({ asOf: rewritten })
  expect(side).toMatchObject({ runs: [runs[0], runs[3]], asOf: { nearest: { commit: rewritten } } })
  const early = await openBranch('as-of').read({ asOf: 'code' })
  expect(early.runs).toHaveLength(3)
  const other = await commitOn('unrelated', { content: 'y' })
  expect(await store.read({ asOf: other })).toMatchObject({
    runs: [],
    asOf: { nearest: undefined, leftOut: 6 },
    notes: [expect.stringContaining('None of the 6 stored runs')],
  })
})

/** The same GitHub behind its published description. */
const openStrict = (branch: string) => openBranch(branch, { apiUrl: contract.url })

test('every request and every answer is as GitHub describes them', async () => {
  const store = openStrict('strict')
  await store.checkAppend()
  for (const id of ['a', 'b']) await store.append(small(id))
  expect((await store.read({ asOf: (await headOf('main')).sha })).runs).toEqual([])
  expect((await store.read()).runs).toHaveLength(2)
  // Its own answer for a repository lacks some fields, none of which is read here.
  expect(contract.violations.filter((what) => !what.startsWith('own answer to repos/get'))).toEqual([])
})

const FAULTS = ['reset', 'lost', 'html', 'lost-html', 'truncated', 'torn', 'status'] as const
const CALLS = ['get-ref', 'get-commit', 'get-tree', 'get-blob', 'create-tree', 'create-commit', 'update-ref'] as const
test.each(FAULTS.flatMap((kind) => CALLS.map((call) => [kind, `git/${call}`] as const)))(
  '%s of %s: the run is there once',
  async (kind, call) => {
    const branch = `fault-${kind}-${call.slice(4)}`
    await openStrict(branch).append(small('a'))
    contract.inject({ call, times: 1, kind })
    await openStrict(branch).append(small('b'))
    expect((await openStrict(branch).read()).runs.map(({ id }) => id)).toEqual(['a', 'b'])
  },
)

test('a branch whose creation was carried out and not answered is not begun twice', async () => {
  contract.inject({ call: 'git/create-ref', times: 1, kind: 'lost' })
  await openStrict('begun').append(small('a'))
  expect((await headOf('begun')).parents).toEqual([])
  expect((await openStrict('begun').read()).runs).toHaveLength(1)
})

test('a rule that protects the branch is not tried against again and again', async () => {
  await openStrict('ruled').append(small('a'))
  contract.inject({
    call: 'git/update-ref',
    times: 9,
    kind: 'status',
    status: 422,
    message: 'Repository rule violations found',
  })
  const before = contract.calls('git/update-ref')
  expect((await refusal(openStrict('ruled').append(small('b')))).message).toMatch(/no permission.*rule violations/)
  expect(contract.calls('git/update-ref')).toBe(before + 1)
  contract.reset()
})

test('conflicts without end are given up', async () => {
  await openStrict('contended').append(small('a'))
  contract.inject({
    call: 'git/update-ref',
    times: 1_000,
    kind: 'status',
    status: 422,
    message: 'Update is not a fast forward',
  })
  expect((await refusal(openStrict('contended').append(small('b')))).message).toMatch(/again and again/)
  contract.reset()
}, 60_000)
