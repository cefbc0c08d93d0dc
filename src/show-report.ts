import { join } from 'node:path'
import { writeText } from './files.ts'
import type { GateOptions } from './inputs.ts'
import type { Output } from './output/output.ts'
import { SUMMARY_LIMIT } from './publish/limits.ts'
import type { Publisher } from './publish/publisher.ts'
import { renderJson } from './report/json.ts'
import { renderMarkdown } from './report/markdown.ts'
import type { Report } from './report/report.ts'
import { renderTerminal } from './report/terminal.ts'

/** Where the report's files were written; undefined for those that were not wanted. */
export interface ReportFiles {
  readonly markdown: string | undefined
  readonly json: string | undefined
}

/** The terminal first, then the files, then GitHub: what needs the fewest others comes first. */
export async function showReport(
  report: Report,
  { reportDir, json }: Pick<GateOptions, 'reportDir' | 'json'>,
  { output, publisher }: { readonly output: Output; readonly publisher: Publisher | undefined },
): Promise<ReportFiles> {
  output.styled(renderTerminal(report, { colour: output.colour, width: output.width }))
  const files = {
    markdown: reportDir && join(reportDir, 'report.md'),
    json: reportDir && join(reportDir, 'report.json'),
  }
  const machine = renderJson(report, output.redact)
  if (files.markdown) await writeText(files.markdown, output.redact(renderMarkdown(report, { limit: SUMMARY_LIMIT })))
  if (files.json) await writeText(files.json, machine)
  if (json) await writeText(json, machine)
  if (publisher) for (const notice of (await publisher.publish(report)).notices) output.warning(notice)
  return { ...files, json: json ?? files.json }
}
