// Whatever was measured, the body fits, and whoever reads it learns the verdict and why.
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Defect, Judgement } from '../../src/compare/comparison.ts'
import { headline } from '../../src/report/headline.ts'
import { renderMarkdown } from '../../src/report/markdown.ts'
import { reasonsOf } from '../../src/report/reasons.ts'
import type { Report } from '../../src/report/report.ts'
import { troubles } from '../support/github-page.ts'
import { budget, HOSTILE, judged, scope, step } from './reports.ts'

const COMMENT = 65_536
const SUMMARY = 1_000_000
/** No reader of GitHub's is given a smaller body than this: a sentence more than the longest headline and ten reasons. */
const LEAST = 30_000

const word = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
  fc.integer({ min: 100, max: 2_000 }).map((length) => 'x`|😀'.repeat(length / 4)),
)
const names = fc.uniqueArray(word, { minLength: 1, maxLength: 12 })
const judgement = fc.constantFrom<Judgement>(
  { kind: 'holds' },
  { kind: 'exceeded' },
  { kind: 'exceeded', early: { after: 20_000, of: 60_000, window: 10_000 } },
  { kind: 'no-samples' },
  { kind: 'no-baseline' },
  { kind: 'undecided', reason: 'only 9 of the 59 successes it takes to bound p95', remedy: 'Measure longer.' },
)
const facts = fc.record({
  names,
  judgements: fc.array(judgement, { maxLength: 8 }),
  budgets: fc.constantFrom(0, 1, 3, 40, 900),
  steps: fc.constantFrom(1, 10, 200, 1_500),
  defects: fc.constantFrom(0, 0, 0, 1, 12, 300),
})

function reportOf({
  names,
  judgements,
  budgets,
  steps,
  defects,
}: typeof facts extends fc.Arbitrary<infer T> ? T : never): Report {
  const at = (n: number) => `${names[n % names.length]}${n}`
  return judged({
    comparison: {
      budgets: Array.from({ length: budgets }, (_, n) =>
        budget(`p95 of "${at(n)}" < 1 s`, 'p95', judgements[n % judgements.length] ?? { kind: 'holds' }, {
          ...{ of: at(n), value: 900 + n, limit: 1_000, ...(n % 2 === 0 ? { baseline: 800, resolution: 1.1 } : {}) },
        }),
      ),
      scopes: [scope('all'), ...Array.from({ length: steps }, (_, n) => scope(at(n), { failed: n % 7 === 0 ? 1 : 0 }))],
      defects: Array.from(
        { length: defects },
        (_, n): Defect => ({ code: 'worker-lost', message: `Worker ${n} "${at(n)}" is lost`, remedy: 'Run again.' }),
      ),
    },
    result: { steps: [step(at(0))] },
  })
}

test('a body is never longer than it may be, and every cut keeps verdict and reasons', () => {
  fc.assert(
    fc.property(facts, fc.constantFrom(COMMENT, SUMMARY, LEAST), (facts, limit) => {
      const report = reportOf(facts)
      const recent = 'Runs here, the newest last: ✅ pass · ❌ fail'
      const text = renderMarkdown(report, { limit, recent })
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit)
      expect(text.split('\n')[0]).toBe(headline(report))
      expect(headline(report)).toMatch(new RegExp(`^## \\S+ Loadgate: ${report.verdict.outcome} — .{1,1500}$`))
      // Each reason is among the budgets or told in words; of very many the first ten, and how many there are.
      const untold = reasonsOf(report).list.length - 10
      const rows = text.match(/^\| (?:❌ exceeded|🚫 without samples|⚠️ undecided): /gm) ?? []
      const items = text.match(/^- (?!… and )/gm) ?? []
      const findings = report.comparison.budgets.filter(
        ({ judgement: { kind } }) => kind !== 'holds' && kind !== 'no-baseline',
      )
      if (facts.defects > 0) expect(items.length).toBeGreaterThanOrEqual(Math.min(facts.defects - 1, 10))
      else expect(rows.length + items.length).toBeGreaterThanOrEqual(Math.min(findings.length - 1, 10))
      if (untold > 0 && rows.length === 0) expect(text).toMatch(/… and [\d,]+ (?:further reason|more budget)/)
      expect(troubles(text, [report.run.url ?? ''])).toEqual([])
    }),
    { numRuns: 40, seed: 6 },
  )
}, 120_000)
