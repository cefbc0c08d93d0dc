import { renderBenchmark } from './benchmark.ts'
import { renderSecondsCsv } from './csv-seconds.ts'
import { renderStepsCsv } from './csv-steps.ts'
import { renderHtml } from './html/page.ts'
import { renderJson } from './json.ts'
import { renderJunit } from './junit.ts'
import { renderMarkdown } from './markdown.ts'
import { renderOpenMetrics } from './openmetrics.ts'
import type { Report } from './report.ts'

/** A file of the report directory. */
export interface ReportFile {
  readonly name: string
  /** Asks nothing but the report, so that the same report gives the same bytes at any time and place. */
  readonly render: (report: Report) => string
}

/** What a job's summary holds (see publish/limits.ts), and so the Markdown in the directory, which is the same. */
export const MARKDOWN_LIMIT = 1_000_000

/** Written into every report directory. */
export const USUAL_FORMS = {
  markdown: [{ name: 'report.md', render: (report) => renderMarkdown(report, { limit: MARKDOWN_LIMIT }) }],
  html: [{ name: 'report.html', render: (report) => renderHtml(report) }],
  json: [{ name: 'report.json', render: renderJson }],
} as const satisfies Record<string, readonly ReportFile[]>

/** For other programs, where they are asked for. */
export const EXTRA_FORMS = {
  junit: [{ name: 'junit.xml', render: renderJunit }],
  csv: [
    { name: 'steps.csv', render: renderStepsCsv },
    { name: 'seconds.csv', render: renderSecondsCsv },
  ],
  openmetrics: [{ name: 'openmetrics.txt', render: renderOpenMetrics }],
  benchmark: [{ name: 'benchmark.json', render: renderBenchmark }],
} as const satisfies Record<string, readonly ReportFile[]>

export const FORMS = { ...USUAL_FORMS, ...EXTRA_FORMS }

export type ExtraForm = keyof typeof EXTRA_FORMS
export type Form = keyof typeof FORMS

/** All files of a report directory, in the order in which they are written. */
export function filesOf(extra: readonly ExtraForm[]): readonly ReportFile[] {
  return [...Object.values(USUAL_FORMS).flat(), ...extra.flatMap((form): readonly ReportFile[] => EXTRA_FORMS[form])]
}
