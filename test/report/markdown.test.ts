import { expect, test } from '@jest/globals'
import type { BudgetRow, Judgement } from '../../src/compare/comparison.ts'
import { annotationsOf } from '../../src/report/annotations.ts'
import { renderMarkdown } from '../../src/report/markdown.ts'
import { type RecentRun, recentRunOf, recentRunsLine } from '../../src/report/recent-runs.ts'
import type { Report } from '../../src/report/report.ts'
import { expectGolden } from '../support/golden.ts'
import * as reports from './reports.ts'
import { SITUATIONS } from './situations.ts'

const COMMENT = 65_536
const SUMMARY = 1_000_000
const EARLIER: readonly RecentRun[] = [
  { runId: 1, attempt: 1, commit: 'a1b2c3d', outcome: 'pass', figure: 'p95 +1 %' },
  { runId: 2, attempt: 2, commit: 'd4e5f6a', outcome: 'fail', figure: 'p95 +31 %' },
]

test.each(SITUATIONS)('the comment, the summary and the annotations of %s', (name, report) => {
  const recent = recentRunsLine([...EARLIER, recentRunOf(report, { runId: 3, attempt: 1 })]) ?? ''
  const comment = renderMarkdown(report, { limit: COMMENT, recent })
  expectGolden(`report/${name}.md`, comment)
  // The summary has room for everything, and no memory.
  const summary = renderMarkdown(report, { limit: SUMMARY })
  if (Buffer.byteLength(summary) > COMMENT) expectGolden(`report/${name}.summary.md`, summary)
  else expect(summary).toBe(comment.replace(`${recent}\n\n`, ''))
  const annotations = annotationsOf(report).map(({ level, file, line, column = 1, title, message }) =>
    [`${file}:${line}:${column} ${level}: ${title}`, `  ${message}`].join('\n'),
  )
  expectGolden(`report/${name}.annotations`, annotations.map((text) => `${text}\n`).join(''))
})

test('the same report is shortened the same way at every limit, and the headline survives each', () => {
  for (const report of [reports.FAIL, reports.HUGE, reports.hostile(reports.HOSTILE), manyBudgets(1_000)]) {
    const [headline] = renderMarkdown(report, { limit: SUMMARY }).split('\n')
    expect(headline).toMatch(/^## ❌ Loadgate: fail — (?:errors|p95) of /)
    const seen = new Set<string>()
    for (let limit = 0; limit < 200_000; limit = Math.ceil(limit * 1.7) + 90) {
      const text = renderMarkdown(report, { limit })
      seen.add(text)
      expect(text.startsWith(`${headline}\n`)).toBe(true)
      expect(text.isWellFormed()).toBe(true)
      expect(text.match(/^<details>/gm)?.length).toBe(text.match(/^<\/details>$/gm)?.length)
      if (text !== `${headline}\n`) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit)
      expect(renderMarkdown(report, { limit })).toBe(text)
    }
    expect(seen.size).toBeGreaterThan(2)
  }
})

test('what is fine goes first, then the details, then the budgets, then everything but the verdict', () => {
  const size = (text: string) => Buffer.byteLength(text)
  const full = renderMarkdown(reports.HUGE, { limit: SUMMARY })
  expect(full).toContain('`api › GET /items/8`')
  const shorter = renderMarkdown(reports.HUGE, { limit: size(full) - 1 })
  expect(shorter).not.toContain('`api › GET /items/8`')
  expect(shorter).toContain('`api › GET /items/405`')
  expect(shorter).toContain('_996 more steps not listed here; the files of the report have them all._')
  const bare = renderMarkdown(reports.HUGE, { limit: size(shorter) - 1 })
  expect(bare).not.toContain('<details>')
  expect(bare).toContain('| ❌ exceeded: `p95 of "api › GET /items/7" < baseline + 10 %` |')
  const reasons = renderMarkdown(reports.HUGE, { limit: 600 })
  expect(reasons).not.toContain('| Budget |')
  expect(reasons).toContain('→ The steps in the full report say where.')
  const verdict = renderMarkdown(reports.HUGE, { limit: 200 })
  expect(verdict).toBe(
    '## ❌ Loadgate: fail — p95 of `api › GET /items/7` +64.8 % (limit +10 %)\n\n' +
      '_The details do not fit in here; the files of the report have them._\n',
  )
})

test('many budgets are cut to the worst', () => {
  const text = renderMarkdown(manyBudgets(1_000), { limit: 30_000 })
  expect(text).toContain('980 more budgets')
  expect(text).toContain('`p95 of "999" < 1 s`')
  expect(text).not.toContain('`p95 of "979" < 1 s`')
})

test('a budget without samples does not make the others unjudged', () => {
  const missing = reports.INVALID.comparison.budgets.find(({ judgement }) => judgement.kind === 'no-samples')
  const budgets = [...reports.PASS.comparison.budgets, ...(missing ? [missing] : [])]
  const text = renderMarkdown(reports.report('invalid', 'Nothing was measured.', { comparison: { budgets } }), {
    limit: COMMENT,
  })
  expect(text).toContain('✅ holds')
  expect(text).not.toContain('This run proves nothing')
})

test('arrivals that were never sent stand among the failures', () => {
  const all = reports.scope('all', { requests: 90, failed: 0, causes: [['dropped', 10]] })
  const text = renderMarkdown(reports.report('fail', 'x', { comparison: { scopes: [all] } }), { limit: COMMENT })
  expect(text).toContain('<summary>10 failures, by cause</summary>')
  expect(text).toContain('| `dropped` | 10 | 10 % |')
})

test('a damaged histogram does not keep the report from being written', () => {
  const { health } = reports.INVALID.result
  const damaged = { ...reports.INVALID, result: { ...reports.INVALID.result, health: { ...health, lateness: 'h1:?' } } }
  expect(renderMarkdown(damaged, { limit: COMMENT })).toContain('late by an unknown time (p99)')
})

test('a run that cannot be linked safely is not linked', () => {
  for (const url of ['https://a.example/x)[y](z', 'javascript:alert(1)', 'http://a.example/x', 'https://a.example/x y'])
    expect(renderMarkdown({ ...reports.PASS, run: { ...reports.PASS.run, url } }, { limit: COMMENT })).not.toContain(
      '](',
    )
})

test('a password in the address of the target is not shown', () => {
  const { result } = reports.PASS
  const target = 'https://user:hunter2@shop.example/base'
  const text = renderMarkdown(
    { ...reports.PASS, result: { ...result, plan: { ...result.plan, target } } },
    { limit: COMMENT },
  )
  expect(text).toContain('`https://***@shop.example/base`')
  expect(text).not.toContain('hunter2')
})

test('what value, limit and change do not say stands below the headline, and nothing else of it', () => {
  const early = { kind: 'exceeded', early: { after: 20_000, of: 60_000, window: 10_000 } } as const
  const row = (judgement: Judgement, value: number) =>
    reports.budget('p95 < baseline + 10 %', 'p95', judgement, { value, limit: 132, baseline: 120 })
  const textOf = (row: BudgetRow) =>
    renderMarkdown(reports.judged({ comparison: { budgets: [row] } }), { limit: COMMENT }).split('\n\n')[1]
  expect(textOf(row(reports.exceeded, 140))).toMatch(/^→ The steps below say where/)
  expect(textOf(row(early, 140))).toMatch(
    /^p95 is 140 ms in the last 10 s, .*: the run was ended after 20 s of 1 min\.\\\n→ /,
  )
  expect(textOf(row(reports.exceeded, 130))).toMatch(/^p95 changed by \+8\.33 % block by block, which breaks /)
})

function manyBudgets(count: number): Report {
  const budgets = Array.from({ length: count }, (_, n) =>
    reports.budget(`p95 of "${n}" < 1 s`, 'p95', reports.exceeded, { of: `${n}`, value: 2_000 + n, limit: 1_000 }),
  )
  return reports.report('fail', 'p95 of "999" is 3 s, limit 1 s', { comparison: { budgets } })
}
