import { expect, test } from '@jest/globals'
import { laterPublisher } from '../../src/publish/later.ts'
import { publishAll } from '../../src/publish/publish-all.ts'
import type { Publisher } from '../../src/publish/publisher.ts'
import { FAIL } from '../report/reports.ts'

const broken: Publisher = { publish: () => Promise.reject(new Error('no space left on device')) }
const told: string[] = []
const sound = (name: string, commentUrl?: string): Publisher => ({
  publish: async ({ verdict }) => {
    told.push(`${name}: ${verdict.outcome}`)
    return { commentUrl, notices: [`${name} has a word`] }
  },
})

test('what goes wrong in one publisher is a notice, and keeps nothing from the next', async () => {
  const all = publishAll([
    sound('first'),
    broken,
    sound('second', 'https://a.example/1'),
    sound('third', 'https://a.example/2'),
  ])
  const { commentUrl, notices } = await all.publish(FAIL)
  expect(told).toEqual(['first: fail', 'second: fail', 'third: fail'])
  expect(commentUrl).toBe('https://a.example/1')
  expect(notices).toEqual([
    'first has a word',
    'A part of this could not be published: no space left on device',
    'second has a word',
    'third has a word',
  ])
})

test('a report for later that cannot be put down is a notice', async () => {
  const env = { RUNNER_TEMP: '/nowhere/at/all', ACTIONS_RUNTIME_TOKEN: 'x', ACTIONS_RESULTS_URL: 'http://127.0.0.1:1/' }
  const { notices } = await laterPublisher({ name: 'shop', env }).publish(FAIL)
  expect(notices).toEqual([expect.stringMatching(/^The report was not stored for the comment: .*\/nowhere\/at\/all/)])
})
