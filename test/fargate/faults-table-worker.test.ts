// Every call of a worker, every kind of error, once, at one worker for good and at all for good: what the run comes to.
import { expect, test } from '@jest/globals'
import { keysOf } from '../../src/fargate/protocol.ts'
import { expectGolden } from '../support/golden.ts'
import type { Call, Fault } from '../support/virtual/bucket.ts'
import { cellsOf } from './faults/fault-table.ts'
import { kindOf } from './faults/faulty-doors.ts'
import { play, RUN, Stage } from './faults/stage.ts'

// whole: every result is there, and a budget that holds passes. lost: some are not, and it is invalid. refused: nothing was
// judged, and an error says why. A worker that fails before the start is replaced, by another task that has no trouble of its
// own; later nobody takes its place. A claim that is there counts as "ready": who wrote it and never heard so may leave
// too late to be replaced.
const TABLE = `
| call | how often | throttled | 500 | no answer, not done | no answer, done | denied | malformed |
| --- | --- | --- | --- | --- | --- | --- | --- |
| GET orders | once | whole | whole | whole | whole | whole | whole |
| GET orders | at one, for good | whole | whole | whole | whole | whole | whole |
| GET orders | at all, for good | refused | refused | refused | refused | refused | refused |
| GET plan | once | whole | whole | whole | whole | whole | whole |
| GET plan | at one, for good | whole | whole | whole | whole | whole | whole |
| GET plan | at all, for good | refused | refused | refused | refused | refused | refused |
| GET control, before the start | once | whole | whole | whole | whole | whole | whole |
| GET control, before the start | at one, for good | whole | whole | whole | whole | whole | whole |
| GET control, before the start | at all, for good | refused | refused | refused | refused | refused | refused |
| GET control, under way | once | whole | whole | whole | whole | whole | whole |
| GET control, under way | at one, for good | lost | lost | lost | lost | lost | lost |
| GET control, under way | at all, for good | lost | lost | lost | lost | lost | lost |
| PUT claim | once | whole | whole | whole | whole | whole | – |
| PUT claim | at one, for good | whole | whole | whole | lost | whole | – |
| PUT claim | at all, for good | refused | refused | refused | refused | refused | – |
| GET claim | once | whole | whole | whole | whole | whole | lost |
| GET claim | at one, for good | lost | lost | lost | lost | lost | lost |
| GET claim | at all, for good | refused | refused | refused | refused | refused | lost |
| PUT progress | once | whole | whole | whole | whole | whole | – |
| PUT progress | at one, for good | whole | whole | whole | whole | whole | – |
| PUT progress | at all, for good | whole | whole | whole | whole | whole | – |
| PUT result | once | whole | whole | whole | whole | lost | – |
| PUT result | at one, for good | lost | lost | lost | whole | lost | – |
| PUT result | at all, for good | lost | lost | lost | whole | lost | – |
`

const KINDS: Readonly<Record<string, Fault>> = {
  throttled: { kind: 'status', status: 503 },
  500: { kind: 'status', status: 500 },
  'no answer, not done': { kind: 'deaf' },
  'no answer, done': { kind: 'mute' },
  denied: { kind: 'status', status: 403 },
  malformed: { kind: 'body', body: Buffer.from('<Error><Code>SlowDown</Code></Error>') },
}

test.each(cellsOf(TABLE))('$call, $often $kind: $expected', async ({ call, often, kind, expected }) => {
  const stage = new Stage({ seed: call.length })
  let hits = 0
  let chosen: string | undefined
  const hears = new Set<string>()
  stage.bucket.faultOf = (made) => {
    if (made.from === stage.coordinator.name) return undefined
    const name = nameOf(made, stage)
    // The own claim is read only by who has heard nothing of having written it.
    if (call === 'GET claim' && name === 'PUT claim' && !hears.has(made.from)) {
      hears.add(made.from)
      return { kind: 'mute' }
    }
    if (name !== call) return undefined
    chosen ??= made.from
    if (!often.startsWith('at all') && made.from !== chosen) return undefined
    return hits++ === 0 || often !== 'once' ? KINDS[kind] : undefined
  }
  const { verdict, left, breaches } = await play(stage)
  expect(hits).toBeGreaterThan(0)
  expect({ verdict, left, breaches }).toEqual({ verdict: expected, left: [], breaches: [] })
})

test('the table is the one that is shown', () => {
  expectGolden('fargate/faults-worker.md', TABLE.trimStart())
})

function nameOf({ method, key }: Call, { bucket }: Stage): string {
  const name = `${method} ${kindOf(key)}`
  if (name !== 'GET control') return name
  const { order } = JSON.parse(bucket.storage.get(keysOf(RUN).control).body.toString())
  return order.kind === 'wait' ? `${name}, before the start` : `${name}, under way`
}
