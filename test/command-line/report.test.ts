// `loadgate report`: what a run wrote, again and to the byte, with nothing but its JSON.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { reportCommand } from '../../src/command-line/report.ts'
import { createOutput } from '../../src/output/output.ts'
import { EXTRA_FORMS, type ExtraForm, FORMS } from '../../src/report/forms.ts'
import { renderJson } from '../../src/report/json.ts'
import type { Report } from '../../src/report/report.ts'
import { renderTerminal } from '../../src/report/terminal.ts'
import { showReport } from '../../src/show-report.ts'
import { EVERYTHING, KEPT } from '../report/kept-reports.ts'
import { type Workspace, workspace } from '../support/run-cli.ts'

let place: Workspace
let stdout: string
beforeEach(() => {
  place = workspace()
  stdout = ''
})
afterEach(() => place[Symbol.dispose]())

const ALL = Object.keys(EXTRA_FORMS) as ExtraForm[]

function outputHere({ github = false, isTTY = false, toFile = false } = {}) {
  const stream = {
    isTTY,
    columns: 100,
    write: (text: string) => {
      stdout += text
    },
  }
  return createOutput({ stdout: stream, stderr: { write: () => undefined }, github, toFile })
}

function filesIn(directory: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(place.at(directory)).map((name) => [name, readFileSync(place.at(`${directory}/${name}`), 'utf8')]),
  )
}

/** As a run leaves it. */
async function run(report: Report, directory: string, output = outputHere()) {
  const wanted = { reportDir: place.at(directory), json: undefined, reportFormats: ALL, runLog: undefined }
  await showReport(report, wanted, { output, publisher: undefined })
  return filesIn(directory)
}

test.each(KEPT)('%s: a directory is written again, to the byte', async (_, report) => {
  const output = outputHere()
  output.mask('storefront secret')
  const first = await run({ ...report, run: { ...report.run, baselineNote: 'in "storefront secret"' } }, 'out', output)
  expect(Object.keys(first)).toHaveLength(8)
  expect(JSON.stringify(first)).not.toContain('storefront secret')
  const again = [place.at('out/report.json'), '--report', place.at('again'), '--format', ALL.join(',')]
  expect(await reportCommand(again, outputHere())).toBe(0)
  expect(filesIn('again')).toEqual(first)
})

test('several reports are written each into a directory of its own', async () => {
  for (const [at, [, report]] of KEPT.slice(0, 2).entries()) await run(report, `run-${at}`)
  const paths = ['run-0', 'run-1'].map((name) => place.at(`${name}/report.json`))
  expect(await reportCommand([...paths, '--report', place.at('again')], outputHere())).toBe(0)
  for (const at of [0, 1]) {
    const first = filesIn(`run-${at}`)
    expect(filesIn(`again/${at + 1}`)).toEqual(
      Object.fromEntries(['report.html', 'report.json', 'report.md'].map((name) => [name, first[name]])),
    )
  }
})

test.each(['markdown', 'html', 'json', 'junit', 'openmetrics', 'benchmark'] as const)(
  '%s on stdout, to the byte',
  async (form) => {
    writeFileSync(place.at('report.json'), renderJson(EVERYTHING))
    expect(await reportCommand([place.at('report.json'), '--format', form], outputHere())).toBe(0)
    expect(stdout).toBe(FORMS[form][0].render(EVERYTHING))
  },
)

test('what the run showed on the terminal, without being told a form', async () => {
  writeFileSync(place.at('report.json'), renderJson(EVERYTHING))
  for (const argv of [[], ['--format', 'terminal']]) {
    stdout = ''
    expect(await reportCommand([place.at('report.json'), ...argv], outputHere())).toBe(0)
    expect(stdout).toBe(`${renderTerminal(EVERYTHING, { colour: false, width: 100 })}\n`)
  }
})

const HOSTILE = { ...EVERYTHING, run: { ...EVERYTHING.run, serviceEnd: 'x\n::error::y ##[group]z \u009b31m' } }

test.each([
  ['a pipe', {}, true],
  ['a file in a job', { github: true, toFile: true }, true],
  ['the log of a job', { github: true }, false],
  ['a terminal', { isTTY: true }, false],
])('on %s text from outside is left as it is: %p', async (_, where, exact) => {
  writeFileSync(place.at('report.json'), renderJson(HOSTILE))
  await reportCommand([place.at('report.json'), '--format', 'json'], outputHere(where))
  expect(stdout === renderJson(HOSTILE)).toBe(exact)
  if (!exact) for (const text of ['::error', '##[group', '\u009b']) expect(stdout).not.toContain(text)
})

test.each<[string, readonly string[], RegExp]>([
  ['no file', [], /takes the report\.json of one or more runs/],
  ['no such file', ['nowhere.json'], /nowhere\.json cannot be read/],
  ['a form that is none', ['report.json', '--format', 'xml'], /`--format` names "xml"/],
  ['two forms', ['report.json', '--format', 'junit,json'], /more than one file/],
  ['a form of two files', ['report.json', '--format', 'csv'], /`--format csv` is more than one file/],
  ['another file', ['other.json'], /other\.json: It is no report of Loadgate/],
  ['a damaged one', ['broken.json', '--report', 'out'], /broken\.json: The report is damaged/],
  ['a place that is none', ['report.json', '--report', 'report.json/x'], /cannot be written/],
  ['a flag that is none', ['report.json', '--formats', 'junit'], /no flag --formats/],
])('%s is told, and nothing is written', async (_, argv, words) => {
  writeFileSync(place.at('report.json'), renderJson(EVERYTHING))
  writeFileSync(place.at('other.json'), '{}')
  writeFileSync(place.at('broken.json'), '{"kind":')
  mkdirSync(place.at('empty'))
  const here = process.cwd()
  process.chdir(place.path)
  try {
    await expect(reportCommand(argv, outputHere())).rejects.toThrow(words)
  } finally {
    process.chdir(here)
  }
  expect([stdout, readdirSync(place.path).sort()]).toEqual(['', ['broken.json', 'empty', 'other.json', 'report.json']])
})
