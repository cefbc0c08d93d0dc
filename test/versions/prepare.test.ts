import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { prepare } from '../../src/versions/prepare.ts'
import { alive } from '../support/alive.ts'
import { until } from '../support/until.ts'

let directory: string
let lines: string[] = []
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'loadgate-prepare-'))
})
beforeEach(() => {
  lines = []
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const pidIn = (file: string) => {
  try {
    return Number(readFileSync(join(directory, file), 'utf8'))
  } catch {
    return 0
  }
}

function run(
  command: string | undefined,
  {
    within = 20_000,
    signal = new AbortController().signal,
    env = {},
  }: { within?: number; signal?: AbortSignal; env?: object } = {},
) {
  return prepare(
    { prepare: command, prepareWithin: within },
    {
      cwd: directory,
      env: { PATH: process.env.PATH, ...env },
      signal,
      who: 'the base version (0123456)',
      progress: (line) => lines.push(line),
    },
  )
}

test('the command runs in the directory, and its output is progress', async () => {
  await run('echo one; echo two >&2; pwd')
  expect(lines[0]).toBe('Preparing the base version (0123456): echo one; echo two >&2; pwd')
  expect([...lines.slice(1, -1)].sort()).toEqual([`  ${directory}`, '  one', '  two'].sort())
  expect(lines.at(-1)).toMatch(/^Prepared the base version \(0123456\) in \d/)
})

test('without a command nothing is done or said', async () => {
  await run(undefined)
  expect(lines).toEqual([])
})

test('a failure is told with the command, how it ended and what it said last', async () => {
  await expect(run('echo "no such package"; exit 3')).rejects.toMatchObject({
    kind: 'target',
    message: expect.stringMatching(
      /base version \(0123456\) failed: `echo .* exit 3` exited with code 3; its last output:\nno such package/,
    ),
  })
  await expect(run('kill -9 $$')).rejects.toMatchObject({
    message: expect.stringMatching(/ended by SIGKILL; it wrote nothing/),
  })
})

test('one that takes too long is stopped, with what it started', async () => {
  await expect(
    run('echo begun; sh -c "echo \\$\\$ > slow; sleep 60; true"; true', { within: 1_000 }),
  ).rejects.toMatchObject({
    kind: 'target',
    message: expect.stringMatching(/longer than 1 s; its last output:\nbegun/),
    hint: expect.stringMatching(/prepare-within/),
  })
  expect(pidIn('slow')).toBeGreaterThan(1)
  expect(alive(pidIn('slow'))).toBe(false)
})

test('cancelled, it is stopped, with what it started', async () => {
  const cancel = new AbortController()
  const ended = expect(
    run('sh -c "echo \\$\\$ > cancelled; sleep 60; true"; true', { signal: cancel.signal }),
  ).rejects.toThrow('enough')
  await until(() => pidIn('cancelled') > 1)
  cancel.abort(new Error('enough'))
  await ended
  expect(alive(pidIn('cancelled'))).toBe(false)
  await expect(run('touch never', { signal: cancel.signal })).rejects.toThrow('enough')
  expect(lines.some((line) => line.includes('never'))).toBe(false)
})

test('what it leaves in the background is stopped when it is done', async () => {
  await run('sleep 60 & echo $! > behind')
  expect(pidIn('behind')).toBeGreaterThan(1)
  expect(alive(pidIn('behind'))).toBe(false)
})

test('of a chatty build the first lines are shown, and how many more there were', async () => {
  await run('seq 1500')
  expect(lines[1000]).toBe('  1000')
  expect(lines[1001]).toBe('  … and 500 more lines')
  expect(lines).toHaveLength(1003)
})

test('the secrets of the runner do not reach it', async () => {
  await run('env', { env: { GITHUB_TOKEN: 'ghs_secret', 'INPUT_GITHUB-TOKEN': 'ghs_secret', NPM_TOKEN: 'for npm' } })
  expect(lines.join('\n')).not.toContain('ghs_secret')
  expect(lines).toContain('  NPM_TOKEN=for npm')
})
