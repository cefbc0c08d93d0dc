// Which commit a run is of, where its files may have been changed since.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { commitIn, isChanged } from '../../src/command-line/commit.ts'
import { type Sandbox, sandbox } from '../versions/repository.ts'

const STORE = '.loadgate/baseline.json'
let box: Sandbox
let root: string
let count = 0

beforeAll(() => {
  box = sandbox()
})
afterAll(() => box.remove())
beforeEach(() => {
  root = join(box.root, `repository-${count++}`)
  box.git(box.root, 'init', '--quiet', root)
  box.commit(root, { 'shop/server.mjs': 'a', [`shop/${STORE}`]: '{}', 'shop/out/report.md': 'old', 'ä b.txt': 'a' })
})

const changed = (folder = 'shop') => {
  const here = { directory: join(root, folder), env: box.env, signal: new AbortController().signal }
  return isChanged(here, [STORE, 'out'])
}
const write = (path: string, text = 'b') => writeFileSync(join(root, path), text)

test('what is committed is not changed, and files that git does not know are no change', async () => {
  write('shop/notes.txt')
  expect(await changed()).toBe(false)
})

test('nor is it by what Loadgate itself writes', async () => {
  write(`shop/${STORE}`)
  write('shop/out/report.md')
  expect(await changed()).toBe(false)
})

test.each<[what: string, change: () => void]>([
  ['a file', () => write('shop/server.mjs')],
  ['a file outside of the folder, with a name of its own', () => write('ä b.txt')],
  [
    'what is staged',
    () => {
      write('shop/new.mjs')
      box.git(root, 'add', '.')
    },
  ],
  ['a file that is gone', () => box.git(root, 'rm', '--quiet', 'shop/server.mjs')],
  [
    'a name that only begins like one of those',
    () => {
      mkdirSync(join(root, 'shop/outer'))
      write('shop/outer/a.txt')
      box.git(root, 'add', '.')
    },
  ],
])('%s is a change', async (_, change) => {
  change()
  expect(await changed()).toBe(true)
  const here = { directory: root, env: box.env, signal: new AbortController().signal }
  expect(await commitIn(here)).toBe(box.git(root, 'rev-parse', 'HEAD'))
})
