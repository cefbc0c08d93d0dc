// Every call of those who come later, every kind of error: `loadgate collect`, and `loadgate sweep` behind a coordinator that
// was killed.
import { expect, test } from '@jest/globals'
import { collectFromFargate, findRun } from '../../src/fargate/coordinator/collect-run.ts'
import { detachOnFargate, runOnFargate } from '../../src/fargate/coordinator/run-on-fargate.ts'
import { type Swept, sweep } from '../../src/fargate/coordinator/sweep.ts'
import { expectGolden } from '../support/golden.ts'
import { Machine } from '../support/virtual/machine.ts'
import { type Cell, cellsOf } from './faults/fault-table.ts'
import { faultyDoors, KINDS, type Kind } from './faults/faulty-doors.ts'
import { JOB, play, RUN, Stage } from './faults/stage.ts'

// whole: every result is there, and a budget that holds passes. lost: some are not, and it is invalid. refused: an error says
// why, the run is as it was, and the next `collect` has all of it. named: tasks that are not known to have stopped are told.
const COLLECT = `
| call | how often | throttled | 500 | no answer, not done | no answer, done | denied | malformed |
| --- | --- | --- | --- | --- | --- | --- | --- |
| GET summary | once | whole | whole | whole | whole | refused | refused |
| GET summary | for good | refused | refused | refused | refused | refused | refused |
| GET plan | once | whole | whole | whole | whole | refused | refused |
| GET plan | for good | refused | refused | refused | refused | refused | refused |
| GET control | once | whole | whole | whole | whole | refused | refused |
| GET control | for good | refused | refused | refused | refused | refused | refused |
| GET progress | once | whole | whole | whole | whole | whole | whole |
| GET progress | for good | whole | whole | whole | whole | whole | whole |
| LIST results | once | whole | whole | whole | whole | whole | whole |
| LIST results | for good | lost | lost | lost | lost | lost | lost |
| GET result | once | whole | whole | whole | whole | whole | whole |
| GET result | for good | lost | lost | lost | lost | lost | lost |
| PUT control, stop | once | whole | whole | whole | whole | whole | whole |
| PUT control, stop | for good | whole | whole | whole | whole | whole | whole |
| DescribeTasks | once | whole | whole | whole | whole | whole | whole |
| DescribeTasks | for good | whole, named | whole, named | whole, named | whole, named | whole, named | whole, named |
| ListTasks | once | whole | whole | whole | whole | whole | whole |
| ListTasks | for good | whole | whole | whole | whole | whole | whole |
`

// ended: the tasks are verified as stopped. let be: nothing was done to the run. refused: the same, with an error. The next
// `sweep` ends it then.
const SWEEP = `
| call | how often | throttled | 500 | no answer, not done | no answer, done | denied | malformed |
| --- | --- | --- | --- | --- | --- | --- | --- |
| ListTasks | once | ended | ended | ended | ended | refused | nothing |
| ListTasks | for good | refused | refused | refused | refused | refused | nothing |
| GET control | once | ended | ended | ended | ended | let be | let be |
| GET control | for good | let be | let be | let be | let be | let be | let be |
| PUT control, stop | once | ended | ended | ended | ended | ended | ended |
| PUT control, stop | for good | ended | ended | ended | ended | ended | ended |
| DescribeTasks | once | ended | ended | ended | ended | ended | ended |
| DescribeTasks | for good | named | named | named | named | named | named |
| StopTask | once | ended | ended | ended | ended | ended | ended |
| StopTask | for good | named | named | named | ended | named | ended |
`

test.each(cellsOf(COLLECT))('collect: $call, $often $kind: $expected', async (cell) => {
  const stage = new Stage({ seed: cell.call.length })
  await stage.until(detachOnFargate(JOB, stage.doorsOf()))
  const collect = (faultOf: (name: string) => Kind | undefined) => {
    const doors = faultyDoors(stage.doorsOf(new Machine(stage.world, 'laptop')), faultOf)
    return play(stage, async (options) => collectFromFargate(await findRun(RUN, doors), doors, options))
  }
  const { faultOf, hits } = faultsOf(cell)
  const { verdict, left, breaches } = await collect(faultOf)
  expect(hits()).toBeGreaterThan(0)
  expect(left.length > 0 ? `${verdict}, named` : verdict).toBe(cell.expected)
  // Of a run that goes on there are tasks, and they send.
  expect(breaches.filter((breach) => verdict !== 'refused' || !/it is over|these send/.test(breach))).toEqual([])
  if (verdict !== 'refused') return
  expect(await collect(() => undefined)).toMatchObject({ verdict: 'whole', breaches: [] })
})

test.each(cellsOf(SWEEP))('sweep: $call, $often $kind: $expected', async (cell) => {
  const stage = new Stage({ seed: cell.call.length, ecs: { clings: () => true } })
  runOnFargate(JOB, stage.doorsOf()).catch(() => undefined)
  await stage.world.run({ until: 60_000 })
  stage.coordinator.kill()
  const sweepWith = (faultOf: (name: string) => Kind | undefined) => {
    const doors = faultyDoors(stage.doorsOf(new Machine(stage.world, 'laptop')), faultOf)
    return stage.until(sweep(doors).catch((error: Error) => error))
  }
  const { faultOf, hits } = faultsOf(cell)
  const came = wordOf(await sweepWith(faultOf))
  expect(hits()).toBeGreaterThan(0)
  expect([came, came === 'ended' ? stage.ecs.living : []]).toEqual([cell.expected, []])
  await sweepWith(() => undefined)
  expect([stage.ecs.sending, stage.ecs.living]).toEqual([[], []])
})

test('the tables are those that are shown', () => {
  expectGolden('fargate/faults-collect.md', COLLECT.trimStart())
  expectGolden('fargate/faults-sweep.md', SWEEP.trimStart())
})

function faultsOf({ call, often, kind }: Cell) {
  const wrong = KINDS.find((known) => known === kind)!
  let hits = 0
  const faultOf = (name: string): Kind | undefined => {
    if (name !== call && !name.startsWith(`${call}, `)) return undefined
    return hits++ === 0 || often === 'for good' ? wrong : undefined
  }
  return { faultOf, hits: () => hits }
}

function wordOf(swept: Swept | Error): string {
  if (swept instanceof Error) return 'refused'
  if (swept.left.length > 0) return 'named'
  if (swept.ended.length > 0) return 'ended'
  return swept.letBe.length > 0 ? 'let be' : 'nothing'
}
