import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from '@jest/globals'
import { HealthWatch } from '../../../src/engine/health/health-watch.ts'

setFlagsFromString('--expose-gc')
const gc: (options: { readonly type: 'minor' }) => void = runInNewContext('gc')
/** Of the young generation only: in a process with the heap of all tests a whole collection takes the better part of a second. */
const collect = () => gc({ type: 'minor' })

test('pauses of garbage collection between begin and end, and no others', async () => {
  const watch = new HealthWatch()
  for (let n = 0; n < 20; n++) collect()
  watch.begin()
  for (let n = 0; n < 3; n++) collect()
  await turn()
  const { pauses } = watch.end()
  for (let n = 0; n < 20; n++) collect()
  await turn()
  expect(watch.end().pauses).toEqual(pauses)
  // A collection may have more than one part.
  expect(pauses.count).toBeGreaterThanOrEqual(3)
  expect(pauses.count).toBeLessThan(20)
  expect(pauses.longest).toBeGreaterThan(0)
  expect(pauses.total).toBeGreaterThanOrEqual(pauses.longest)
})

test('what was not begun claims nothing of the machine', () => {
  const { pauses, machine, link } = new HealthWatch().end()
  expect({ pauses, machine, link }).toEqual({ pauses: { count: 0, total: 0, longest: 0 } })
})
