import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { type JMeterEnd, runJMeter } from '../../src/jmeter/run-jmeter.ts'
import { startCountingServer } from '../support/counting-server.ts'
import { testPlan } from '../support/jmeter/test-plan.ts'

const jmeter = { program: resolve(import.meta.dirname, '../support/jmeter/bin/jmeter'), version: '5.6.3' }
const env = { ...process.env, STAND_IN_NODE: process.execPath }

test('what it wrote is there for as long as it is read, and then nothing of it', async () => {
  await using server = await startCountingServer()
  const plan = {
    target: `http://127.0.0.1:${server.port}`,
    duration: 60_000,
    script: { tool: 'JMeter', file: 'load/shop.jmx', properties: {} },
    files: {
      'load/shop.jmx': Buffer.from(testPlan({ loops: 5, csv: '../rows.csv' })).toString('base64'),
      'rows.csv': Buffer.from('a\n').toString('base64'),
    },
  } as const
  const counts: number[] = []
  let found: JMeterEnd | undefined
  const lines = await runJMeter(
    plan,
    { jmeter, worker: { number: 2, of: 3 } },
    { env, signal: new AbortController().signal, onProgress: ({ index, sent }) => counts.push(index, sent) },
    async (end) => {
      found = end
      await sleep(300)
      const place = dirname(end.results)
      expect((statSync(join(place, 'loadgate.properties')).mode & 0o777).toString(8)).toBe('600')
      expect(readFileSync(join(place, 'loadgate.properties'), 'utf8')).toMatch(/^loadgate\.worker=2$/m)
      return readFileSync(end.results, 'utf8').split('\n').length
    },
  )
  expect([lines, server.requests.length]).toEqual([12, 10])
  expect(counts.slice(-2)).toEqual([1, 10])
  expect(found).toMatchObject({ stopped: false, problem: undefined })
  expect(existsSync(dirname(found!.results))).toBe(false)
})
