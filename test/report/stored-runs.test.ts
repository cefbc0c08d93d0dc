import { expect, test } from '@jest/globals'
import { renderMarkdown } from '../../src/report/markdown.ts'
import { comparedSentence, newLevelSentences } from '../../src/report/sentences.ts'
import { PLAIN } from '../../src/report/writing.ts'
import { budget, holds, INCONCLUSIVE, PASS, report } from './reports.ts'

const since = { commit: 'abcdef0123456789', before: 200, after: 120 }
const atNewLevel = (text: string, of?: string) => {
  const row = budget(text, 'p95', holds, { value: 118, limit: 132, baseline: 120, ...(of ? { of } : {}) })
  return { ...row, baseline: { value: 120, runs: 4, since } }
}

test('a level that changed is told once for each number', () => {
  const rows = [atNewLevel('p95 < baseline + 10 %'), atNewLevel('p95 < baseline + 5 ms'), atNewLevel('p95 of "x"', 'x')]
  const changed = report('pass', 'All 3 budgets hold.', { comparison: { budgets: rows } })
  expect(newLevelSentences(changed, PLAIN)).toEqual([
    'p95 went from 200 ms to 120 ms at commit abcdef0: compared with the 4 runs since.',
    'p95 of x went from 200 ms to 120 ms at commit abcdef0: compared with the 4 runs since.',
  ])
  expect(renderMarkdown(changed, { limit: 60_000 })).toContain('p95 went from 200 ms to 120 ms at commit `abcdef0`')
  expect(newLevelSentences(PASS, PLAIN)).toEqual([])
})

test('runs of other processors are told', () => {
  const { baseline } = INCONCLUSIVE.comparison
  if (baseline.kind !== 'stored') throw new Error('no stored runs')
  const corrected = report('pass', 'It holds.', { comparison: { baseline: { ...baseline, corrected: true } } })
  const more = ' They are of other processors, whose speed was taken out of their figures.'
  expect(comparedSentence(corrected, PLAIN)).toBe(`${comparedSentence(INCONCLUSIVE, PLAIN)}${more}`)
})
