// The worker as a real process, with a real thread that sends to a real server, and a real bucket of a kind.
import { gunzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import type { Claim, Outcome, Progress } from '../src/fargate/protocol.ts'
import { VERSION } from '../src/version.ts'
import { startCountingServer } from './support/counting-server.ts'
import { type LittleBucket, startLittleBucket } from './support/little-bucket.ts'
import { onePlan, requestStep } from './support/plans.ts'
import { KEYS, order, renew, startTask } from './support/real-task.ts'
import { until } from './support/until.ts'
import { withHash } from './support/virtual/fleet.ts'

const planFor = (port: number, seconds: number) =>
  withHash(onePlan({ port, steps: [requestStep()], level: 50, seconds }))
const json = (bucket: LittleBucket, key: string) => JSON.parse(String(bucket.objects.get(key)))
const outcomeOf = (bucket: LittleBucket, index: number): Outcome =>
  JSON.parse(String(gunzipSync(bucket.objects.get(KEYS.result(index, 0))!)))
const startIn = (time: number, count: number) =>
  ({ kind: 'start', at: Date.now() + time, stagger: 0, generations: Array(count).fill(0) }) as const

test('three tasks for two slots: two carry the plan between them, one has nothing to do', async () => {
  await using server = await startCountingServer()
  await using bucket = await startLittleBucket()
  // Two hours of it do not matter: what the bucket says is what counts.
  bucket.skew = 3_600_000
  const plan = planFor(server.port, 2)
  order(bucket, plan, 2)
  const tasks = [1, 2, 3].map(() => startTask(bucket))
  await until(() => bucket.objects.has(KEYS.claim(0, 0)) && bucket.objects.has(KEYS.claim(1, 0)))
  const claim: Claim = json(bucket, KEYS.claim(0, 0))
  expect(claim).toMatchObject({ index: 0, generation: 0, planHash: plan.hash })
  expect(claim.clock.low).toBeGreaterThan(3_590_000)
  const { at, ...start } = startIn(6_000, 2)
  renew(bucket, { ...start, at: at + 3_600_000 })
  const ended = await Promise.all(tasks.map(({ ended }) => ended))
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0])
  expect(ended.filter(({ log }) => log.includes('surplus: '))).toHaveLength(1)
  expect(server.requests).toHaveLength(100)
  const results = [0, 1].map((index) => outcomeOf(bucket, index))
  for (const { result, stopped, clock } of results) {
    expect(result.complete).toBe(true)
    expect(stopped).toBeUndefined()
    expect(clock.high - clock.low).toBeLessThan(1_100)
  }
  expect(results.map(({ result }) => result.iterations.planned)).toEqual([50, 50])
  // Both began when it was said, within what their clocks allow for.
  for (const { result } of results) expect(Math.abs(result.startedAt - at)).toBeLessThan(1_200)
  expect(json(bucket, KEYS.progress(0, 0)) as Progress).toMatchObject({ state: 'ended', progress: { sent: 50 } })
  expect(ended.map(({ log }) => log).join()).not.toMatch(/http:|X-Amz|5ec2e7/)
})

test.each(['SIGTERM', 'SIGINT'] as const)('%s: what was measured is uploaded, and marked', async (signal) => {
  await using server = await startCountingServer()
  await using bucket = await startLittleBucket()
  order(bucket, planFor(server.port, 60), 1)
  const task = startTask(bucket)
  await until(() => bucket.objects.has(KEYS.claim(0, 0)))
  renew(bucket, startIn(3_000, 1))
  await until(() => server.requests.length > 20)
  const at = performance.now()
  task.kill(signal)
  const { code, at: goneAt } = await task.ended
  expect(code).toBe(143)
  expect(goneAt - at).toBeLessThan(10_000)
  const { stopped, result } = outcomeOf(bucket, 0)
  expect(stopped).toEqual({ kind: 'interrupted', words: `interrupted by ${signal}` })
  expect(result.complete).toBe(false)
  expect(result.iterations.started).toBeGreaterThan(0)
})

test('the word to stop, and SIGTERM soon after: what was measured is still uploaded', async () => {
  await using server = await startCountingServer()
  await using bucket = await startLittleBucket()
  order(bucket, planFor(server.port, 60), 1)
  const task = startTask(bucket)
  await until(() => bucket.objects.has(KEYS.claim(0, 0)))
  renew(bucket, startIn(3_000, 1))
  await until(() => server.requests.length > 20)
  bucket.interfere = ({ key }) => {
    if (key.includes('results')) task.kill('SIGTERM')
    return false
  }
  renew(bucket, { kind: 'stop', why: 'a budget\u001b[31m is ::error:: exceeded' })
  const { code, log } = await task.ended
  expect(code).toBe(0)
  expect(outcomeOf(bucket, 0).stopped).toEqual({ kind: 'stopped', words: expect.stringContaining('a budget') })
  expect(log).not.toContain('\u001b')
})

test('a control that falls silent ends the load within its term', async () => {
  await using server = await startCountingServer()
  await using bucket = await startLittleBucket()
  order(bucket, planFor(server.port, 60), 1)
  const task = startTask(bucket)
  await until(() => bucket.objects.has(KEYS.claim(0, 0)))
  renew(bucket, startIn(3_000, 1), 7_000)
  const renewedAt = performance.now()
  const { code, at } = await task.ended
  expect(code).toBe(12)
  expect(server.requests.length).toBeGreaterThan(20)
  // The term, and a poll until it was seen; two seconds more for a machine that is busy.
  expect(server.requests.at(-1)!.at - renewedAt).toBeLessThan(7_000 + 2_000 + 2_000)
  expect(at - renewedAt).toBeLessThan(20_000)
  expect(outcomeOf(bucket, 0).stopped).toEqual({
    kind: 'abandoned',
    words: expect.stringMatching(/not seen renewed for 7 s/),
  })
})

test('the lifetime ends a worker that nobody starts', async () => {
  await using bucket = await startLittleBucket()
  order(bucket, planFor(1, 60), 1, { lifetime: 4_000 })
  const { code, log } = await startTask(bucket).ended
  expect(code).toBe(16)
  expect(log).toContain('overtime')
})

test('the task names itself by what ECS says, if only at the second time', async () => {
  const arn = 'arn:aws:ecs:eu-central-1:123456789012:task/loadgate/0123456789abcdef'
  await using ecs = await startCountingServer((_, response, n) => {
    if (n === 0) response.destroy()
    else response.end(JSON.stringify({ TaskARN: arn }))
  })
  await using bucket = await startLittleBucket()
  order(bucket, planFor(1, 60), 1)
  const task = startTask(bucket, { ECS_CONTAINER_METADATA_URI_V4: `http://127.0.0.1:${ecs.port}/v4/abc` })
  await until(() => bucket.objects.has(KEYS.claim(0, 0)))
  expect(json(bucket, KEYS.claim(0, 0))).toMatchObject({ task: arn })
  expect(ecs.requests[0]!.url).toBe('/v4/abc/task')
  task.kill('SIGTERM')
  expect((await task.ended).code).toBe(143)
})

test.each(['', 'file:///etc/passwd', 'no address'])('%j for orders is refused', async (address) => {
  await using bucket = await startLittleBucket()
  const { code, log } = await startTask(bucket, { LOADGATE_ORDERS: address }).ended
  expect(code).toBe(10)
  expect(log).toContain(`Loadgate ${VERSION}`)
})
