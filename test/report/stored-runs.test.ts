import { expect, test } from '@jest/globals'
import { renderJson } from '../../src/report/json.ts'
import { renderMarkdown } from '../../src/report/markdown.ts'
import { comparedSentence, newLevelSentences } from '../../src/report/sentences.ts'
import { beforeRun, nearestSentences, storedWindowSentences } from '../../src/report/stored-window.ts'
import { renderTerminal } from '../../src/report/terminal.ts'
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

test('what was left out of the store, and how far its runs are, stands in every report', () => {
  const { baseline } = INCONCLUSIVE.comparison
  if (baseline.kind !== 'stored') throw new Error('no stored runs')
  const { startedAt } = INCONCLUSIVE.result
  const nearest = { commit: '1'.repeat(40), distance: 3, startedAt: startedAt - 5 * 86_400_000 }
  const asOf = { commit: 'c'.repeat(40), nearest, leftOut: 2 }
  const notes = ['Left out: The baseline @team/x is damaged: it is not whole']
  const told = report('pass', 'It holds.', { comparison: { baseline: { ...baseline, asOf, notes } } })
  const nearestTold =
    'The nearest stored run is of commit 1111111, 3 commits before commit ccccccc, 5 days old. 2 runs of other commits left out.'
  expect(storedWindowSentences(told, PLAIN)).toEqual([nearestTold, `${notes[0]}.`])
  expect(renderTerminal(told, { colour: false, width: 500 })).toContain(nearestTold)
  const markdown = renderMarkdown(told, { limit: 60_000 })
  expect(markdown).toContain('3 commits before commit `ccccccc`, 5 days old')
  expect(markdown).toContain('`@team/x` is damaged')
  expect(JSON.parse(renderJson(told)).comparison.baseline).toMatchObject({ asOf, notes })
  expect(storedWindowSentences(PASS, PLAIN)).toEqual([])
})

test.each([
  [
    { commit: 'release/1', nearest: undefined, leftOut: 1 },
    'No run of the branch release/1 or of a commit before it is stored. 1 run of other commits left out.',
  ],
  [
    { commit: 'c'.repeat(40), nearest: { commit: 'c'.repeat(40), distance: 0, startedAt: 0 }, leftOut: 0 },
    'The nearest stored run is of commit ccccccc, 1 min old.',
  ],
  [
    { commit: 'main', nearest: { commit: 'c'.repeat(40), distance: 1, startedAt: -3_600_000 }, leftOut: 0 },
    'The nearest stored run is of commit ccccccc, 1 commit before the branch main, 1 h 1 min old.',
  ],
])('how far the stored runs are: %j', (asOf, sentence) => {
  expect(nearestSentences(asOf, 20_000, PLAIN)).toEqual([sentence])
})

test('of an empty store it is only said that it is empty', () => {
  const asOf = { commit: 'c'.repeat(40), nearest: undefined, leftOut: 0 }
  expect(beforeRun({ store: 'x', runs: [], asOf }, 0)).toEqual([
    'Nothing is stored in x yet: the first run that is saved begins the baseline.',
  ])
  expect(nearestSentences(asOf, 0, PLAIN)).toEqual([])
})
