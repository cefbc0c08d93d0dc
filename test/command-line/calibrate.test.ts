import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { calibrateCommand } from '../../src/command-line/calibrate.ts'
import { roomOf, workerRate } from '../../src/fargate/setup/workers.ts'
import { createOutput } from '../../src/output/output.ts'
import type { findRate } from '../../src/sizing/find-rate.ts'
import { type Workspace, workspace } from '../support/run-cli.ts'

const PROFILE = `name: shop
target: https://shop.example
load: { rate: 5000/s, for: 60s }
scenarios: [ { name: store, steps: [ { get: / }, { get: /cart } ] } ]
`
const COST = { perRequest: 50, atFullLoad: 25, requests: 5_000, took: 1_200 }

let place: Workspace
let log: string
beforeEach(() => {
  place = workspace()
  log = ''
  writeFileSync(place.at('loadgate.yml'), PROFILE)
})
afterEach(() => place[Symbol.dispose]())

const calibrate = (args: readonly string[], find?: typeof findRate, signal = new AbortController().signal) => {
  const stream = {
    columns: 100,
    write: (written: string) => {
      log += written
    },
  }
  const output = createOutput({ stdout: stream, stderr: stream, github: false })
  return calibrateCommand([place.at('loadgate.yml'), ...args], output, signal, find)
}

const sound: typeof findRate = async (_, { onAttempt }) => {
  const attempts = [
    { rate: 8_000, cpu: 0.41, unfit: 'The generator used 99 % of a core' },
    { rate: 8_000, cpu: 0.4, unfit: undefined },
  ]
  for (const attempt of attempts) onAttempt(attempt.rate, attempt)
  return { cost: COST, attempts, rate: 8_000 }
}

test('what was tried, the sizes, and the line to use, whose value is one that is taken', async () => {
  expect(await calibrate(['--fargate-cpu', '2'], sound)).toBe(0)
  expect(log).toContain('8,000 requests/s, at 41 % of a core: not sound. The generator used 99 % of a core.')
  expect(log).toContain('8,000 requests/s, at 40 % of a core: sound.')
  expect(log).toMatch(/2 × 2 vCPU and 4 GB: 10,000 requests\/s, 8,000 requests\/s from each worker/)
  expect(log).toMatch(/\n {2}fargate-worker-rate: 8000\/s\n$/)
  log = ''
  // A smaller one sends its share of what a core does.
  const { rate } = roomOf(256)
  expect(await calibrate(['--fargate-cpu', '0.25'], sound)).toBe(0)
  expect(log).toMatch(new RegExp(`\\n {2}fargate-worker-rate: ${workerRate(256, 8_000)}/s\\n$`))
  expect(workerRate(256, 8_000) / 8_000).toBeCloseTo(rate / roomOf(2_048).rate, 2)
  expect(await calibrate(['--fargate-cpu=2', '--fargate-worker-rate=8000/s'], sound)).toBe(0)
})

test('where it cannot be measured, it is said why, and what holds then', async () => {
  const unmeasured = calibrate([], async () => ({ unmeasured: 'no load was sound: it was late' }))
  await expect(unmeasured).rejects.toMatchObject({
    kind: 'infrastructure',
    message: 'What one worker sends could not be measured: no load was sound: it was late',
    hint: expect.stringContaining('docs/fargate.md'),
  })
})

test('what is stopped prints no figures', async () => {
  const stop = new AbortController()
  const stopped: typeof findRate = (...args) => {
    stop.abort()
    return sound(...args)
  }
  expect(await calibrate([], stopped, stop.signal)).not.toBe(0)
  expect(log).not.toContain('fargate-worker-rate')
})

test.each([
  [PROFILE.replace('rate:', 'rat:'), [], /rat/],
  [PROFILE, ['--threads', '2'], /This command has no flag --threads/],
  [PROFILE, ['--fargate-cpu', '3'], /`--fargate-cpu` is "3"/],
])('a mistake is one of usage, and nothing is measured', async (text, args, message) => {
  writeFileSync(place.at('loadgate.yml'), text)
  const never = async () => Promise.reject(new Error('it was measured'))
  const refused = expect.objectContaining({ kind: 'usage', message: expect.stringMatching(message) })
  await expect(calibrate(args, never)).rejects.toEqual(refused)
})
