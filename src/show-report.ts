import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { checkWritable, writeText } from './files.ts'
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

type Wanted = Pick<GateOptions, 'reportDir' | 'json'>

/** Throws where a file of the report could not be written: before the load, not after it. */
export async function checkReportPaths(wanted: Wanted): Promise<void> {
  const { markdown, json } = filesOf(wanted)
  for (const path of [markdown, json, wanted.json]) if (path) await checkWritable(path)
}

/** That of an earlier run must not be taken for that of a run which came to none. */
export async function removeReport(wanted: Wanted): Promise<void> {
  const { markdown, json } = filesOf(wanted)
  for (const path of [markdown, json, wanted.json]) if (path) await rm(path, { force: true })
}

/** The terminal first, then the files, then GitHub: what needs the fewest others comes first. */
export async function showReport(
  report: Report,
  wanted: Wanted,
  { output, publisher }: { readonly output: Output; readonly publisher: Publisher | undefined },
): Promise<ReportFiles> {
  output.styled(renderTerminal(report, { colour: output.colour, width: output.width }))
  const { json } = wanted
  const files = filesOf(wanted)
  const machine = renderJson(report, output.redact)
  if (files.markdown) await writeText(files.markdown, output.redact(renderMarkdown(report, { limit: SUMMARY_LIMIT })))
  if (files.json) await writeText(files.json, machine)
  if (json) await writeText(json, machine)
  const written = [files.markdown, files.json, json].filter((path) => path !== undefined)
  if (written.length > 0) output.info(`Written: ${written.join(', ')}.`)
  if (publisher) for (const notice of (await publisher.publish(report)).notices) output.warning(notice)
  return { ...files, json: json ?? files.json }
}

function filesOf({ reportDir }: Wanted): ReportFiles {
  return {
    markdown: reportDir && join(reportDir, 'report.md'),
    json: reportDir && join(reportDir, 'report.json'),
  }
}
