import { expect, test } from '@jest/globals'
import { readBytes, readSize } from '../../src/profile/read-answer-checks.ts'
import { readProfile } from '../../src/profile/read-profile.ts'

test.each([
  ['< 100 kB', { from: 0, to: 99_999 }],
  ['<1B', { from: 0, to: 0 }],
  ['> 1.5 kB', { from: 1_501, to: undefined }],
  ['1 kB..2 MB', { from: 1_000, to: 2_000_000 }],
  ['1.5 kB .. 2.25 kB', { from: 1_500, to: 2_250 }],
  ['512 B', { from: 512, to: 512 }],
])('%s', (text, value) => {
  expect(readSize(text)).toEqual({ value })
})

test.each([
  ['100', 'unknown-unit'],
  ['< 100', 'unknown-unit'],
  ['< 1 kB..2 kB', 'unknown-unit'],
  ['1 KiB', 'unknown-unit'],
  ['2 kB..1 kB', 'out-of-range'],
  ['< 65 MB', 'out-of-range'],
  ['< 0 B', 'out-of-range'],
  ['', 'unknown-unit'],
])('%s is %s', (text, code) => {
  expect(readSize(text)).toMatchObject({ code })
})

test('bytes', () => {
  expect(['7 B', '1.5kB', '2 MB', '1 GB', 'kB'].map(readBytes)).toEqual([7, 1500, 2e6, undefined, undefined])
})

const read = (expected: string, more = '') => {
  const text = `name: shop
target: http://h
load: { rate: 1/s, for: 1s }
${more}
scenarios: [ { name: store, steps: [ { get: /, expect: { ${expected} } } ] } ]`
  const { profile, issues } = readProfile(text, { file: 'f.yml', env: {} })
  const step = profile?.scenarios[0]?.steps[0]
  return { issues: issues.map(({ code, message }) => `${code} ${message}`), step }
}

test('what is not asked for is not there, so that no plan changes that does not ask', () => {
  const { step } = read('status: 200')
  expect(Object.keys(step?.kind === 'request' ? step.expect : {})).toEqual(['status', 'json', 'headers', 'body'])
})

test('all of them', () => {
  const schema =
    '{ type: object, properties: { id: { $ref: "#/definitions/id" } }, definitions: { id: { type: string } } }'
  const { step, issues } = read(
    `without: Exception, matches: "[a-z]+", size: < 1 kB, schema: ${schema}, check: isGood`,
    'functions: f.mjs',
  )
  expect(issues).toEqual([])
  expect(step).toMatchObject({
    expect: {
      without: 'Exception',
      matches: '[a-z]+',
      size: { from: 0, to: 999 },
      schema: { inline: { type: 'object', properties: { id: { $ref: '#/definitions/id' } } } },
      check: 'isGood',
    },
    calls: [{ name: 'isGood', given: 1, written: 'isGood', place: { line: 5 } }],
  })
  expect(read('schema: schemas/order.json').step).toMatchObject({ expect: { schema: { file: 'schemas/order.json' } } })
})

test.each([
  ['check: isGood', 'unknown-reference there are no functions here'],
  ['schema: order.yml', 'invalid-value a JSON Schema is a map'],
  ['schema: ../order.json', 'invalid-value a JSON Schema is a map'],
  ['schema: [ 1 ]', 'invalid-value a JSON Schema is a map'],
  ['matches: "("', 'invalid-value "(" is not a regular expression'],
])('%s: %s', (expected, message) => {
  expect(read(expected).issues).toEqual([expect.stringContaining(message)])
})
