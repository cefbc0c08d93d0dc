import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { type Checkout, checkOut, type OwnCheckout, removeCheckout } from '../../src/versions/checkout.ts'
import { workspaceAt } from '../../src/versions/workspace.ts'
import { alive } from '../support/alive.ts'
import { until } from '../support/until.ts'
import { pullRequest, type Sandbox, sandbox, shallowCheckout, stateOf } from './repository.ts'

let box: Sandbox
let request: ReturnType<typeof pullRequest>
beforeAll(() => {
  box = sandbox()
  request = pullRequest(box, 'shop')
})
afterEach(() => expect(box.leftovers()).toEqual([]))
afterAll(() => box.remove())

const lines: string[] = []
const running = () => new AbortController().signal

async function checkout(
  directory: string,
  sha: string,
  {
    env = {},
    signal = running(),
    onCheckout,
  }: { env?: object; signal?: AbortSignal; onCheckout?: (made: Checkout) => void } = {},
) {
  const options = { directory, env: { ...box.env, ...env }, signal }
  return checkOut(await workspaceAt(options), sha, { ...options, progress: (line) => lines.push(line), onCheckout })
}

async function removed(own: OwnCheckout): Promise<void> {
  expect(await own.remove()).toBeUndefined()
  expect(await own.remove()).toBeUndefined()
  expect(existsSync(own.directory)).toBe(false)
  expect(existsSync(own.record)).toBe(false)
}

function clone(name: string, origin = request.origin): string {
  box.git(box.root, 'clone', '--quiet', `file://${origin}`, name)
  return join(box.root, name)
}

const version = (directory: string) => readFileSync(join(directory, 'version.txt'), 'utf8')

test('a commit of the history is checked out beside a workspace that is being worked in, which stays as it is', async () => {
  const workspace = clone('laptop')
  box.git(workspace, 'switch', '--quiet', 'change')
  writeFileSync(join(workspace, 'version.txt'), 'not committed')
  writeFileSync(join(workspace, 'staged.txt'), 'staged')
  box.git(workspace, 'add', 'staged.txt')
  const before = stateOf(box, workspace)

  const seen: Checkout[] = []
  const own = await checkout(workspace, request.fork, { onCheckout: (made) => seen.push(made) })
  expect(version(own.directory)).toBe('fork')
  expect(box.leftovers()).toHaveLength(1)
  expect(seen).toEqual([{ directory: own.directory, record: own.record }])
  expect(existsSync(own.record)).toBe(true)
  expect({ ...stateOf(box, workspace), worktrees: '', administration: [] }).toEqual({
    ...before,
    worktrees: '',
    administration: [],
  })

  await removed(own)
  expect(stateOf(box, workspace)).toEqual(before)
})

test('what a shallow workspace does not have is fetched, and nothing else', async () => {
  const workspace = shallowCheckout(box, 'shallow', request.origin, 'refs/pull/1/merge')
  const before = stateOf(box, workspace)
  lines.length = 0
  const own = await checkout(workspace, request.fork)
  expect(version(own.directory)).toBe('fork')
  expect(existsSync(join(own.directory, 'others.txt'))).toBe(false)
  expect(lines).toEqual([`Fetching the base version, commit ${request.fork.slice(0, 7)}`])
  expect(box.git(own.directory, 'rev-list', '--count', 'HEAD')).toBe('1')
  await removed(own)
  expect(stateOf(box, workspace)).toEqual(before)
})

test('a whole history stays whole when a commit is fetched into it', async () => {
  const workspace = clone('whole')
  const later = box.commit(request.author, { 'later.txt': 'later' })
  box.git(request.author, 'push', '--quiet', 'origin', 'main')
  const before = stateOf(box, workspace)
  const own = await checkout(workspace, later)
  expect(existsSync(join(own.directory, 'later.txt'))).toBe(true)
  expect(box.git(workspace, 'rev-parse', '--is-shallow-repository')).toBe('false')
  expect(Number(box.git(workspace, 'rev-list', '--count', later))).toBeGreaterThan(3)
  await removed(own)
  expect(stateOf(box, workspace)).toEqual(before)
})

test('a commit that is nowhere is told, with what to do', async () => {
  const workspace = shallowCheckout(box, 'nowhere', request.origin, 'refs/pull/1/merge')
  const before = stateOf(box, workspace)
  await expect(checkout(workspace, '0123456789abcdef0123456789abcdef01234567')).rejects.toMatchObject({
    kind: 'infrastructure',
    message: expect.stringContaining('0123456'),
    hint: expect.stringMatching(/fetch-depth: 0.*persist-credentials/),
  })
  expect(stateOf(box, workspace)).toEqual(before)
  await expect(checkout(workspace, '--orphan')).rejects.toMatchObject({ kind: 'usage' })
})

test('a directory for temporary files inside of the repository is refused', async () => {
  const workspace = clone('inside')
  mkdirSync(join(workspace, 'tmp'))
  for (const directory of [join(workspace, 'tmp'), workspace])
    await expect(checkout(workspace, request.fork, { env: { RUNNER_TEMP: directory } })).rejects.toMatchObject({
      kind: 'usage',
      hint: expect.stringMatching(/TMPDIR/),
    })
  // A name that only begins alike is not inside.
  mkdirSync(`${workspace}-temp`)
  await removed(await checkout(workspace, request.fork, { env: { RUNNER_TEMP: `${workspace}-temp` } }))
})

test("another worktree of the user's is left alone", async () => {
  const workspace = clone('worktrees')
  box.git(workspace, 'worktree', 'add', '--quiet', '--detach', '../of-the-user')
  const before = stateOf(box, workspace)
  await removed(await checkout(workspace, request.fork))
  expect(stateOf(box, workspace)).toEqual(before)
  // Also when the profile lies in that worktree itself.
  const own = await checkout(join(box.root, 'of-the-user'), request.head)
  expect(version(own.directory)).toBe('head')
  await removed(own)
  expect(stateOf(box, workspace)).toEqual(before)
})

test('hooks of the repository are not run', async () => {
  const workspace = clone('hooks')
  const trace = join(box.root, 'hook-was-here')
  writeFileSync(join(workspace, '.git/hooks/post-checkout'), `#!/bin/sh\ntouch ${trace}\n`, { mode: 0o755 })
  await removed(await checkout(workspace, request.fork))
  expect(existsSync(trace)).toBe(false)
})

test.each<[string, string]>([
  ['version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n', 'a pointer'],
  ['big', 'the file itself'],
])('where the workspace has %j for a large file, the base has the same', async (content, kind) => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n'
  const workspace = join(box.root, `lfs ${kind}`)
  box.git(box.root, 'init', '--quiet', workspace)
  const base = box.commit(workspace, { '.gitattributes': '*.bin filter=lfs\n', 'large.bin': pointer })
  // As `git lfs install` would have it.
  box.git(workspace, 'config', 'filter.lfs.smudge', 'if [ -n "$GIT_LFS_SKIP_SMUDGE" ]; then cat; else printf big; fi')
  box.git(workspace, 'config', 'filter.lfs.clean', `printf '${pointer.replaceAll('\n', '\\n')}'`)
  writeFileSync(join(workspace, 'large.bin'), content)
  const own = await checkout(workspace, base)
  expect(readFileSync(join(own.directory, 'large.bin'), 'utf8')).toBe(content)
  await removed(own)
})

test('submodules are filled where those of the workspace are', async () => {
  const library = clone('library')
  const parent = join(box.root, 'parent')
  box.git(box.root, 'init', '--quiet', parent)
  box.git(parent, 'submodule', '--quiet', 'add', `file://${library}`, 'lib')
  const base = box.commit(parent, { 'a.txt': 'a' })
  box.commit(parent, { 'b.txt': 'b' })
  lines.length = 0

  const empty = clone('with-empty-submodule', parent)
  const own = await checkout(empty, base)
  expect(readdirSync(join(own.directory, 'lib'))).toEqual([])
  expect(lines).toEqual([])
  await removed(own)

  const before = stateOf(box, parent)
  const filled = await checkout(parent, base)
  expect(version(join(filled.directory, 'lib'))).toBe('fork')
  expect(lines).toEqual(['Fetching the submodules of the base version'])
  await removed(filled)
  expect(stateOf(box, parent)).toEqual(before)
  expect(version(join(parent, 'lib'))).toBe('fork')

  box.git(parent, 'config', '--file', '.gitmodules', 'submodule.lib.url', 'file:///nowhere')
  const lost = box.commit(parent, { 'c.txt': 'c' })
  box.git(parent, 'config', 'submodule.lib.url', 'file:///nowhere')
  await expect(checkout(parent, lost)).rejects.toMatchObject({
    kind: 'infrastructure',
    message: expect.stringMatching(/submodules/),
  })
})

test('cancelled in the middle of it, nothing is left: no files, no record, no process', async () => {
  const workspace = clone('slow')
  const pid = join(box.root, 'smudge-pid')
  const base = box.commit(workspace, { '.gitattributes': 'slow.bin filter=slow\n', 'slow.bin': 'slow' })
  box.git(workspace, 'config', 'filter.slow.smudge', `echo $$ > ${pid}; sleep 60; cat`)
  const before = stateOf(box, workspace)
  const cancel = new AbortController()
  const made = checkout(workspace, base, { signal: cancel.signal })
  const ended = expect(made).rejects.toThrow('enough')
  await until(() => existsSync(pid) && readFileSync(pid, 'utf8').endsWith('\n'))
  expect(box.leftovers()).toHaveLength(1)
  cancel.abort(new Error('enough'))
  await ended
  expect(alive(Number(readFileSync(pid, 'utf8')))).toBe(false)
  expect(stateOf(box, workspace)).toEqual(before)
})

test('what a killed process left is removed by what it had written down; nothing else ever is', async () => {
  const workspace = clone('killed')
  const before = stateOf(box, workspace)
  const { directory, record } = await checkout(workspace, request.fork)
  const precious = join(box.root, 'precious')
  mkdirSync(precious)
  for (const wrong of [
    { directory: precious, record: precious },
    { directory, record: join(workspace, '.git') },
  ]) {
    await removeCheckout(wrong)
    expect([precious, directory, join(workspace, '.git')].filter((path) => !existsSync(path))).toEqual([])
  }
  await removeCheckout(JSON.parse(JSON.stringify({ directory, record })))
  expect(stateOf(box, workspace)).toEqual(before)
})

test('a process that exits without removing its checkout takes it along', async () => {
  const workspace = clone('exits')
  const before = stateOf(box, workspace)
  const source = (name: string) => JSON.stringify(resolve(import.meta.dirname, '../../src/versions', name))
  const script = `
    import { checkOut } from ${source('checkout.ts')}
    import { workspaceAt } from ${source('workspace.ts')}
    const options = { directory: ${JSON.stringify(workspace)}, env: process.env, signal: new AbortController().signal }
    const own = await checkOut(await workspaceAt(options), '${request.fork}', { ...options, progress: () => {} })
    console.log(own.directory)
    process.exit(0)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: box.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  await new Promise((done) => child.once('close', done))
  expect(output).toContain(box.temp)
  expect(stateOf(box, workspace)).toEqual(before)
})

test('what cannot be removed is told, and no error', async () => {
  const workspace = clone('stuck')
  const own = await checkout(workspace, request.fork)
  renameSync(box.temp, `${box.temp}-away`)
  writeFileSync(box.temp, 'a file where the directory was')
  expect(await own.remove()).toContain(own.directory)
  rmSync(box.temp)
  renameSync(`${box.temp}-away`, box.temp)
  await removed(own)
})
