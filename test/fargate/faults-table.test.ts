// Every call of the coordinator, every kind of error, once and for good: what the run comes to.
import { expect, test } from '@jest/globals'
import { runOnFargate } from '../../src/fargate/coordinator/run-on-fargate.ts'
import { expectGolden } from '../support/golden.ts'
import { cellsOf } from './faults/fault-table.ts'
import { faultyDoors, KINDS, type Kind } from './faults/faulty-doors.ts'
import { JOB, play, Stage } from './faults/stage.ts'
import type { EcsTroubles } from './faults/virtual-ecs.ts'

// whole: every result is there, and a budget that holds passes. lost: some are not, and it is invalid. refused: nothing was
// judged, and an error says why. named: tasks that are not known to have stopped are told with their ARNs.
// A call of a kind stands for itself wherever it is made: `PUT control` is not only the first one.
const TABLE = `
| call | how often | throttled | 500 | no answer, not done | no answer, done | denied | malformed |
| --- | --- | --- | --- | --- | --- | --- | --- |
| PUT plan | once | whole | whole | whole | whole | refused | whole |
| PUT plan | for good | refused | refused | refused | refused | refused | whole |
| PUT summary, first | once | whole | whole | whole | whole | refused | whole |
| PUT summary, first | for good | refused | refused | refused | refused | refused | whole |
| PUT summary, of all workers | once | whole | whole | whole | whole | refused | whole |
| PUT summary, of all workers | for good | refused | refused | refused | refused | refused | whole |
| PUT orders | once | whole | whole | whole | whole | refused | whole |
| PUT orders | for good | refused | refused | refused | refused | refused | whole |
| PUT control, first | once | whole | whole | whole | whole | refused | whole |
| PUT control, first | for good | refused | refused | refused | refused | refused | whole |
| PUT control, renewed before the start | once | whole | whole | whole | whole | whole | whole |
| PUT control, renewed before the start | for good | lost | lost | lost | lost | lost | whole |
| PUT control, start | once | whole | whole | whole | whole | refused | whole |
| PUT control, start | for good | refused | refused | refused | refused | refused | whole |
| PUT control, renewed under way | once | whole | whole | whole | whole | whole | whole |
| PUT control, renewed under way | for good | lost | lost | lost | lost | lost | whole |
| PUT control, stop | once | whole | whole | whole | whole | whole | whole |
| PUT control, stop | for good | whole | whole | whole | whole | whole | whole |
| sign | once | whole | whole | whole | whole | refused | refused |
| sign | for good | refused | refused | refused | refused | refused | refused |
| LIST claims | once | whole | whole | whole | whole | refused | whole |
| LIST claims | for good | refused | refused | refused | refused | refused | refused |
| GET claim | once | whole | whole | whole | whole | refused | whole |
| GET claim | for good | refused | refused | refused | refused | refused | refused |
| GET progress | once | whole | whole | whole | whole | whole | whole |
| GET progress | for good | whole | whole | whole | whole | whole | whole |
| LIST results | once | whole | whole | whole | whole | whole | whole |
| LIST results | for good | lost | lost | lost | lost | lost | lost |
| GET result | once | whole | whole | whole | whole | whole | whole |
| GET result | for good | lost | lost | lost | lost | lost | lost |
| RunTask | once | whole | whole | whole | whole | refused | whole |
| RunTask | for good | refused | refused | refused | whole | refused | whole |
| DescribeTasks, before the start | once | whole | whole | whole | whole | refused | whole |
| DescribeTasks, before the start | for good | whole | whole | whole | whole | refused | whole |
| DescribeTasks, under way | once | whole | whole | whole | whole | whole | whole |
| DescribeTasks, under way | for good | whole | whole | whole | whole | whole | whole |
| DescribeTasks, at the end | once | whole | whole | whole | whole | whole | whole |
| DescribeTasks, at the end | for good | whole, named | whole, named | whole, named | whole, named | whole, named | whole, named |
| DescribeTasks | for good | whole, named | whole, named | whole, named | whole, named | refused | whole, named |
| ListTasks | once | whole | whole | whole | whole | whole | whole |
| ListTasks | for good | whole | whole | whole | whole | whole | whole |
| StopTask, before the start | once | whole | whole | whole | whole | refused | whole |
| StopTask, at the end | once | whole | whole | whole | whole | whole | whole |
| StopTask, at the end | for good | whole, named | whole, named | whole, named | whole | whole, named | whole |
| StopTask | for good | whole, named | whole, named | whole, named | whole | refused | whole |
`

/** For calls that are made only where something else is wrong. */
const SITUATIONS: Readonly<Record<string, EcsTroubles>> = {
  // So long that a lease which nobody renews is over by then.
  'PUT control, renewed before the start': { startUp: (n) => 50_000 + 700 * n },
  'StopTask, before the start': { startUp: (n) => (n === 1 ? Number.POSITIVE_INFINITY : 15_000 + 700 * n) },
  StopTask: { startUp: (n) => (n === 1 ? Number.POSITIVE_INFINITY : 15_000 + 700 * n) },
  'StopTask, at the end': { clings: (n) => n === 1 },
}

test.each(cellsOf(TABLE))('$call, $often $kind: $expected', async ({ call, often, kind, expected }) => {
  const stage = new Stage({ seed: call.length, ecs: SITUATIONS[call] ?? {} })
  const wrong = KINDS.find((known) => known === kind)!
  let hits = 0
  const faultOf = (name: string): Kind | undefined => {
    if (name !== call && !name.startsWith(`${call}, `)) return undefined
    return hits++ === 0 || often === 'for good' ? wrong : undefined
  }
  const { verdict, left, breaches } = await play(stage, (options) =>
    runOnFargate(JOB, faultyDoors(stage.doorsOf(), faultOf), options),
  )
  expect(hits).toBeGreaterThan(0)
  expect({ came: left.length > 0 ? `${verdict}, named` : verdict, breaches }).toEqual({ came: expected, breaches: [] })
})

test('no call of the coordinator is missing from the table', async () => {
  const made: string[] = []
  const tabled = new Set(cellsOf(TABLE).map(({ call }) => call))
  for (const ecs of Object.values(SITUATIONS)) {
    const stage = new Stage({ ecs })
    await play(stage, (options) =>
      runOnFargate(
        JOB,
        faultyDoors(stage.doorsOf(), () => undefined, made),
        options,
      ),
    )
  }
  expect([...new Set(made)].filter((name) => !tabled.has(name))).toEqual([])
})

test('the table is the one that is shown', () => {
  expectGolden('fargate/faults-coordinator.md', TABLE.trimStart())
})
