// What a profile names beside itself, read from a real directory.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { loadProfile } from '../src/profile-file.ts'

const above = mkdtempSync(join(tmpdir(), 'profile-file-'))
const directory = join(above, 'profile')
const bytes = Buffer.from([0, 13, 10, 128, 255])
mkdirSync(join(directory, 'pictures'), { recursive: true })
writeFileSync(join(directory, 'pictures', 'photo.jpg'), bytes)
writeFileSync(join(above, 'secret'), 'of another')
symlinkSync(join(above, 'secret'), join(directory, 'link'))
afterAll(() => rmSync(above, { recursive: true }))

async function load(...files: readonly string[]) {
  const steps = files.map((file) => ({ put: '/', multipart: { it: { file } } }))
  const load = { rate: '1/s', for: '1s' }
  const profile = { name: 'x', target: 'http://h', load, scenarios: [{ name: 's', steps }] }
  const path = join(directory, 'loadgate.yml')
  writeFileSync(path, JSON.stringify(profile))
  return (await loadProfile(path, {})).plan
}

test('a file of several requests is read byte by byte, and is in the plan once', async () => {
  const { files } = await load('pictures/photo.jpg', 'pictures/photo.jpg')
  expect(files).toEqual({ 'pictures/photo.jpg': bytes.toString('base64') })
})

test.each([
  ['nothing.jpg', /nothing\.jpg is not there/],
  ['link', /link leads out of/],
  ['pictures', /pictures is not a regular file/],
])('%s is refused', async (file, says) => {
  await expect(load(file)).rejects.toMatchObject({ kind: 'usage', message: expect.stringMatching(says) })
})
