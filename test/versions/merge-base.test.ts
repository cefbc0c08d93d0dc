import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type AskMergeBase, findBase } from '../../src/versions/merge-base.ts'
import { workspaceAt } from '../../src/versions/workspace.ts'
import { pullRequest, type Sandbox, sandbox, shallowCheckout } from './repository.ts'

let box: Sandbox
let request: ReturnType<typeof pullRequest>
const never: AskMergeBase = () => {
  throw new Error('asked without need')
}

beforeAll(() => {
  box = sandbox()
  request = pullRequest(box, 'shop')
})
afterAll(() => box.remove())

async function find(
  directory: string,
  { refs, askGitHub }: { refs?: { baseBranch: string; headSha: string }; askGitHub?: AskMergeBase } = {},
) {
  const options = { directory, env: box.env, signal: new AbortController().signal }
  return findBase(await workspaceAt(options), { ...options, pullRequest: refs, askGitHub })
}

function clone(name: string, ...args: string[]): string {
  box.git(box.root, 'clone', '--quiet', ...args, `file://${request.origin}`, name)
  return join(box.root, name)
}

test("of GitHub's own merge, which is what a runner checks out, it is the parent: nobody else's change counts", async () => {
  const workspace = shallowCheckout(box, 'merge', request.origin, 'refs/pull/1/merge')
  expect(await find(workspace, { refs: request.refs, askGitHub: never })).toEqual({
    sha: request.tip,
    found: 'test-merge',
    ahead: undefined,
  })
})

test('of the head itself, without a history, it is what GitHub says', async () => {
  const workspace = shallowCheckout(box, 'head', request.origin, 'refs/heads/change')
  const asked: Parameters<AskMergeBase>[] = []
  const askGitHub: AskMergeBase = async (...names) => {
    asked.push(names)
    return { sha: request.fork, ahead: 2 }
  }
  expect(await find(workspace, { refs: request.refs, askGitHub })).toEqual({
    sha: request.fork,
    found: 'github',
    ahead: 2,
  })
  expect(asked).toEqual([['main', request.head]])
})

test('outside of a pull request, without a history, it is where the default branch was left, as GitHub says', async () => {
  const workspace = shallowCheckout(box, 'dispatch', request.origin, 'refs/heads/change')
  const asked: Parameters<AskMergeBase>[] = []
  const askGitHub: AskMergeBase = async (...names) => {
    asked.push(names)
    return { sha: request.fork, ahead: 2 }
  }
  expect(await find(workspace, { askGitHub })).toEqual({ sha: request.fork, found: 'github', ahead: 2 })
  expect(asked).toEqual([[undefined, request.head]])
  const silent = () => Promise.reject(new Error('status 500'))
  await expect(find(workspace, { askGitHub: silent })).rejects.toMatchObject({
    message: expect.stringMatching(/the default branch was left is not known.*status 500.*cut off/),
  })
  // With one, there may be commits that GitHub has never seen.
  const whole = clone('whole')
  box.git(whole, 'switch', '--quiet', 'change')
  expect(await find(whole, { askGitHub: never })).toMatchObject({ sha: request.fork, found: 'git' })
})

test("a merge that is not GitHub's own, or only looks like it, is no test merge", async () => {
  const workspace = clone('merges')
  const { git } = box
  git(workspace, 'switch', '--quiet', 'change')
  git(workspace, 'merge', '--quiet', '--message', 'main into change', 'origin/main')
  const headSha = git(workspace, 'rev-parse', 'HEAD')
  expect(await find(workspace, { refs: { baseBranch: 'main', headSha } })).toEqual({
    sha: request.tip,
    found: 'git',
    ahead: 3,
  })
  // Somebody writes into the message what a parent looks like.
  git(workspace, 'commit', '--quiet', '--allow-empty', '--message', `x\n\nparent ${headSha}`)
  expect(await find(workspace, { refs: { baseBranch: 'main', headSha } })).toMatchObject({ sha: request.tip, ahead: 4 })
})

test.each<[why: string, ask: AskMergeBase | undefined, said: RegExp]>([
  ['nobody can ask GitHub', undefined, /history here is cut off/],
  ['GitHub does not answer', () => Promise.reject(new Error('status 403')), /could not be asked: status 403.*cut off/],
  ['GitHub names no commit', async () => ({ sha: '--output=x', ahead: 0 }), /named no commit.*cut off/],
])('without a history, when %s, nothing is guessed', async (why, askGitHub, said) => {
  const workspace = shallowCheckout(box, why.replaceAll(' ', '-'), request.origin, 'refs/heads/change')
  await expect(find(workspace, { refs: request.refs, ...(askGitHub && { askGitHub }) })).rejects.toMatchObject({
    kind: 'infrastructure',
    message: expect.stringMatching(said),
    hint: expect.stringMatching(/fetch-depth: 0/),
  })
})

test('a history that is cut off somewhere is not trusted, though it shows a common commit', async () => {
  const workspace = clone('cut-off', '--depth=3', '--no-single-branch')
  box.git(workspace, 'switch', '--quiet', 'change')
  expect(box.git(workspace, 'merge-base', 'origin/main', 'HEAD')).toBe(request.fork)
  await expect(find(workspace, { refs: request.refs })).rejects.toMatchObject({
    message: expect.stringMatching(/cut off/),
  })
})

test('with a history, a GitHub that does not answer is not needed', async () => {
  const workspace = clone('full')
  box.git(workspace, 'switch', '--quiet', 'change')
  const askGitHub = () => Promise.reject(new Error('status 500'))
  expect(await find(workspace, { refs: request.refs, askGitHub })).toEqual({
    sha: request.fork,
    found: 'git',
    ahead: 2,
  })
})

test('on a laptop it is where the default branch was left, whatever that is called', async () => {
  const workspace = clone('laptop')
  const { git } = box
  git(workspace, 'switch', '--quiet', 'change')
  expect(await find(workspace)).toEqual({ sha: request.fork, found: 'git', ahead: 2 })

  git(workspace, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/change')
  git(workspace, 'switch', '--quiet', 'main')
  expect(await find(workspace)).toEqual({ sha: request.fork, found: 'git', ahead: 1 })

  const alone = join(box.root, 'without-origin')
  git(box.root, 'init', '--quiet', '--initial-branch=master', alone)
  const first = box.commit(alone, { 'a.txt': 'a' })
  git(alone, 'switch', '--quiet', '--create', 'change')
  box.commit(alone, { 'b.txt': 'b' })
  expect(await find(alone)).toEqual({ sha: first, found: 'git', ahead: 1 })
  git(alone, 'branch', '--quiet', '--move', 'master', 'trunk')
  await expect(find(alone)).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(/default branch .*: there is no origin\/HEAD, main or master here$/),
    hint: expect.stringMatching(/git remote set-head origin -a/),
  })
})

test('on a laptop with a history that is cut off, the rest of it is to be fetched', async () => {
  const workspace = clone('laptop-cut-off', '--depth=1')
  await expect(find(workspace)).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(/cut off$/),
    hint: expect.stringMatching(/git fetch --unshallow/),
  })
  await expect(find(workspace, { refs: request.refs })).rejects.toMatchObject({ kind: 'infrastructure' })
})

test('histories that share nothing have no base', async () => {
  const workspace = clone('orphan')
  box.git(workspace, 'switch', '--quiet', '--orphan', 'new')
  box.commit(workspace, { 'b.txt': 'b' })
  await expect(find(workspace)).rejects.toMatchObject({ message: expect.stringMatching(/no commit that both have$/) })
})

test.each(['github', 'git'])('what is merged already is not compared with itself: %s', async (by) => {
  const workspace = clone(`merged-${by}`)
  const headSha = box.git(workspace, 'rev-parse', 'HEAD')
  const askGitHub: AskMergeBase = async () => ({ sha: headSha, ahead: 0 })
  const options = { refs: { baseBranch: 'main', headSha }, ...(by === 'github' && { askGitHub }) }
  await expect(find(workspace, options)).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(/main already has/),
  })
})

test('what the default branch has already is its own base only with changes that are not committed', async () => {
  const workspace = clone('default-branch')
  const sha = box.git(workspace, 'rev-parse', 'HEAD')
  const refused = () =>
    expect(find(workspace)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringMatching(/already has what is checked out/),
      hint: expect.stringMatching(/loadgate aa/),
    })
  await refused()
  writeFileSync(join(workspace, '.git/info/exclude'), 'ignored')
  writeFileSync(join(workspace, 'ignored'), '')
  await refused()
  writeFileSync(join(workspace, 'new.txt'), '')
  expect(await find(workspace)).toEqual({ sha, found: 'git', ahead: 0 })
})

test('cancelled while GitHub is asked, it asks nobody else', async () => {
  const workspace = clone('cancelled')
  const cancel = new AbortController()
  const options = { directory: workspace, env: box.env, signal: cancel.signal }
  const askGitHub = () => {
    cancel.abort(new Error('enough'))
    return Promise.reject(new Error('aborted'))
  }
  const found = findBase(await workspaceAt(options), { ...options, pullRequest: request.refs, askGitHub })
  await expect(found).rejects.toThrow('enough')
})
