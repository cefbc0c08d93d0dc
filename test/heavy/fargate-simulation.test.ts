// The coordinator's and the workers' own code in a virtual world, for as long and with as many as no real one could be had.
//   FARGATE_HOURS=whole npm run heavy -- fargate-simulation      takes some six minutes
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { MODIFY, READ } from '../support/virtual/ecs.ts'
import type { Figures, Simulated } from './simulate-fargate.ts'

const SCRIPT = join(import.meta.dirname, 'simulate-fargate.ts')
// Of one prefix, per second. https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
const S3 = { reads: 5_500, writes: 3_500 }
const HOUR = 3_600_000
/** Of both, else with as many workers for a part of the time. */
const WHOLE = process.env.FARGATE_HOURS === 'whole'

// Reports of the engine are not what this is about: every quarter of an hour, and every hour.
test.concurrent.each([
  ['1,000 workers', { workers: 1_000, seconds: WHOLE ? 3_600 : 900, rate: 1_000, reportEvery: HOUR / 4 }],
  ['100 workers', { workers: 100, seconds: (WHOLE ? 72 : 6) * 3_600, rate: 5, reportEvery: HOUR }],
] as const)(
  '%s: the results of one, the coordinator as large as before, few calls, and all tasks stopped in time',
  async (name, simulated) => {
    const figures = await simulate(simulated)
    tell(name, simulated, figures)
    const { lost, difference, requests, tasks, left, paid, memory, s3, ecs } = figures
    expect({ lost, difference }).toEqual({ lost: [], difference: undefined })
    expect(requests).toBe(simulated.rate * simulated.seconds)
    expect([tasks, left]).toEqual([simulated.workers, 0])
    expect(paid).toBeLessThan(1_050 * simulated.seconds + 120_000)
    expect(Math.max(...memory)).toBeLessThan(1.1 * memory[0]!)
    expect(s3.reads.busiest).toBeLessThan(S3.reads)
    expect(s3.writes.busiest).toBeLessThan(S3.writes)
    // It knows the limits, and refuses whatever is beyond them.
    expect(ecs.throttled).toBe(0)
  },
  HOUR,
)

async function simulate(simulated: Simulated): Promise<Figures> {
  const args = ['--expose-gc', SCRIPT, JSON.stringify(simulated)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: HOUR, maxBuffer: 10_000_000 })
  return JSON.parse(stdout)
}

function tell(name: string, { seconds }: Simulated, { requests, paid, memory, s3, ecs }: Figures): void {
  const of = ({ perSecond, busiest }: Figures['s3']['reads']) =>
    `${perSecond.toFixed(1)}/s, ${busiest} in the busiest second`
  const lines = [
    `${name} for ${seconds} s, ${requests} requests`,
    `S3 reads ${of(s3.reads)} (limit ${S3.reads}); writes ${of(s3.writes)} (limit ${S3.writes})`,
    `ECS reads ${of(ecs.reads)} (limit ${READ.perSecond}/s, ${READ.burst} at once)`,
    `ECS changes ${of(ecs.changes)} (limit ${MODIFY.perSecond}/s, ${MODIFY.burst} at once); ${ecs.launches.busiest} tasks asked for in the busiest second`,
    `memory of it all, in MB: ${memory.map((megabytes) => megabytes.toFixed(1)).join(', ')}`,
    `of a task ${(paid / 1_000).toFixed(0)} s are paid at most, for a plan of ${seconds} s`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
