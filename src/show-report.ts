import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { checkWritable, writeText } from './files.ts'
import type { GateOptions } from './inputs.ts'
import type { LivePage } from './live-html.ts'
import type { Output } from './output/output.ts'
import type { Publisher } from './publish/publisher.ts'
import { type ExtraForm, filesOf } from './report/forms.ts'
import { renderHtml } from './report/html/page.ts'
import { keptReport, renderJson } from './report/json.ts'
import type { Report } from './report/report.ts'
import { renderTerminal } from './report/terminal.ts'
import { appendToRunLog, checkRunLog } from './run-log.ts'

/** Where the report's files were written; undefined for those that were not wanted. */
export interface ReportFiles {
  readonly markdown: string | undefined
  readonly json: string | undefined
}

/** Which files. */
export type Wanted = Pick<GateOptions, 'reportDir' | 'json' | 'reportFormats' | 'runLog'>

/** Throws where a file of the report could not be written: before the load, not after it. */
export async function checkReportPaths(wanted: Wanted): Promise<void> {
  for (const path of pathsOf(wanted)) await checkWritable(path)
  if (wanted.runLog !== undefined) await checkRunLog(wanted.runLog)
}

/** That of an earlier run must not be taken for that of a run which came to none. */
export async function removeReport(wanted: Wanted): Promise<void> {
  for (const path of pathsOf(wanted)) await rm(path, { force: true })
}

/**
 * The terminal first, then the files, then GitHub: what needs the fewest others comes first. All of them are told of the
 * report as its file keeps it, so that `loadgate report` gives each of them again later.
 */
export async function showReport(
  full: Report,
  wanted: Wanted,
  {
    output,
    publisher,
    live,
  }: { readonly output: Output; readonly publisher: Publisher | undefined; readonly live?: LivePage | undefined },
): Promise<ReportFiles> {
  const report = showOnTerminal(full, output)
  const { json, reportDir, runLog } = wanted
  await writeFiles(report, wanted)
  const unlogged = runLog === undefined ? undefined : await appendToRunLog(runLog, report)
  if (unlogged !== undefined) output.warning(unlogged)
  tellWritten(wanted, output)
  if (publisher) for (const notice of (await publisher.publish(report)).notices) output.warning(notice)
  if (live !== undefined) await live.end(renderHtml(report))
  const inDirectory = (name: string) => reportDir && join(reportDir, name)
  return { markdown: inDirectory('report.md'), json: json ?? inDirectory('report.json') }
}

/** The report of a run in which nothing was sent: whoever reads its files or its log finds it, and nobody else is told. */
export async function keepReport(full: Report, wanted: Wanted, output: Output): Promise<void> {
  await writeFiles(showOnTerminal(full, output), wanted)
  tellWritten(wanted, output)
}

async function writeFiles(report: Report, { json, reportDir, reportFormats }: Wanted): Promise<void> {
  if (reportDir !== undefined) await writeReport(report, reportDir, reportFormats)
  if (json !== undefined) await writeText(json, renderJson(report))
}

function tellWritten(wanted: Wanted, output: Output): void {
  const written = pathsOf(wanted)
  if (written.length > 0) output.info(`Written: ${written.join(', ')}.`)
}

/** Shows it and returns it as its file would keep it: with no secret in it. */
export function showOnTerminal(full: Report, output: Output): Report {
  const report = keptReport(full, output.redact)
  output.styled(renderTerminal(report, { colour: output.colour, width: output.width }))
  return report
}

/** Writes all files of a report directory. */
export async function writeReport(report: Report, directory: string, extra: readonly ExtraForm[]): Promise<void> {
  for (const { name, render } of filesOf(extra)) await writeText(join(directory, name), render(report))
}

function pathsOf({ reportDir, json, reportFormats }: Wanted): readonly string[] {
  const files = reportDir === undefined ? [] : filesOf(reportFormats).map(({ name }) => join(reportDir, name))
  return json === undefined ? files : [...files, json]
}
