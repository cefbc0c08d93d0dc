import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { formatIssues } from '../../src/profile/format-issues.ts'
import { type ReadProfile, readProfile } from '../../src/profile/read-profile.ts'

const directory = join(import.meta.dirname, 'broken')
const page = readFileSync(join(import.meta.dirname, '../../docs/profile.md'), 'utf8')
const valid = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => String(text))
const texts = [...valid, ...readdirSync(directory).map((file) => readFileSync(join(directory, file), 'utf8'))]
const before = Object.getOwnPropertyNames(Object.prototype).sort().join()

/** What holds for every text: an answer, places that are there, and nothing left behind. */
function expectSane(text: string): ReadProfile {
  const read = readProfile(text, { file: 'f.yml', env: { TOKEN: 'sesame' } })
  expect(read.profile === undefined).toBe(read.issues.length > 0)
  const lines = text.split('\n').length
  for (const { place, length, message } of read.issues) {
    expect(place.line).toBeGreaterThanOrEqual(1)
    expect(place.line).toBeLessThanOrEqual(lines)
    expect(place.column).toBeGreaterThanOrEqual(1)
    expect(length).toBeGreaterThanOrEqual(1)
    expect(message).toMatch(/^\S.*[^.\s]$/u)
  }
  const order = read.issues.map(({ place }) => place.line * 1e7 + place.column)
  expect(order).toEqual([...order].sort((a, b) => a - b))
  expect(formatIssues(read.issues, text)).not.toMatch(/[^\P{C}\n]/u)
  expect(Object.getOwnPropertyNames(Object.prototype).sort().join()).toBe(before)
  return read
}

const word = fc.constantFrom(
  ...'name target load rate users to for stages steps levels scenarios budgets get post json headers expect capture'.split(
    ' ',
  ),
  ...[
    '__proto__',
    'constructor',
    '<<',
    '&a',
    '*a',
    '!!str',
    '${env.TOKEN}',
    '${x}',
    '${',
    '$${',
    '"',
    "'",
    '|',
    '>',
    '? ',
  ],
  ...[
    ': ',
    '- ',
    '\n',
    '\n  ',
    '{',
    '}',
    '[',
    ']',
    ', ',
    '#',
    '%',
    '@',
    '\t',
    '50/s',
    '10s',
    '0x1f',
    '~',
    '.nan',
    'é',
    '\u202e',
  ],
)

test('any text has an answer', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void expectSane(text)),
    { numRuns: 300 },
  )
})

test('any soup of YAML has an answer', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), (words) => void expectSane(words.join(''))),
    { numRuns: 1_500 },
  )
})

test('a profile that is cut, spliced or misspelt somewhere has an answer', () => {
  const edit = fc.record({
    text: fc.constantFrom(...texts),
    at: fc.nat({ max: 1_200 }),
    remove: fc.nat({ max: 12 }),
    insert: fc.oneof(word, fc.string({ maxLength: 5 })),
  })
  fc.assert(
    fc.property(edit, ({ text, at, remove, insert }) => {
      expectSane(text.slice(0, at) + insert + text.slice(at + remove))
    }),
    { numRuns: 1_500 },
  )
})

test('any JSON in the place of any key has an answer', () => {
  const keys = 'name target service load timeout connections data scenarios budgets'.split(' ')
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 4 }), (key, value) => {
      const profile = {
        name: 'shop',
        target: 'http://h',
        load: { rate: '1/s', for: '1s' },
        scenarios: [{ name: 's', steps: [{ get: '/' }] }],
      }
      expectSane(JSON.stringify({ ...profile, [key]: value }))
    }),
    { numRuns: 500 },
  )
})

test('any JSON body is sent as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4, stringUnit: 'grapheme-composite' }), (value) => {
      const text = JSON.stringify({
        name: 'shop',
        target: 'http://h',
        load: { rate: '1/s', for: '1s' },
        scenarios: [{ name: 's', steps: [{ post: '/', json: { value } }] }],
      })
      fc.pre(!text.includes('${') && !text.includes('__proto__') && !text.includes('"<<"'))
      const { profile, issues } = readProfile(text, { file: 'f.yml', env: {} })
      fc.pre(!issues.some(({ code }) => code === 'syntax' || code === 'invalid-value'))
      expect(issues).toEqual([])
      const step = profile?.scenarios[0]?.steps[0]
      const [content] = step?.kind === 'request' ? (step.body?.content ?? []) : []
      expect(JSON.parse(String(content))).toEqual(JSON.parse(JSON.stringify({ value })))
    }),
    { numRuns: 500 },
  )
})

// Each of these once took a reader of YAML, or ours, minutes: work must grow no faster than the text.
test.each([
  ['keys', Array.from({ length: 20_000 }, (_, n) => `k${n}:\n`).join('')],
  ['brackets', '['.repeat(500_000)],
  ['nested lists', '- '.repeat(500_000)],
  ['slots', `name: "${'${x}'.repeat(200_000)}"`],
  ['a budget of blanks', `budgets: [ "p95 of a${' '.repeat(900_000)}x" ]`],
  ['equal steps', `scenarios: [ { name: s, steps: [ ${'{get: /},'.repeat(50_000)} ] } ]`],
  ['aliases of much', `scenarios: [ { name: s, steps: [ &a [${'1,'.repeat(100_000)}]${',*a'.repeat(49)} ] } ]`],
])('a hostile profile of %s ends', (_, text) => {
  expectSane(text)
})
