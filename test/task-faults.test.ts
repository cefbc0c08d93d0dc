// As the table of the simulation, with a real process and a real server.
import type { ServerResponse } from 'node:http'
import { expect, test } from '@jest/globals'
import { VERSION } from '../src/version.ts'
import { startLittleBucket } from './support/little-bucket.ts'
import { onePlan, requestStep } from './support/plans.ts'
import { order, startTask } from './support/real-task.ts'
import { withHash } from './support/virtual/fleet.ts'

const plan = withHash(onePlan({ port: 1, steps: [requestStep()], level: 50, seconds: 60 }))

const FAULTS: readonly (readonly [
  what: string,
  place: string,
  code: number,
  (response: ServerResponse, body: Buffer) => void,
])[] = [
  ['404', 'orders', 11, (response) => response.writeHead(404).end()],
  ['403', 'plan', 11, (response) => response.writeHead(403).end('<Code>AccessDenied</Code>')],
  ['403', 'claims', 11, (response) => response.writeHead(403).end()],
  ['500', 'orders', 11, (response) => response.writeHead(500).end()],
  ['503', 'plan', 11, (response) => response.writeHead(503).end('<Code>SlowDown</Code>')],
  ['no answer', 'orders', 11, () => {}],
  [
    'cut off',
    'plan',
    11,
    (response, body) => response.writeHead(200, { 'content-length': 1e6 }).write(body, () => response.destroy()),
  ],
  ['too large', 'orders', 11, (response) => response.end(Buffer.alloc(2_000_000))],
  ['no JSON', 'orders', 10, (response) => response.end('<html>')],
  ['another version', 'orders', 10, (response, body) => response.end(String(body).replace(`"${VERSION}"`, '"0.0.1"'))],
  ['another hash', 'plan', 10, (response, body) => response.end(Buffer.concat([body, body]))],
]

// All at once: those that try again take their time, and none takes the machine's.
test('a bucket that never answers as it should ends the task, in time and with the code that says why', async () => {
  const ends = FAULTS.map(async ([what, place, , misbehave]) => {
    await using bucket = await startLittleBucket()
    order(bucket, plan, 1)
    bucket.interfere = ({ key }, response) => {
      if (!key.includes(place)) return false
      misbehave(response, bucket.objects.get(key) ?? Buffer.alloc(0))
      return true
    }
    const { code, log } = await startTask(bucket).ended
    return [what, place, code, log.includes('5ec2e7')]
  })
  expect(await Promise.all(ends)).toEqual(FAULTS.map(([what, place, code]) => [what, place, code, false]))
}, 60_000)
