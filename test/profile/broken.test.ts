// Every broken profile of this directory with what is said about it, to be read by people: test/golden/profile-errors.txt.
// UPDATE_GOLDEN=1 writes it anew.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import { formatIssues } from '../../src/profile/format-issues.ts'
import { readProfile } from '../../src/profile/read-profile.ts'

const directory = join(import.meta.dirname, 'broken')
const golden = resolve(import.meta.dirname, '../golden/profile-errors.txt')
const env = { RATE: 'as fast as possible' }

const cases = readdirSync(directory)
  .sort()
  .map((file) => {
    const text = readFileSync(join(directory, file), 'utf8')
    return { file, text, ...readProfile(text, { file, env }) }
  })

test('every broken profile is told what is wrong with it, as it is written down', () => {
  const page = cases
    .map(
      ({ file, text, issues }) =>
        `${'='.repeat(100)}\n${file}\n\n${text}\n${'-'.repeat(100)}\n${formatIssues(issues, text)}\n`,
    )
    .join('\n')
  if (process.env.UPDATE_GOLDEN) writeFileSync(golden, page)
  expect(page).toBe(readFileSync(golden, 'utf8'))
})

test.each(cases)(
  '$file has issues, each at a place that is there, and no profile',
  ({ file, text, issues, profile }) => {
    expect(profile).toBeUndefined()
    expect(issues.length).toBeGreaterThan(0)
    const lines = text.split('\n')
    for (const { place, length } of issues) {
      expect(place.file).toBe(file)
      expect(place.column + length - 1).toBeLessThanOrEqual((lines[place.line - 1]?.length ?? 0) + 1)
    }
  },
)

test('there are enough of them for every code', () => {
  const codes = new Set(cases.flatMap(({ issues }) => issues.map(({ code }) => code)))
  expect([...codes].sort()).toEqual([
    'conflict',
    'duplicate-name',
    'invalid-budget',
    'invalid-value',
    'missing-env',
    'missing-key',
    'out-of-range',
    'syntax',
    'too-large',
    'unknown-key',
    'unknown-reference',
    'unknown-unit',
    'wrong-type',
  ])
  expect(cases.length).toBeGreaterThanOrEqual(45)
})
