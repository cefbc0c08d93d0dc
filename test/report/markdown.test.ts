import { expect, test } from '@jest/globals'
import { renderMarkdown, SUMMARY_LIMIT } from '../../src/report/markdown.ts'
import type { Report } from '../../src/report/report.ts'
import { expectGolden } from '../support/golden.ts'
import * as reports from './reports.ts'

const COMMENT = 65_536

test.each<[string, Report]>([
  ['pass', reports.PASS],
  ['fail', reports.FAIL],
  ['inconclusive', reports.INCONCLUSIVE],
  ['invalid', reports.INVALID],
  ['no-baseline', reports.NO_BASELINE],
  ['huge', reports.HUGE],
  ['hostile', reports.hostile(reports.HOSTILE)],
])('the comment of %s', (name, report) => {
  expectGolden(`report/${name}.md`, renderMarkdown(report, { limit: COMMENT }))
})
