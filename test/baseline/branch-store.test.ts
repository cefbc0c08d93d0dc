import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { BranchBench } from './branch-bench.ts'
import { refusal, small, storeLaws } from './store-laws.ts'

let bench: BranchBench
beforeAll(async () => {
  bench = await BranchBench.start()
})
afterAll(() => bench.close())

storeLaws('branch', async () => bench.vault())

test('the branch begins without a parent, and each run is one commit on top', async () => {
  for (const id of ['a', 'b']) await bench.open('orphan').append(small(id))
  const second = await bench.head('orphan')
  const first = await bench.api<{ parents: unknown[] }>('GET', `commits/${second.parents[0]?.sha}`)
  expect([second.parents.length, first.parents.length]).toEqual([1, 0])
})

test('profiles keep a file each, and other files of the branch stay', async () => {
  await bench.commit('shared', { path: 'README.md', content: 'hello' })
  await bench.open('shared', { key: 'one' }).append(small('a'))
  await bench.open('shared', { key: 'two' }).append(small('b'))
  const tree = await bench.tree('shared')
  expect(tree.map(({ path }) => path).sort()).toEqual(['README.md', 'one.json', 'two.json'])
  expect((await bench.open('shared', { key: 'one' }).read()).runs.map(({ id }) => id)).toEqual(['a'])
})

test('who may not write is told so before the load, and with the permission it takes', async () => {
  await bench.open('kept').append(small('a'))
  const stranger = bench.open('kept', { token: 'stranger' })
  expect((await stranger.read()).runs).toHaveLength(1)
  for (const act of [stranger.checkAppend(), stranger.append(small('b'))])
    expect(await refusal(act)).toMatchObject({
      kind: 'infrastructure',
      message: expect.stringMatching(/no permission.*loadgate.json in the branch kept of octo-org\/shop/),
      hint: expect.stringContaining('contents: write'),
    })
})

test('an unknown token and a repository out of sight are no empty store', async () => {
  const nobody = await refusal(bench.open('kept', { repo: 'nowhere' }).read())
  expect(nobody).toMatchObject({
    message: expect.stringMatching(/no permission/),
    hint: expect.stringContaining('contents: read'),
  })
})

test('as of a commit, only runs of it and of its ancestors are read, with the distance of the nearest', async () => {
  const one = await bench.commit('code', { content: '1' })
  const two = await bench.commit('code', { content: '2', parents: [one] })
  const three = await bench.commit('code', { content: '3', parents: [two] })
  const rewritten = await bench.commit('aside', { content: 'x', parents: [one] })
  const gone = 'd'.repeat(40)
  const store = bench.open('as-of')
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
  const early = await bench.open('as-of').read({ asOf: 'code' })
  expect(early.runs).toHaveLength(3)
  const other = await bench.commit('unrelated', { content: 'y' })
  expect(await store.read({ asOf: other })).toMatchObject({
    runs: [],
    asOf: { nearest: undefined, leftOut: 6 },
  })
})

/** The same GitHub behind its published description. */
const openStrict = (branch: string) => bench.open(branch, { strict: true })

test('every request and every answer is as GitHub describes them', async () => {
  const store = openStrict('strict')
  await store.checkAppend()
  for (const id of ['a', 'b']) await store.append(small(id))
  expect((await store.read({ asOf: (await bench.head('main')).sha })).runs).toEqual([])
  expect((await store.read()).runs).toHaveLength(2)
  // Its own answer for a repository lacks some fields, none of which is read here.
  expect(bench.contract.violations.filter((what) => !what.startsWith('own answer to repos/get'))).toEqual([])
})

const FAULTS = ['reset', 'lost', 'html', 'lost-html', 'truncated', 'torn', 'status'] as const
const CALLS = ['get-ref', 'get-commit', 'get-tree', 'get-blob', 'create-tree', 'create-commit', 'update-ref'] as const
test.each(FAULTS.flatMap((kind) => CALLS.map((call) => [kind, `git/${call}`] as const)))(
  '%s of %s: the run is there once',
  async (kind, call) => {
    const branch = `fault-${kind}-${call.slice(4)}`
    await openStrict(branch).append(small('a'))
    bench.contract.inject({ call, times: 1, kind })
    await openStrict(branch).append(small('b'))
    expect((await openStrict(branch).read()).runs.map(({ id }) => id)).toEqual(['a', 'b'])
  },
)

test('a branch whose creation was carried out and not answered is not begun twice', async () => {
  bench.contract.inject({ call: 'git/create-ref', times: 1, kind: 'lost' })
  await openStrict('begun').append(small('a'))
  expect((await bench.head('begun')).parents).toEqual([])
  expect((await openStrict('begun').read()).runs).toHaveLength(1)
})

test('a rule that protects the branch is not tried against again and again', async () => {
  await openStrict('ruled').append(small('a'))
  bench.contract.inject({
    call: 'git/update-ref',
    times: 9,
    kind: 'status',
    status: 422,
    message: 'Repository rule violations found',
  })
  const before = bench.contract.calls('git/update-ref')
  expect((await refusal(openStrict('ruled').append(small('b')))).message).toMatch(/no permission.*rule violations/)
  expect(bench.contract.calls('git/update-ref')).toBe(before + 1)
  bench.contract.reset()
})

test('conflicts without end are given up', async () => {
  await openStrict('contended').append(small('a'))
  bench.contract.inject({
    call: 'git/update-ref',
    times: 1_000,
    kind: 'status',
    status: 422,
    message: 'Update is not a fast forward',
  })
  let now = 0
  const waiting = {
    now: () => now,
    wait: async (pause: number) => {
      now += pause
    },
  }
  const store = bench.open('contended', { strict: true, waiting })
  expect((await refusal(store.append(small('b')))).message).toMatch(/again and again/)
  expect(now).toBeGreaterThan(179_000)
  bench.contract.reset()
}, 60_000)
