import { expect, test } from '@jest/globals'
import { LoopDelay } from '../../../src/engine/health/loop-delay.ts'

/** Looks every 10 ms for a minute, held up for `stall` every `every`. */
function p99({ stall, every }: { stall: number; every: number }): number {
  const delay = new LoopDelay(0)
  let now = 0
  for (let held = every; now < 60_000; ) {
    now += 10
    if (now >= held) {
      now += stall
      held += every
    }
    delay.look(now)
  }
  return delay.p99(now)
}

// What comes due at any moment waits longer than d in (stall - d) of every `every`: that is 1 % at the percentile.
test.each([
  { stall: 50, every: 500, wait: 45 },
  { stall: 50, every: 1_000, wait: 40 },
  { stall: 50, every: 2_000, wait: 30 },
  { stall: 500, every: 10_000, wait: 400 },
  { stall: 50, every: 6_000, wait: 0 },
  { stall: 0, every: 1_000, wait: 0 },
])('$stall ms every $every ms make one of a hundred moments wait $wait ms', ({ wait, ...pattern }) => {
  // Looks are 10 ms apart.
  expect(Math.abs(p99(pattern) - wait)).toBeLessThanOrEqual(10)
})

test('a loop that was never free again', () => {
  const delay = new LoopDelay(1_000)
  expect(delay.p99(4_000)).toBeCloseTo(2_960, -2)
})

test('shorter than a look', () => {
  expect(new LoopDelay(1_000).p99(1_009)).toBe(0)
})
