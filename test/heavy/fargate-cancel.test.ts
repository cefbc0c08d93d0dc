// Ctrl-C and a cancelled job with a thousand workers, in a virtual world.
import { expect, test } from '@jest/globals'
import { runOnFargate } from '../../src/fargate/coordinator/run-on-fargate.ts'
import type { Ms } from '../../src/units.ts'
import { job } from '../fargate/small-world.ts'
import { onePlan, requestStep } from '../support/plans.ts'
import { startCluster } from '../support/virtual/cluster.ts'
import { withHash } from '../support/virtual/fleet.ts'
import { lastSent } from '../support/virtual/kill.ts'

const WORKERS = 1_000
const plan = withHash(onePlan({ port: 1, steps: [requestStep()], level: WORKERS, seconds: 60 }))
const startUp = (n: number): Ms => 20_000 + ((n * 7_919) % 30_000)

test.each([
  ['while tasks are asked for', 20_000],
  ['while tasks start', 70_000],
  ['before the start', 110_000],
  ['while they send', 140_000],
  ['while they upload their results', 175_000],
])(
  `cancelled %s: all of ${WORKERS} workers have stopped within 5 s, and the coordinator is gone within 7 s`,
  async (name, at) => {
    const { world, ecs, doors, sendings, machine, told } = startCluster(3, { startUp })
    const abort = new AbortController()
    let returned: Ms | undefined
    void runOnFargate({ ...job(WORKERS), plan }, doors, { signal: abort.signal })
      .catch(() => undefined)
      .then(() => {
        returned = world.now
        machine.kill()
      })
    await world.run({ until: at })
    const sending = sendings.filter((sending) => sending.from <= at && sending.until === undefined).length
    const living = ecs.tasks.filter(({ machine }) => machine?.alive).length
    abort.abort(new Error('SIGINT'))
    await world.run({ until: at + 300_000 })
    const sent = Math.max(0, ...sendings.map((sending) => lastSent(sending) - at))
    const lived = Math.max(...ecs.tasks.map(({ stoppedAt = Number.POSITIVE_INFINITY }) => stoppedAt - at))
    process.stdout.write(
      `Cancelled ${name}: ${living} of ${ecs.tasks.length} tasks ran, ${sending} sent; the last request ${sent} ms after, the coordinator gone ${returned! - at} ms after, the last task ${lived} ms after; ${ecs.modifies.calls} changes asked of ECS, ${ecs.throttled} calls throttled, ${told.length} lines told\n`,
    )
    expect(sent).toBeLessThan(5_000)
    expect(returned! - at).toBeLessThan(7_000)
    expect(lived).toBeLessThan(120_000)
    // It knows the limits of AWS, and refuses whatever is beyond them.
    expect(ecs.throttled).toBe(0)
  },
  600_000,
)
