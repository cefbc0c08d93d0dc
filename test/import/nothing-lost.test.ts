// Documents made by chance: what is in the profile and what is in the list is together what was in the document.
import { expect, test } from '@jest/globals'
import type { Format } from '../../src/import/import.ts'
import { imported, missingIn } from './imported.ts'
import { type RandomSource, randomHar, randomJmx, randomOpenApi, randomPostman } from './random-sources.ts'

const SEEDS = Array.from({ length: 100 }, (_, n) => n + 1)

test.each<[Format, (seed: number) => RandomSource]>([
  ['har', randomHar],
  ['openapi', randomOpenApi],
  ['postman', randomPostman],
  ['jmx', randomJmx],
])('%s: each request, header and body is sent or listed', (format, random) => {
  const sent = { request: 0, header: 0, body: 0 }
  for (const seed of SEEDS) {
    const source = random(seed)
    const { account, read } = imported(format, {
      file: `seed-${seed}`,
      text: source.text,
      target: 'https://shop.example',
    })
    const written = JSON.stringify(read.scenarios)
    const inProfile = (marks: readonly string[]) => marks.filter((mark) => written.includes(mark)).length
    expect(missingIn(account)).toEqual([])
    for (const [kind, marks] of [
      ['request', source.requests],
      ['header', source.headers],
      ['body', source.bodies],
    ] as const) {
      const found = { seed, kind, found: marks.length, taken: inProfile(marks) }
      expect({ seed, kind, ...account.counts[kind] }).toEqual(found)
      sent[kind] += found.taken
    }
  }
  // A list of all would be no import.
  for (const count of Object.values(sent)) expect(count).toBeGreaterThan(SEEDS.length / 8)
})
