import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { checkDirectory, makeDirectory } from '../src/directories.ts'

const root = mkdtempSync(join(tmpdir(), 'loadgate-directories-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('a directory is made with those above it, by several at once', async () => {
  const path = join(root, 'made', 'by', 'many')
  await Promise.all([makeDirectory(path), makeDirectory(path), makeDirectory(join(path, '..'))])
  expect(statSync(path).isDirectory()).toBe(true)
  await makeDirectory(path)
})

test('checking leaves nothing', async () => {
  const before = readdirSync(root)
  await checkDirectory(join(root, 'not', 'made'))
  await checkDirectory(root)
  expect(readdirSync(root)).toEqual(before)
})

test('a link that leads nowhere is no directory, and none can be made there', async () => {
  const link = join(root, 'link')
  symlinkSync(join(root, 'nowhere'), link)
  await expect(checkDirectory(join(link, 'below'))).rejects.toThrow(`${link} is a link that leads nowhere`)
})

test('a file in the way is named', async () => {
  const file = join(root, 'file')
  writeFileSync(file, '')
  for (const act of [makeDirectory, checkDirectory]) {
    await expect(act(file)).rejects.toThrow(`${file} is not a directory`)
    await expect(act(join(file, 'below', 'it'))).rejects.toThrow(`${file} is not a directory`)
  }
})

// Root may write everywhere.
if (process.getuid?.() !== 0)
  test('a directory without the right to write is refused', async () => {
    const path = join(root, 'locked')
    await makeDirectory(path)
    chmodSync(path, 0o500)
    await expect(checkDirectory(join(path, 'below'))).rejects.toThrow('EACCES')
  })

// Elsewhere there is no file system that lies in this way.
if (existsSync('/proc/self'))
  test('where a file system will not have directories, the attempt ends, and it is known before', async () => {
    await expect(makeDirectory('/proc/loadgate/below')).rejects.toThrow('/proc/loadgate')
    await expect(checkDirectory('/proc/loadgate/below')).rejects.toThrow('/proc/.loadgate-')
  })
