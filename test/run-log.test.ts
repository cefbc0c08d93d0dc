// The log that people keep of their runs in a spreadsheet: one line each, whatever else happens to the file.
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import type { Report } from '../src/report/report.ts'
import { RUN_LOG_HEADER } from '../src/report/run-log.ts'
import { appendToRunLog, checkRunLog } from '../src/run-log.ts'
import { EVERYTHING } from './report/kept-reports.ts'
import { MIXED } from './report/pages.ts'
import { PASS } from './report/reports.ts'
import { type Workspace, workspace } from './support/run-cli.ts'

let place: Workspace
beforeEach(() => {
  place = workspace()
})
afterEach(() => place[Symbol.dispose]())

const log = () => place.at('log.csv')
const read = () => readFileSync(log(), 'utf8')
type Row = Readonly<Record<string, string>>
const rows = (): Row[] => parse(read(), { columns: true, bom: true })
const add = (report: Report) => appendToRunLog(log(), report)

const open = { ...PASS.result.plan, curve: [{ from: 50, to: 200, over: 1_000 }] }
const OPEN: Report = {
  ...PASS,
  result: { ...PASS.result, plan: open },
  run: { ...PASS.run, change: 'Keep connections, and "reuse" them' },
}

test('the first run begins it, the second one joins it', async () => {
  await checkRunLog(log())
  expect(readdirSync(place.path)).toEqual([])
  expect(await add(OPEN)).toBeUndefined()
  await checkRunLog(log())
  const plan = { ...open, model: 'closed' as const }
  const dirty = { ...PASS.run, commit: undefined, changedFrom: 'd'.repeat(40), url: undefined }
  expect(await add({ ...PASS, result: { ...PASS.result, plan }, run: dirty })).toBeUndefined()
  expect(read().split('\n')).toEqual([
    'date,commit,change,focus,users,rate,result,notes,links',
    '2026-01-15T12:00:00Z,8d0226dbe3a1c1f5ab7e6d5c4b3a291807f6e5d4,"Keep connections, and ""reuse"" them",storefront,,200,"pass, p95 118 ms, errors 0 %, 200/s",All 3 budgets hold.,https://github.com/octo-org/shop/actions/runs/1234567890',
    `2026-01-15T12:00:00Z,${'d'.repeat(40)}+,,storefront,200,,"pass, p95 118 ms, errors 0 %, 200/s",All 3 budgets hold.,`,
    '',
  ])
  expect(readdirSync(place.path)).toEqual(['log.csv'])
})

test('of arrivals and users at once it has both', async () => {
  await add(MIXED)
  expect(rows()).toMatchObject([{ users: '30', rate: '100' }])
})

test('a run that came to nothing, of a version that kept no curve, has empty cells', async () => {
  const { comparison, result, verdict } = EVERYTHING
  await add({
    ...EVERYTHING,
    comparison: { ...comparison, scopes: [] },
    result: { ...result, startedAt: 0, plan: { ...result.plan, curve: undefined } },
  })
  expect(rows()).toMatchObject([{ date: '', users: '', rate: '', result: 'invalid', notes: verdict.reason }])
})

test('a title that a spreadsheet would compute is a text', async () => {
  for (const change of ['=HYPERLINK("https://evil.example")', '+1', '-2+3', '@x', '\t=1', 'a\r\n=1,b'])
    await add({ ...PASS, run: { ...PASS.run, change } })
  expect(rows().map(({ change }) => change)).toEqual([
    '\'=HYPERLINK("https://evil.example")',
    "'+1",
    "'-2+3",
    "'@x",
    "'=1",
    'a =1,b',
  ])
})

test('lines and columns of somebody else stay as they are', async () => {
  const before = `\ufeff${RUN_LOG_HEADER.trimEnd()},owner,"a, b"\r\n2025-01-01,abc,by hand,shop,,,fine,,,ada,x`
  writeFileSync(log(), before)
  await checkRunLog(log())
  await add(OPEN)
  expect(read().startsWith(`${before}\r\n2026-`)).toBe(true)
  expect(read().endsWith(',,\r\n')).toBe(true)
  expect(rows()).toMatchObject([{ owner: 'ada' }, { focus: 'storefront', owner: '' }])
})

test.each([
  ['other columns', 'commit,date,change\n1,2,3\n'],
  ['our columns in another order', RUN_LOG_HEADER.replace('date,commit', 'commit,date')],
  ['one of ours is missing', RUN_LOG_HEADER.replace(',notes', '')],
  ['no columns', '2026-01-01,abc\n'],
  ['nothing', ''],
])('a file with %s is refused before the load, and left as it is', async (_, text) => {
  writeFileSync(log(), text)
  await expect(checkRunLog(log())).rejects.toThrow(
    expect.objectContaining({
      kind: 'usage',
      message: expect.stringContaining('log.csv does not begin with the columns'),
    }),
  )
  expect(await add(PASS)).toMatch(/log\.csv: .*columns/)
  expect(read()).toBe(text)
})

test('what is no file is refused, and a log that went away in between costs a remark', async () => {
  mkdirSync(log())
  await expect(checkRunLog(log())).rejects.toThrow(/cannot be written: it is not a regular file/)
  expect(await add(PASS)).toMatch(/^The run was not added to .*log\.csv: .*EISDIR/)
})

/** Begins each of twenty logs in the same moment as the others do, and adds five lines to it. */
const WRITER = `
  const [module, path, text, start] = process.argv.slice(1)
  const { appendToRunLog } = await import(module)
  const report = JSON.parse(text)
  for (let log = 0; log < 20; log++) {
    while (Date.now() < Number(start) + 30 * log);
    for (let n = 0; n < 5; n++) {
      const change = [process.pid, log, n].join(' ')
      const problem = await appendToRunLog(path + log, { ...report, run: { ...report.run, change } })
      if (problem) throw new Error(problem)
    }
  }`

test('processes that begin it at once lose no line, and begin it once', async () => {
  const module = join(import.meta.dirname, '..', 'src', 'run-log.ts')
  const args = ['--input-type=module', '-e', WRITER, module, log(), JSON.stringify(OPEN), String(Date.now() + 1_500)]
  await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, args)))
  for (let n = 0; n < 20; n++) {
    const text = readFileSync(`${log()}${n}`, 'utf8')
    const found: Row[] = parse(text, { columns: true })
    expect([found.length, new Set(found.map(({ change }) => change)).size]).toEqual([20, 20])
    expect(text.split('\n').filter((line) => line.startsWith('date,'))).toHaveLength(1)
  }
  expect(readdirSync(place.path)).toHaveLength(20)
})
