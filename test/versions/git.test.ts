import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { askGit, git } from '../../src/versions/git.ts'
import { commitOfFiles, isCommit, workspaceAt } from '../../src/versions/workspace.ts'
import { alive } from '../support/alive.ts'
import { until } from '../support/until.ts'
import { pullRequest, type Sandbox, sandbox, shallowCheckout } from './repository.ts'

let box: Sandbox
let here: { directory: string; env: NodeJS.ProcessEnv; signal: AbortSignal }
let head: string
beforeAll(() => {
  box = sandbox()
  const directory = join(box.root, 'here')
  box.git(box.root, 'init', '--quiet', directory)
  head = box.commit(directory, { 'shop/loadgate.yml': '', 'a.txt': '' })
  here = { directory, env: box.env, signal: new AbortController().signal }
})
afterAll(() => box.remove())

test('git answers, and its failures are told in its own words', async () => {
  expect(await git(['rev-parse', 'HEAD'], here)).toBe(`${head}\n`)
  expect(await askGit(['rev-parse', '--verify', 'nothing'], here)).toMatchObject({ code: 128 })
  await expect(git(['rev-parse', '--verify', 'nothing'], here)).rejects.toMatchObject({
    kind: 'infrastructure',
    message: expect.stringContaining('Needed a single revision'),
    hint: expect.stringContaining(here.directory),
  })
})

test("git's own variables, as a hook has them, lead nowhere else, and nobody is asked for a password", async () => {
  const elsewhere = join(box.root, 'elsewhere')
  box.git(box.root, 'init', '--quiet', elsewhere)
  const env = { ...box.env, GIT_DIR: join(elsewhere, '.git'), GIT_WORK_TREE: elsewhere, GIT_SSH_COMMAND: 'ssh -v' }
  expect(await git(['rev-parse', 'HEAD'], { ...here, env })).toBe(`${head}\n`)
  const seen = await git(['-c', 'alias.variables=!env', 'variables'], { ...here, env: { ...env, SSH_ASKPASS: 'x' } })
  expect(seen).toMatch(/^GIT_TERMINAL_PROMPT=0$/m)
  expect(seen).toMatch(/^GIT_ASKPASS=$/m)
  expect(seen).toMatch(/^GIT_SSH_COMMAND=ssh -v$/m)
})

test('hooks of the repository are not run, nor anything in the background', async () => {
  const hooks = join(here.directory, '.git/hooks')
  mkdirSync(hooks, { recursive: true })
  writeFileSync(join(hooks, 'post-checkout'), '#!/bin/sh\ntouch hook-was-here\n', { mode: 0o755 })
  await git(['checkout', '--quiet', '--detach'], here)
  expect(await git(['status', '--porcelain'], here)).toBe('')
  expect(await git(['config', 'gc.auto'], here)).toBe('0\n')
})

test('what takes too long is stopped with all that it started', async () => {
  const pid = join(box.root, 'slow')
  const slow = git(['-c', `alias.slow=!echo $$ > ${pid}; sleep 60; true`, 'slow'], { ...here, within: 1_000 })
  await expect(slow).rejects.toMatchObject({
    kind: 'infrastructure',
    message: expect.stringMatching(/longer than 1 s/),
  })
  expect(alive(Number(readFileSync(pid, 'utf8')))).toBe(false)
})

test('a signal ends it, before and after it has begun', async () => {
  const cancel = new AbortController()
  const pid = join(box.root, 'cancelled')
  const slow = git(['-c', `alias.slow=!echo $$ > ${pid}; sleep 60; true`, 'slow'], { ...here, signal: cancel.signal })
  const ended = expect(slow).rejects.toThrow('enough')
  await until(() => numberIn(pid) > 0)
  cancel.abort(new Error('enough'))
  await ended
  expect(alive(numberIn(pid))).toBe(false)
  await expect(git(['rev-parse', 'HEAD'], { ...here, signal: cancel.signal })).rejects.toThrow('enough')
})

test('an endless answer is cut', async () => {
  const { stdout, code } = await askGit(['-c', 'alias.much=!head -c 20000000 /dev/zero', 'much'], here)
  expect(code).toBe(0)
  expect(stdout.length).toBeLessThan(5_000_000)
})

test('where there is no git, that is said', async () => {
  await expect(git(['version'], { ...here, env: { PATH: '/nowhere' } })).rejects.toMatchObject({
    kind: 'infrastructure',
    hint: expect.stringContaining('base-target'),
  })
})

test('a workspace is told from inside of it, from whichever directory', async () => {
  const { directory } = here
  expect(await workspaceAt({ ...here, directory: join(directory, 'shop') })).toEqual({
    root: directory,
    folder: 'shop',
    gitDirectory: join(directory, '.git'),
    shallow: false,
    head,
  })
  const { origin, merge } = pullRequest(box, 'shallow')
  const workspace = shallowCheckout(box, 'shallow', origin, 'refs/pull/1/merge')
  expect(await workspaceAt({ ...here, directory: workspace })).toMatchObject({ shallow: true, folder: '', head: merge })
})

test('a commit has the files as they are, unless one is changed, new or not its own', async () => {
  const directory = join(box.root, 'files')
  box.git(box.root, 'init', '--quiet', directory)
  expect(await commitOfFiles({ ...here, directory }, 'kept.json')).toBeUndefined()
  const commit = box.commit(directory, { 'shop/loadgate.yml': '', 'a.txt': '', '.gitignore': 'built' })
  const shop = { ...here, directory: join(directory, 'shop') }
  const found = () => commitOfFiles(shop, 'kept.json')
  expect(await found()).toBe(commit)
  mkdirSync(join(directory, 'built'))
  writeFileSync(join(directory, 'built', 'app'), '')
  writeFileSync(join(directory, 'shop', 'kept.json'), '')
  expect(await found()).toBe(commit)
  expect(await commitOfFiles({ ...here, directory: join(directory, 'built') }, 'kept.json')).toBeUndefined()
  writeFileSync(join(directory, 'a.txt'), 'changed')
  expect(await found()).toBeUndefined()
  writeFileSync(join(directory, 'a.txt'), '')
  writeFileSync(join(directory, 'kept.json'), 'of another directory')
  expect(await found()).toBeUndefined()
  expect(await commitOfFiles({ ...here, directory: box.temp }, 'kept.json')).toBeUndefined()
})

test('a folder has the name that it is called by: where a link leads is for each version to say', async () => {
  const { root, git } = box
  const repository = join(root, 'links')
  git(root, 'init', '--quiet', repository)
  box.commit(repository, { 'lax/loadgate.yml': 'lax', 'strict/here/loadgate.yml': 'strict' })
  symlinkSync('lax', join(repository, 'linked'))
  symlinkSync('.', join(repository, 'itself'))
  symlinkSync('../lax', join(repository, 'strict', 'lax'))
  symlinkSync(repository, join(root, 'from-outside'))
  symlinkSync(join(repository, 'lax'), join(root, 'inside-from-outside'))
  const folders = ['links/linked', 'links/itself', 'links/strict/lax', 'links/strict/here', 'links/itself/strict/here']
  const elsewhere = ['from-outside/lax', 'inside-from-outside']
  const found: string[] = []
  for (const name of [...folders, ...elsewhere]) {
    const workspace = await workspaceAt({ ...here, directory: join(root, name) })
    expect(workspace).toMatchObject({ root: repository, gitDirectory: join(repository, '.git') })
    found.push(workspace.folder)
  }
  expect(found).toEqual(['linked', 'itself', 'strict/lax', 'strict/here', 'itself/strict/here', 'lax', 'lax'])
})

test.each(['temp', 'empty'])(
  'outside of a repository, or in one without a commit, there is no workspace: %s',
  async (name) => {
    box.git(box.root, 'init', '--quiet', 'empty')
    await expect(workspaceAt({ ...here, directory: join(box.root, name) })).rejects.toMatchObject({
      kind: 'usage',
      hint: expect.stringMatching(/actions\/checkout.*base-target/),
    })
  },
)

test.each([
  ['0123456789abcdef0123456789abcdef01234567', true],
  ['0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', true],
  ['0123456789abcdef0123456789abcdef0123456', false],
  ['0123456789ABCDEF0123456789abcdef01234567', false],
  ['--upload-pack=touch /tmp/x', false],
  ['main', false],
])('%s is a commit: %s', (text, commit) => {
  expect(isCommit(text)).toBe(commit)
})

function numberIn(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return 0
  }
}
