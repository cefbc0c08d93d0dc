import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { findJMeter, versionIn } from '../../src/jmeter/find-jmeter.ts'

const HOME = resolve(import.meta.dirname, '../support/jmeter')
const NODE = { STAND_IN_NODE: process.execPath }
const USUAL = process.env.PATH ?? ''
const { signal } = new AbortController()

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loadgate-find-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function program(text: string, mode = 0o755): string {
  const path = join(folder, 'bin/jmeter')
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `#!/bin/sh\n${text}\n`)
  chmodSync(path, mode)
  return path
}

test('JMETER_HOME comes first, and then PATH', async () => {
  const other = program('echo 5.5')
  const path = [dirname(other), USUAL].join(delimiter)
  expect(await findJMeter({ ...NODE, PATH: path, JMETER_HOME: HOME }, signal)).toEqual({
    program: join(HOME, 'bin/jmeter'),
    version: '5.6.3',
  })
  expect(await findJMeter({ PATH: path }, signal)).toEqual({ program: other, version: '5.5' })
})

test('one that is no program is passed over', async () => {
  program('echo 5.5', 0o644)
  const path = [join(folder, 'bin'), join(HOME, 'bin'), USUAL].join(delimiter)
  expect(await findJMeter({ ...NODE, PATH: path }, signal)).toMatchObject({ version: '5.6.3' })
})

test.each([
  [{ PATH: '/nowhere' }, /PATH has no `jmeter`/],
  [{ PATH: USUAL, JMETER_HOME: '/nowhere' }, /JMETER_HOME has no program bin\/jmeter: \/nowhere/],
])('where there is none, it is said how to have one: %j', async (env, message) => {
  await expect(findJMeter(env, signal)).rejects.toMatchObject({
    kind: 'infrastructure',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(/JMETER_HOME/),
  })
})

test('one that does not run is told with its own words', async () => {
  program('echo "No Java runtime" >&2; exit 3')
  await expect(findJMeter({ PATH: [join(folder, 'bin'), USUAL].join(delimiter) }, signal)).rejects.toMatchObject({
    kind: 'infrastructure',
    message: expect.stringMatching(/--version` exited with code 3 .*No Java runtime/s),
  })
})

test.each([
  ['/_/   \\_\\_| /_/   \\_\\ 5.6.3\n\nCopyright (c) 1999-2024 The Apache Software Foundation', '5.6.3'],
  ['Copyright (c) 1998-2015 The Apache Software Foundation\nVersion 2.13.20180731', '2.13.20180731'],
  ['Version 2.13 r1665067', '2.13'],
  ['nothing', undefined],
])('the version in %j', (output, version) => {
  expect(versionIn(output)).toBe(version)
})
