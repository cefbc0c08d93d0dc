// Several workers that ran one script, added up: held against one file that has all of their lines.
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { intervalLength } from '../../src/engine/interval.ts'
import type { ShardResult } from '../../src/engine/shard-result.ts'
import { mergeScripts } from '../../src/foreign/merge-scripts.ts'
import { measuredIn } from '../../src/jmeter/run-script.ts'
import { shardOf } from '../../src/jmeter/run-script-shard.ts'
import { onePlan, requestStep } from '../support/plans.ts'
import { BEGIN, jtl, type MadeRequest, type Place, place, requests, runIn } from './files.ts'

const plan = {
  ...onePlan({ port: 80, steps: [requestStep()] }),
  script: { tool: 'JMeter', file: 'shop.jmx', properties: {} },
} as const
const asIs = (text: string) => text
const NONE_LOST = { lost: [], early: [] }

let files: Place
beforeEach(() => {
  files = place()
})
afterEach(() => files[Symbol.dispose]())

/** As worker after worker reports on its own file. */
async function shardsOf(all: readonly (readonly MadeRequest[])[]): Promise<ShardResult[]> {
  return Promise.all(
    all.map(async (rows, index) => {
      const results = files.write(`${index}.jtl`, jtl(rows))
      const end = { results, took: 0, stopped: false, problem: undefined, words: '' }
      const { result, problem } = await measuredIn(end, { startedAt: BEGIN, redact: asIs, cut: intervalLength })
      const shard = shardOf({ plan, index, count: all.length }, result, { version: '5.6.3', problem, complete: true })
      return JSON.parse(JSON.stringify(shard)) as ShardResult
    }),
  )
}

const labelled = (rows: readonly MadeRequest[], labels: readonly string[]): readonly MadeRequest[] =>
  rows.map((row, n) => ({
    ...row,
    label: labels[n % labels.length]!,
    success: n % 7 !== 0,
    code: n % 7 ? '200' : '500',
  }))

test.each([
  ['of some seconds', 30, 20],
  ['of which one has seconds and the other minutes as intervals', 500, 1_500],
  ['of hours', 30_000, 60_000],
] as const)('workers %s come to what one file with all of their requests does', async (_, one, other) => {
  const all = [
    labelled(requests(one * 2, 2, [5, 80, 200, 1_100]), ['GET /', 'GET /pay']),
    labelled(requests(other, 1, [7, 300]), ['GET /', 'GET /own']),
  ]
  const merged = mergeScripts(plan, { shards: await shardsOf(all), ...NONE_LOST }, asIs)
  const whole = await runIn(files.write('whole.jtl', jtl(all.flat())))
  const byName = (run: typeof merged) =>
    run.steps
      .map(({ id: _, ...step }) => ({ ...step, causes: entries(step.causes), statuses: entries(step.statuses) }))
      .toSorted((a, b) => a.step.localeCompare(b.step))
  expect(byName(merged)).toEqual(byName(whole))
  expect(merged.intervals).toEqual(whole.intervals)
  expect([merged.plan.measured, merged.startedAt]).toEqual([whole.plan.measured, whole.startedAt])
  // Of both: ten threads each.
  expect([merged.source!.users, merged.complete, merged.shards]).toEqual([
    20,
    true,
    { expected: 2, reported: 2, lost: [] },
  ])
})

const entries = (counts: object) => Object.entries(counts).toSorted()

test('that a worker began later is its own affair', async () => {
  const rows = requests(100, 10, [5, 80])
  const later = rows.map(({ at, ...row }) => ({ ...row, at: at + 3_210 }))
  const merged = mergeScripts(plan, { shards: await shardsOf([rows, later]), ...NONE_LOST }, asIs)
  const alone = await runIn(files.write('alone.jtl', jtl(rows)))
  expect([merged.plan.measured, merged.startedAt]).toEqual([alone.plan.measured, BEGIN])
  expect(merged.intervals.records.map(({ succeeded }) => succeeded)).toEqual(
    alone.intervals.records.map(({ succeeded }) => 2 * succeeded),
  )
})

test('a worker that is missing is named, and so is one whose figures do not add up', async () => {
  const rows = requests(100, 10, [5])
  const [one, two, three] = await shardsOf([rows, rows, rows])
  const tampered = { ...two!, steps: two!.steps.map((step) => ({ ...step, sent: step.sent + 1 })) }
  const lost = ['Worker 3 of 3: its task stopped']
  const merged = mergeScripts(plan, { shards: [one, tampered, undefined], lost }, asIs)
  expect([merged.complete, merged.steps.map(({ sent }) => sent), merged.shards]).toEqual([
    false,
    [100],
    { expected: 3, reported: 1, lost: [...lost, 'Worker 2 of 3: reports 100 outcomes of 101 requests'] },
  ])
  const unnamed = { ...three!, script: { ...three!.script!, names: [] } }
  const double = { ...two!, steps: [...two!.steps, ...two!.steps] }
  const other = mergeScripts(plan, { shards: [{ ...one!, script: undefined }, double, unnamed], lost: [] }, asIs)
  expect([other.steps, other.shards.lost]).toEqual([
    [],
    [
      'Worker 1 of 3: says nothing of its script',
      'Worker 2 of 3: does not name every step once',
      'Worker 3 of 3: does not name every step once',
    ],
  ])
})

test('workers with different versions of JMeter are no one run', async () => {
  const rows = requests(10, 10, [5])
  const [one, two] = await shardsOf([rows, rows])
  const older = { ...two!, script: { ...two!.script!, version: '5.5' } }
  const merged = mergeScripts(plan, { shards: [one, older], ...NONE_LOST }, asIs)
  expect([merged.complete, merged.shards.lost]).toEqual([
    false,
    ['The workers have different versions of JMeter: 5.5, 5.6.3'],
  ])
  expect(merged.fingerprint.generator).toBe('JMeter 5.5 and 5.6.3')
})

test('a secret in a label or in last words is hidden, and labels that then are one are counted as one', async () => {
  const rows = (secret: string) => labelled(requests(50, 10, [5]), [`GET /${secret}`])
  const shards = await shardsOf([rows('aaa'), rows('bbb')])
  const redact = (text: string) => text.replaceAll(/aaa|bbb/g, '***')
  const merged = mergeScripts(plan, { shards, lost: [], early: ['Worker 1 of 2: it said aaa'] }, redact)
  expect(merged.steps.map(({ step, sent }) => [step, sent])).toEqual([['GET /***', 100]])
  expect(merged.shards.lost).toEqual(['Worker 1 of 2: it said ***'])
})

test('of more labels than are kept, the rarest of all workers together are one', async () => {
  const of = (name: string, count: number) => labelled(requests(count, 100, [5]), [name])
  const many = (prefix: string) => Array.from({ length: 150 }, (_, n) => of(`${prefix}${n}`, 1))
  const shards = await shardsOf([
    [...of('GET /', 50), ...many('a').flat()],
    [...of('GET /', 50), ...many('b').flat()],
  ])
  const merged = mergeScripts(plan, { shards, ...NONE_LOST }, asIs)
  expect(merged.steps).toHaveLength(201)
  expect(merged.steps.reduce((sum, { sent }) => sum + sent, 0)).toBe(400)
  expect(merged.steps.find(({ step }) => step === 'GET /')!.sent).toBe(100)
  expect([merged.steps.at(-1)!.step, merged.steps.at(-1)!.sent, merged.source!.together]).toEqual([
    'other labels',
    101,
    101,
  ])
})

test('of no worker nothing is known, and that is no run', () => {
  const merged = mergeScripts(plan, { shards: [undefined], lost: ['Worker 1 of 1: gone'] }, asIs)
  expect(merged).toMatchObject({
    complete: false,
    steps: [],
    shards: { expected: 1, reported: 0, lost: ['Worker 1 of 1: gone'] },
  })
})
