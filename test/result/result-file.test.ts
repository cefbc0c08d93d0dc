import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { LoadgateError } from '../../src/errors.ts'
import { mergeResults } from '../../src/result/merge-results.ts'
import type { RunResult } from '../../src/result/result.ts'
import { readResult, readResultSummary, writeResult } from '../../src/result/result-file.ts'
import { contextOf, planOf, shardOf, textOf } from './shards.ts'

const plan = planOf('closed')
const example = { step: 1, cause: 'timeout', at: 3_000, took: 2_500, status: undefined, bytes: 0, detail: 'x' } as const
const result = mergeResults(
  [
    {
      ...shardOf(plan, 0, 2, [
        { step: 0, second: 0, us: 1_000, cause: undefined },
        { step: 1, second: 3, us: 2_500_000, cause: 'timeout' },
      ]),
      examples: [example],
    },
    shardOf(plan, 1, 2, [{ step: 0, second: 1, us: 4_000, cause: undefined }]),
  ],
  contextOf(plan),
)

/** The file with the value at a path such as `steps.0.sent` replaced. */
function changed(path: string, value: unknown): string {
  const copy = JSON.parse(writeResult(result))
  const keys = path.split('.')
  const last = keys.pop()!
  keys.reduce((at, key) => at[key], copy)[last] = value
  return JSON.stringify(copy)
}

test('what is written is read, and is one line', () => {
  expect(readResult(writeResult(result))).toEqual(result)
  expect(writeResult(result).indexOf('\n')).toBe(writeResult(result).length - 1)
})

test('a run outside a git checkout has no commit', () => {
  const bare = { ...result, commit: undefined }
  expect(readResult(writeResult(bare))).toEqual(bare)
})

test('the summary is the same without the intervals', () => {
  const { intervals: _, ...summary } = result
  expect(readResultSummary(JSON.parse(JSON.stringify(summary)))).toEqual(summary)
  expect(() => readResult(JSON.stringify(summary))).toThrow(/intervals is not a record/)
})

test('a key that is not known is left behind', () => {
  expect(readResult(changed('colour', 'red'))).toEqual(result)
  const hostile = writeResult(result).replace('{', '{"__proto__":{"complete":false},')
  expect(readResult(hostile)).toEqual(result)
})

test('a result of a later version asks for that version', () => {
  const read = () => readResult(changed('schema', 2))
  expect(read).toThrow(LoadgateError)
  expect(read).toThrow(expect.objectContaining({ kind: 'usage', hint: expect.stringContaining('later') }))
})

test.each<[string, string, RegExp]>([
  ['no JSON', '{"kind":', /not JSON/],
  ['nothing', '', /not JSON/],
  ['null', 'null', /another kind/],
  ['another file', '{"name":"x"}', /another kind/],
  ['an older schema, which never was', changed('schema', 0), /schema is not 1/],
  ['text for a number', changed('iterations.planned', '3'), /iterations\.planned is not a whole number/],
  ['a part of a request', changed('steps.0.sent', 1.5), /steps\[0\]\.sent is not a whole number/],
  ['less than nothing', changed('warmUp.sent', -1), /warmUp\.sent is not a count/],
  ['no number', changed('startedAt', null), /startedAt is not a number/],
  ['an endless number', changed('health.cpu', 0).replace('"cpu":0', '"cpu":1e999'), /health\.cpu is not a number/],
  ['a missing record', changed('plan', undefined), /plan is not a record/],
  ['a list for a record', changed('fingerprint', []), /fingerprint is not a record/],
  ['a record for a list', changed('steps', {}), /steps is not a list/],
  ['an endless text', changed('profile', 'x'.repeat(20_000)), /profile is not a text/],
  ['an id with other characters', changed('id', '<b>'), /id is not an id/],
  ['a commit that is none', changed('commit', 'main'), /commit is not a commit/],
  ['an unknown model', changed('plan.model', 'half-open'), /plan\.model is not open or closed/],
  ['an unknown cause', changed('steps.1.causes', { bored: 1 }), /steps\[1\]\.causes is not counts by causes/],
  ['an inherited cause', changed('steps.1.causes', { toString: 1 }), /steps\[1\]\.causes is not counts by causes/],
  ['a status that is none', changed('steps.0.statuses', { 20: 2 }), /steps\[0\]\.statuses is not counts by status/],
  ['more answers than requests', changed('steps.0.statuses', { 200: 3 }), /steps\[0\]\.statuses/],
  ['a lost worker too few', changed('shards.expected', 3), /shards is not an account/],
  ['complete without all workers', changed('shards', { expected: 3, reported: 2, lost: ['x'] }), /complete/],
  ['iterations that do not add up', changed('iterations.dropped', 0), /iterations is not a sum/],
  ['ends that do not add up', changed('iterations.cut', 1), /iterations is not a sum/],
  ['requests that do not add up', changed('steps.0.sent', 3), /steps\[0\] is not a sum/],
  ['a warm-up that does not add up', changed('warmUp.failed', 0), /warmUp is not a sum/],
  ['more within the window than in all', changed('steps.0.succeededInWindow', 3), /succeededInWindow is not a part/],
  ['fewer within the window than its intervals have', changed('steps.0.succeededInWindow', 1), /within the window/],
  ['failures without causes', changed('steps.1.causes', {}), /steps\[1\]\.causes/],
  ['steps in disorder', changed('steps.1.id', 0), /steps\[1\]\.id/],
  ['responses that are not the successes', changed('steps.0.response', textOf([1])), /2 samples but of 1/],
  ['service times that are not the successes', changed('steps.0.service', textOf([1])), /2 samples but of 1/],
  ['failure times that are not the failures', changed('steps.1.failures', 'h1:'), /1 samples but of 0/],
  ['a failure of no known cause', changed('examples.0.cause', 'bad luck'), /cause is not connection-refused or/],
  ['less than nothing under way', changed('active.2', -1), /active\[2\] is not a number from 0 on/],
  ['a worker that sent more than there is', changed('workers.0.sent', 99), /workers.sent is not the sum of the steps/],
  ['a status of no answer', changed('examples.0.status', 7), /status code/],
  ['words without end', changed('examples.0.detail', 'x'.repeat(201)), /at most 200 characters/],
  ['a worker without a number', changed('workers.0.number', 0), /a number from 1 on/],
  ['a damaged histogram', changed('steps.0.response', 'h1:AAE'), /histogram is damaged/],
  ['a damaged histogram of the health', changed('health.lateness', 'x'), /histogram is damaged/],
  ['an interval missing', changed('intervals.records', result.intervals.records.slice(1)), /intervals is not the sum/],
  ['all intervals missing', changed('intervals.records', []), /intervals is not the sum/],
  ['a failure missing in an interval', changed('intervals.records.2.failed', 0), /intervals is not the sum/],
  ['another time in an interval', changed('intervals.records.0.response', textOf([9_000])), /intervals is not the sum/],
  ['intervals in disorder', changed('intervals.records.1.index', 0), /intervals\.records\[1\]\.index/],
  ['intervals of no length', changed('intervals.length', 0), /intervals\.length is not a length/],
  ['intervals beyond number', changed('intervals.length', 1e-9), /intervals\.length is not a part of the window/],
])('refused: %s', (_, text, message) => {
  const read = () => readResult(text)
  expect(read).toThrow(LoadgateError)
  expect(read).toThrow(message)
  expect(read).toThrow(expect.objectContaining({ kind: 'infrastructure' }))
})

test('as many intervals as a file may have are read', () => {
  const idle = (_: unknown, at: number) => ({ index: 10 + at, succeeded: 0, failed: 0, response: 'h1:' })
  const records = [...result.intervals.records, ...Array.from({ length: 9_000 }, idle)]
  expect(readResult(changed('intervals.records', records)).intervals.records).toHaveLength(records.length)
})

test('any value in any place is refused or still a result that adds up', () => {
  const paths = pathsIn(JSON.parse(writeResult(result)))
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
      let read: RunResult
      try {
        read = readResult(changed(path, value))
      } catch (error) {
        expect(error).toBeInstanceOf(LoadgateError)
        return
      }
      expect(read.steps.every(({ sent, succeeded, failed }) => sent === succeeded + failed)).toBe(true)
      expect(readResult(writeResult(read))).toEqual(read)
    }),
    { numRuns: 1000 },
  )
})

function pathsIn(value: unknown, path: readonly string[] = []): readonly string[] {
  const own = path.length > 0 ? [path.join('.')] : []
  if (typeof value !== 'object' || value === null) return own
  return [...own, ...Object.entries(value).flatMap(([key, item]) => pathsIn(item, [...path, key]))]
}
