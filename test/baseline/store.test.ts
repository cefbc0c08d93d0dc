import { join, resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import { openStore, type World } from '../../src/baseline/store.ts'
import { keyOf } from '../../src/baseline/window-key.ts'
import { LoadgateError } from '../../src/errors.ts'
import { historyOfRun, placeOf } from '../../src/github/place.ts'
import { laptopStore } from '../../src/laptop-store.ts'

const laptop: World = { cwd: resolve('test'), env: {}, profile: 'loadgate.yml', github: undefined }
const RUNNER = {
  GITHUB_REPOSITORY: 'octo-org/shop',
  GITHUB_RUN_ID: '100',
  GITHUB_SHA: 'a'.repeat(40),
  GITHUB_EVENT_NAME: 'push',
  GITHUB_REF_TYPE: 'branch',
  GITHUB_REF_NAME: 'main',
  GITHUB_API_URL: 'http://127.0.0.1:9',
}
const job = (env: Record<string, string> = {}): World => ({
  ...laptop,
  github: placeOf({ ...RUNNER, ...env }, 'token'),
})

function refusal(text: string, world: World): LoadgateError {
  try {
    openStore(text, world)
  } catch (error) {
    if (error instanceof LoadgateError) return error
  }
  throw new Error(`${text} was not refused`)
}

test('none is no store', () => {
  expect(openStore('none', laptop)).toBeUndefined()
})

test('a file is taken from the working directory and named as it was written', async () => {
  const store = openStore('file:not-there/baseline.json', laptop)
  expect(store?.name).toBe('file:not-there/baseline.json')
  expect(await store?.read()).toMatchObject({ store: store?.name, runs: [] })
  const self = openStore(`file:${join('baseline', 'store.test.ts')}`, laptop)
  await expect(self?.read()).rejects.toThrow(`${resolve('test/baseline/store.test.ts')} is not a baseline`)
})

test.each(['artifact', 'branch:baselines', 's3://bucket', 's3://bucket/some/prefix', 'file:x'])(
  '%s is its own name',
  (text) => {
    expect(openStore(text, job())?.name).toBe(text)
  },
)

test.each(['', 'file:', 'branch:', 'baseline.json', 's3://', 's3://Bucket/x', 's3://b/x?y', 'artifacts', 'File:x'])(
  '"%s" names no store',
  (text) => {
    const { kind, hint } = refusal(text, job())
    expect([kind, hint]).toEqual(['usage', expect.stringMatching(/branch:NAME.*file:PATH.*none/)])
  },
)

test.each(['a..b', '-x', 'a//b', '.a', 'a/.b', 'a.lock', 'a b', 'a~1', 'a:b', 'a\nb', '@{', 'x'.repeat(201)])(
  'branch:%s is no branch of baselines',
  (branch) => {
    expect(refusal(`branch:${branch}`, job()).message).toContain('no name for a branch')
  },
)

test('the branch of the code is refused, of a push and of a pull request', () => {
  expect(refusal('branch:main', job()).message).toContain('branch of the code')
  const pull = job({ GITHUB_EVENT_NAME: 'pull_request', GITHUB_BASE_REF: 'release/1', GITHUB_REF_NAME: '7/merge' })
  expect(refusal('branch:release/1', pull).message).toContain('branch of the code')
})

test('what needs GitHub says so elsewhere, and what needs a token when it is used without one', async () => {
  expect(refusal('artifact', laptop)).toMatchObject({
    kind: 'usage',
    message: expect.stringContaining('in a workflow'),
  })
  expect(refusal('branch:x', laptop).hint).toMatch(/GITHUB_REPOSITORY.*GITHUB_TOKEN/)
  const silent = { ...laptop, github: placeOf(RUNNER) }
  for (const text of ['artifact', 'branch:x']) {
    const store = openStore(text, silent)
    expect(store?.name).toBe(text)
    for (const use of [store?.read(), store?.checkAppend()])
      await expect(use).rejects.toMatchObject({
        kind: 'infrastructure',
        message: expect.stringContaining(`no permission for the baseline ${text}: there is no token`),
      })
  }
})

test('each profile has a key of its own, however its path is written', () => {
  const key = (profile: string) => keyOf({ cwd: '/shop', profile })
  expect(key('loadgate.yml')).toMatch(/^loadgate-[0-9a-f]{8}$/)
  expect(key('./loadgate.yml')).toBe(key('loadgate.yml'))
  expect(key('/shop/loadgate.yml')).toBe(key('loadgate.yml'))
  expect(key('perf/checkout.yml')).toMatch(/^perf-checkout-[0-9a-f]{8}$/)
  expect(new Set(['perf/checkout.yml', 'perf-checkout.yml', 'Perf/checkout.yml'].map(key)).size).toBe(3)
})

test('a laptop keeps the runs of each profile in a file of its own', () => {
  const store = (profile: string) => laptopStore({ cwd: '/shop', profile })
  expect([store('loadgate.yml'), store('./loadgate.yml')]).toEqual(Array(2).fill('file:.loadgate/baseline.json'))
  expect(store('perf/checkout.yml')).toMatch(/^file:\.loadgate\/perf-checkout-[0-9a-f]{8}\.json$/)
})

test('a place is read of the runner’s variables', () => {
  expect(placeOf({})).toBeUndefined()
  expect(placeOf({ GITHUB_REPOSITORY: 'a/b', GITHUB_TOKEN: 't' })).toEqual({
    owner: 'a',
    repo: 'b',
    apiUrl: 'https://api.github.com',
    token: 't',
    run: undefined,
  })
  expect(placeOf(RUNNER)?.run).toEqual({
    id: 100,
    attempt: 1,
    event: 'push',
    commit: 'a'.repeat(40),
    branch: 'main',
    base: undefined,
  })
  const pull = placeOf({ ...RUNNER, GITHUB_BASE_REF: 'main', GITHUB_REF_NAME: '7/merge', GITHUB_RUN_ATTEMPT: '3' })
  expect(pull?.run).toMatchObject({ branch: undefined, base: 'main', attempt: 3 })
})

test('a run is compared with what it started from, where GitHub can tell that', () => {
  const history = (env: Record<string, string>, token?: string) => {
    const place = placeOf(env, token)
    return place && historyOfRun(place)
  }
  expect(history(RUNNER, 'token')).toBe('a'.repeat(40))
  expect(history({ ...RUNNER, GITHUB_BASE_REF: 'main' }, 'token')).toBe('main')
  expect(history(RUNNER)).toBeUndefined()
  expect(history({ GITHUB_REPOSITORY: 'octo-org/shop' }, 'token')).toBeUndefined()
})
