import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { ancestryInClone } from '../../src/baseline/git-ancestry.ts'
import { realWaiting } from '../../src/github/retry.ts'
import { type Sandbox, sandbox } from '../versions/repository.ts'

let box: Sandbox
let commits: readonly [string, string, string]
beforeAll(() => {
  box = sandbox()
  box.git(box.root, 'init', '--quiet', 'shop')
  const at = `${box.root}/shop`
  const first = box.commit(at, { 'a.txt': '1' })
  const second = box.commit(at, { 'a.txt': '2' })
  box.git(at, 'switch', '--quiet', '--create', 'aside', first)
  commits = [first, second, box.commit(at, { 'a.txt': '3' })]
})
afterEach(() => {
  delete process.env.GIT_DIR
})
afterAll(() => box.remove())

const ask = (
  commit: string,
  of: string,
  { directory = `${box.root}/shop`, signal = new AbortController().signal } = {},
) => ancestryInClone(directory)(commit, of, { waiting: realWaiting, until: realWaiting.now() + 30_000, signal })

test('how far a commit is from one of its ancestors, and from no other', async () => {
  const [first, second, aside] = commits
  expect(await Promise.all([ask(first, second), ask(second, 'main'), ask(first, 'aside')])).toEqual([1, 0, 1])
  expect(await Promise.all([ask(second, first), ask(second, aside), ask('e'.repeat(40), second)])).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

test('inside of a hook of another repository it is still this clone that is asked', async () => {
  process.env.GIT_DIR = `${box.root}/elsewhere.git`
  expect(await ask(commits[0], commits[1])).toBe(1)
})

test('what is no commit is not asked for, and outside of a clone nothing is known', async () => {
  expect(await ask('--output=x', 'main')).toBeUndefined()
  expect(await ask(commits[0], '--all')).toBeUndefined()
  expect(await ask(commits[0], commits[1], { directory: box.temp })).toBeUndefined()
  expect(await ask(commits[0], commits[1], { directory: `${box.root}/nowhere` })).toBeUndefined()
  await expect(ask(commits[0], commits[1], { signal: AbortSignal.abort() })).rejects.toThrow(/aborted/)
})
