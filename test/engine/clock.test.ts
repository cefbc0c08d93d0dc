import { expect, test } from '@jest/globals'
import { startSystemClock } from '../../src/engine/clock.ts'

function rings(clock: { onAlarm: () => void }): Promise<void> {
  return new Promise((resolve) => {
    clock.onAlarm = resolve
  })
}

test('the alarm rings, not before its time', async () => {
  const clock = await startSystemClock()
  for (const after of [0, 1, 30, 200]) {
    const due = clock.now() + after
    const rang = rings(clock)
    clock.setAlarm(due)
    await rang
    expect(clock.now()).toBeGreaterThanOrEqual(due)
    expect(clock.now()).toBeLessThan(due + 500)
  }
  await clock.stop()
})

test('a later alarm replaces the one before', async () => {
  const clock = await startSystemClock()
  const begun = clock.now()
  let rung = 0
  const rang = new Promise<void>((resolve) => {
    clock.onAlarm = () => {
      rung++
      resolve()
    }
  })
  clock.setAlarm(begun + 60_000)
  clock.setAlarm(begun + 50)
  await rang
  expect(clock.now() - begun).toBeLessThan(5_000)
  expect(rung).toBe(1)
  await clock.stop()
})

test('one that is set and one that was never set stop alike', async () => {
  const [set, unset] = await Promise.all([startSystemClock(), startSystemClock()])
  set.onAlarm = () => {
    throw new Error('stopped clocks do not ring')
  }
  set.setAlarm(set.now() + 20)
  await Promise.all([set.stop(), unset.stop()])
  await new Promise((resolve) => setTimeout(resolve, 60))
})

test('its epoch is the wall clock, and moves as it does', async () => {
  const clock = await startSystemClock()
  const offset = clock.epoch() - clock.now()
  expect(Math.abs(clock.epoch() - Date.now())).toBeLessThan(1_000)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(clock.epoch() - clock.now()).toBeCloseTo(offset, 1)
  await clock.stop()
})
