import { expect, test } from '@jest/globals'
import { lastLogLines } from '../../src/jmeter/last-log-lines.ts'

const NO_LOG = '/nowhere/jmeter.log'

test('a long line is cut, but never within a word that could be a secret', async () => {
  const said = `ERROR ${'x'.repeat(280)} token=s3cret-that-goes-on-beyond-the-end and more`
  expect(await lastLogLines(NO_LOG, said)).toBe(`ERROR ${'x'.repeat(280)} …`)
  expect(await lastLogLines(NO_LOG, said.slice(0, 300))).toBe(said.slice(0, 300))
  expect(await lastLogLines(NO_LOG, 'y'.repeat(301))).toBe('…')
})

test('its errors are told rather than what it said besides, without how they came about', async () => {
  const said = ['INFO begun', 'ERROR no such file', '\tat java.base/Thread.run', '\t... 3 more', 'INFO ended'].join(
    '\n',
  )
  expect(await lastLogLines(NO_LOG, said)).toBe('ERROR no such file')
  expect(await lastLogLines(NO_LOG, 'INFO begun\n\nINFO ended\n')).toBe('INFO begun\nINFO ended')
  expect(await lastLogLines(NO_LOG, '')).toBe('')
})
