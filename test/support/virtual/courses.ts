// Runs as they may go until their coordinator is killed.
import { job } from '../../fargate/small-world.ts'
import { onePlan, requestStep } from '../plans.ts'
import { withHash } from './fleet.ts'
import type { Course } from './kill.ts'

/** Of the load of every course. */
export const SECONDS = 30
const plan = withHash(onePlan({ port: 1, steps: [requestStep()], level: 20, seconds: SECONDS }))
const jobOf = (workers: number) => ({ ...job(workers), plan })
const soon = (n: number) => 5_000 + 1_000 * n

export const COURSES: readonly Course[] = [
  { name: 'all goes well', job: jobOf(4), cluster: { startUp: soon } },
  { name: 'a network that loses', job: jobOf(4), cluster: { startUp: soon, weather: { loss: 0.03 } } },
  {
    name: 'a network that loses much and is slow',
    job: jobOf(4),
    cluster: { startUp: soon, weather: { loss: 0.1, delay: [20, 800] } },
    rough: true,
  },
  { name: 'tasks that start late', job: jobOf(4), cluster: { startUp: (n) => 10_000 + 15_000 * n } },
  {
    name: 'tasks that start late, and a network that loses',
    job: jobOf(4),
    cluster: { startUp: (n) => 5_000 + 20_000 * (n % 3), weather: { loss: 0.02 } },
  },
  { name: 'two batches', job: jobOf(12), cluster: { startUp: soon, weather: { loss: 0.01 } } },
  {
    name: 'a worker that dies before the start',
    job: jobOf(4),
    cluster: { startUp: (n) => 5_000 + 3_000 * n, diesAfter: (n) => (n === 1 ? 4_000 : undefined) },
  },
  {
    name: 'too many workers that die before the start',
    job: jobOf(4),
    cluster: { startUp: (n) => 5_000 + 3_000 * n, diesAfter: (n) => (n < 3 ? 2_000 : undefined) },
  },
  {
    name: 'cancelled while tasks start',
    job: jobOf(4),
    cluster: { startUp: (n) => 6_000 + 8_000 * n },
    cancelAt: 15_000,
  },
  {
    name: 'cancelled while it sends',
    job: jobOf(4),
    cluster: { startUp: soon, weather: { loss: 0.02 } },
    cancelAt: 40_000,
  },
  { name: 'ended early by a budget', job: jobOf(4), cluster: { startUp: soon }, enoughAt: 40_000 },
  { name: 'detached, and not handed over yet', job: jobOf(4), cluster: { startUp: soon }, detached: true },
]
