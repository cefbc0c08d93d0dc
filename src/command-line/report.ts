import { join } from 'node:path'
import { EXIT, LoadgateError } from '../errors.ts'
import { checkWritable, readText } from '../files.ts'
import { readFlags } from '../flags.ts'
import { listed } from '../inputs.ts'
import type { Output } from '../output/output.ts'
import { EXTRA_FORMS, type ExtraForm, FORMS, type Form, filesOf } from '../report/forms.ts'
import type { Report } from '../report/report.ts'
import { readReport } from '../report/report-file.ts'
import { renderTerminal } from '../report/terminal.ts'
import { writeReport } from '../show-report.ts'
import type { Bytes } from '../units.ts'

export const REPORT_LIMIT: Bytes = 256 * 1_048_576
const MOST_FILES = 100

const SHOWN = ['terminal', ...Object.keys(FORMS)]

/** `report RESULT…`: what a run showed and wrote, once more and to the byte, from the JSON it left. */
export async function reportCommand(argv: readonly string[], output: Output): Promise<number> {
  const { values, positionals } = readFlags(argv, { flags: ['report', 'format'], most: MOST_FILES })
  if (positionals.length === 0)
    throw new LoadgateError('usage', 'report takes the report.json of one or more runs', {
      hint: 'For example: loadgate report loadgate-report/report.json --format junit',
    })
  const forms = formsIn(values.format)
  if (values.report === undefined) return print(await Promise.all(positionals.map(reportAt)), forms, output)
  await writeAll(positionals, { directory: values.report, extra: forms.filter(isExtra) }, output)
  return EXIT.pass
}

/** The report that a file holds; what is wrong with it is told with its name. */
async function reportAt(path: string): Promise<Report> {
  const text = await readText(path, REPORT_LIMIT)
  try {
    return readReport(text)
  } catch (cause) {
    if (!(cause instanceof LoadgateError)) throw cause
    throw new LoadgateError(cause.kind, `${path}: ${cause.message}`, { hint: cause.hint, cause })
  }
}

type Shown = Form | 'terminal'

function formsIn(given: string | undefined): readonly Shown[] {
  const names = listed(given ?? '')
  for (const name of names)
    if (!isShown(name))
      throw new LoadgateError('usage', `\`--format\` names "${name}"`, {
        hint: `Write one or more of: ${SHOWN.join(', ')}.`,
      })
  return names.filter(isShown)
}

const isShown = (name: string): name is Shown => SHOWN.includes(name)
const isExtra = (name: Shown): name is ExtraForm => Object.hasOwn(EXTRA_FORMS, name)

function print(reports: readonly Report[], forms: readonly Shown[], output: Output): number {
  const [form = 'terminal', ...more] = forms
  const files = form === 'terminal' ? [] : FORMS[form]
  if (more.length > 0 || files.length > 1)
    throw new LoadgateError('usage', `\`--format ${forms.join(',')}\` is more than one file`, {
      hint: 'Name a directory for them with --report DIR.',
    })
  for (const report of reports) {
    if (form === 'terminal') output.styled(renderTerminal(report, { colour: output.colour, width: output.width }))
    for (const { render } of files) output.document(render(report))
  }
  return EXIT.pass
}

/** One report in the directory itself; of several each in one of its own, by their numbers in the order given. */
async function writeAll(
  paths: readonly string[],
  { directory, extra }: { readonly directory: string; readonly extra: readonly ExtraForm[] },
  output: Output,
): Promise<void> {
  const places = paths.map((_, at) => (paths.length === 1 ? directory : join(directory, String(at + 1))))
  const written = places.flatMap((place) => filesOf(extra).map(({ name }) => join(place, name)))
  for (const path of written) await checkWritable(path)
  for (const [at, path] of paths.entries()) await writeReport(await reportAt(path), places[at]!, extra)
  output.info(`Written: ${written.join(', ')}.`)
}
