import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import type { ShardProgress } from '../src/engine/shard-result.ts'
import { createOutput } from '../src/output/output.ts'
import { logEvery, watchSides } from '../src/watch-progress.ts'
import { histogram } from './report/reports.ts'
import { onePlan, requestStep } from './support/plans.ts'

const said = (index: number, sent: number, answer: number): ShardProgress => ({
  ...{ index, elapsed: 1_000, sent, succeeded: sent, failed: 0, dropped: 0, active: 1 },
  recent: histogram(answer),
})

test('shards of the base and shards of the head are not put together', async () => {
  let shown = ''
  const screen = { isTTY: true, columns: 120, write: (text: string) => (shown += text) }
  const output = createOutput({ stdout: screen, stderr: screen, github: false, colour: false })
  const plan = onePlan({ port: 1, steps: [requestStep()], seconds: 10 })
  const watch = watchSides(plan, 2, output)
  for (const report of [said(0, 30, 5), said(1, 31, 5), said(2, 40, 80)]) watch.onProgress(report)
  expect(shown).toBe('')
  await sleep(950)
  watch.onProgress(said(3, 41, 80))
  expect(shown).toMatch(/^base +61\/s · 2 active · 61 sent .*\n +p50 5 ms · p95 5 ms/m)
  expect(shown).toMatch(/^head +81\/s · 2 active · 81 sent .*\n +p50 80 ms · p95 80 ms/m)
})

test.each([
  ['10 s', 10, 5],
  ['20 min', 20 * 60, 5],
  ['an hour', 3_600, 15],
  ['a day', 24 * 3_600, 60],
])('of %s a log has a line every few seconds, and no more than are read', (_, seconds, every) => {
  expect(logEvery(seconds * 1_000)).toBe(every * 1_000)
})
