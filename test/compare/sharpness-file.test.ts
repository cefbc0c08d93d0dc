import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mostFalseAlarms } from '../../src/compare/sharpness.ts'
import { readSharpness } from '../../src/compare/sharpness-file.ts'
import { LoadgateError } from '../../src/errors.ts'
import { renderSharpnessJson } from '../../src/report/json.ts'
import { sharpness } from '../report/reports.ts'

const found = sharpness({ falseAlarmsAtMost: mostFalseAlarms(0, 20) })
const written = renderSharpnessJson(found)

/** The file with the value at a path such as `budgets.0.text` replaced. */
function changed(path: string, value: unknown): string {
  const copy = JSON.parse(written)
  const keys = path.split('.')
  const last = keys.pop()!
  keys.reduce((at, key) => at[key], copy)[last] = value
  return JSON.stringify(copy)
}

test('what is written is read, and says what it is', () => {
  expect(readSharpness(written)).toEqual(found)
  expect(JSON.parse(written)).toMatchObject({ kind: 'loadgate-sharpness', schema: 1 })
})

test('what follows from the counts is not believed', () => {
  expect(readSharpness(changed('falseAlarmsAtMost', 0.000_1))).toEqual(found)
})

test('a key that is not known is left behind', () => {
  expect(readSharpness(changed('colour', 'red'))).toEqual(found)
  expect(readSharpness(written.replace('{', '{"__proto__":{"comparisons":0},'))).toEqual(found)
})

test.each<[string, string, RegExp]>([
  ['nothing', '', /^it is not JSON$/],
  ['no JSON', 'SECRET=hunter2', /^it is not JSON$/],
  ['an endless list', '['.repeat(500_000), /^it is not JSON$/],
  ['null', 'null', /the whole is not a record/],
  ['a list', '[]', /the whole is not a record/],
  ['another file', '{"name":"x"}', /kind is not loadgate-sharpness/],
  ['a result', changed('kind', 'loadgate-result'), /kind is not loadgate-sharpness/],
  ['a later schema', changed('schema', 2), /schema is not 1/],
  ['no day', changed('measuredAt', 'yesterday'), /measuredAt is not a moment/],
  ['a day that is in no calendar', changed('measuredAt', '2026-02-30T00:00:00.000Z'), /measuredAt is not a moment/],
  ['a day with more behind it', changed('measuredAt', '2026-01-14 (sharp!)'), /measuredAt is not a moment/],
  ['no load', changed('fingerprint.plan', 'a'), /fingerprint\.plan is not a SHA-256/],
  ['no machine', changed('fingerprint.machine', undefined), /fingerprint\.machine is not a record/],
  ['half a core', changed('fingerprint.machine.cores', 0.5), /machine\.cores is not a whole number/],
  ['an endless name', changed('fingerprint.machine.cpu', 'x'.repeat(20_000)), /machine\.cpu is not a text/],
  ['nothing found', changed('comparisons', 0), /comparisons is not a count from 1 on/],
  ['text for a count', changed('passed', '18'), /passed is not a whole number/],
  ['less than none', changed('falseAlarms', -1), /falseAlarms is not a count/],
  ['a sum that is none', changed('inconclusive', 3), /the whole is not a sum of its parts/],
  ['no list', changed('budgets', {}), /budgets is not a list/],
  ['an unknown metric', changed('budgets.0.metric', 'p95 of x'), /budgets\[0\]\.metric is not a metric/],
  ['no number', changed('budgets.0.resolution', null), /budgets\[0\]\.resolution is not a number/],
  [
    'an endless number',
    changed('budgets.0.resolution', 0).replace('"resolution":0', '"resolution":1e999'),
    /budgets\[0\]\.resolution is not a number/,
  ],
])('%s is refused', (_, text, words) => {
  expect(() => readSharpness(text)).toThrow(LoadgateError)
  expect(() => readSharpness(text)).toThrow(words)
})

test('of a file that was cut off, or changed in a character, no more is said than why', () => {
  fc.assert(
    fc.property(fc.nat(written.length - 1), fc.string({ maxLength: 2 }), fc.boolean(), (at, more, cut) => {
      const text = written.slice(0, at) + more + (cut ? '' : written.slice(at + 1))
      try {
        const { comparisons, passed, inconclusive, falseAlarms } = readSharpness(text)
        expect(comparisons).toBe(passed + inconclusive + falseAlarms)
      } catch (error) {
        expect(error).toMatchObject({ name: 'LoadgateError', cause: undefined })
      }
    }),
    { numRuns: 500 },
  )
})
