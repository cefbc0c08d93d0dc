// The one reader of report.json: what a run wrote comes back whole, and nothing else comes through.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import { createRedactor } from '../../src/output/redact.ts'
import { FORMS } from '../../src/report/forms.ts'
import { keptReport, renderJson } from '../../src/report/json.ts'
import type { Report } from '../../src/report/report.ts'
import { readReport, reportSchema } from '../../src/report/report-file.ts'
import { renderTerminal } from '../../src/report/terminal.ts'
import { EVERYTHING, KEPT } from './kept-reports.ts'
import { hostile } from './reports.ts'

const same = (text: string) => text
const data = (report: Report) => JSON.parse(renderJson(report))
const isValid = new Ajv({ strict: true, allowUnionTypes: true }).compile(reportSchema())

/** Every form, by the name of its file. */
function formsOf(report: Report): Readonly<Record<string, string>> {
  const files = Object.values(FORMS).flat()
  const terminal = renderTerminal(report, { colour: true, width: 80 })
  return { terminal, ...Object.fromEntries(files.map(({ name, render }) => [name, render(report)])) }
}

test.each(KEPT)('%s: what is written is read, and valid by the schema', (_, report) => {
  expect(readReport(renderJson(report))).toEqual(report)
  expect([isValid(data(report)), isValid.errors]).toEqual([true, null])
})

test.each(KEPT)('%s: each form comes out of the file as it came out of the run', (_, report) => {
  const kept = keptReport(report, same)
  expect(formsOf(readReport(renderJson(kept)))).toEqual(formsOf(kept))
  // Nothing is lost in keeping it.
  expect(formsOf(kept)).toEqual(formsOf(report))
})

const SECRETS = ['c4nary+of/the=job&"quoted" 7f3a', '412', 'hid\u200bden7f3a', 'a|b token', '1234']

test.each(SECRETS)(
  'a secret such as %j is in no form, and each comes out of the file as it came out of the run',
  (secret) => {
    const { add, redact } = createRedactor()
    add(secret)
    const names = [secret, `x ${secret}`, `${secret} y`, `https://h/${encodeURIComponent(secret)}`, 'shop › GET /store']
    const kept = keptReport({ ...hostile(names), result: EVERYTHING.result }, redact)
    const shown = formsOf(kept)
    expect(formsOf(readReport(renderJson(kept)))).toEqual(shown)
    if (secret.length < 6) return
    for (const [form, text] of Object.entries(shown)) {
      const places = [secret, secret.replaceAll('|', '¦'), secret.replace('\u200b', ''), encodeURIComponent(secret)]
      for (const place of places) expect([form, text.includes(place)]).toEqual([form, false])
    }
  },
)

test('a secret that is invisible in part is not put together by a renderer', () => {
  const { add, redact } = createRedactor()
  add('correct horse')
  const kept = keptReport(
    { ...hostile(['corr\u200bect\thorse', 'correct  \u202ehorse']), result: EVERYTHING.result },
    redact,
  )
  for (const text of Object.values(formsOf(kept))) expect(text).not.toContain('correct horse')
})

test('a short secret breaks no count, no histogram and no name of a commit', () => {
  const { add, redact } = createRedactor()
  const { commit, fingerprint, steps } = EVERYTHING.result
  for (const secret of [commit!.slice(3, 8), fingerprint.plan.slice(0, 4), steps[0]!.response.slice(8, 14), '1000'])
    add(secret)
  expect(readReport(renderJson(keptReport(EVERYTHING, redact))).result).toEqual(EVERYTHING.result)
})

/** The words of ours that decide what a renderer does. */
function ourWords(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string' && /^(kind|outcome|metric|model|design|code|effect|load|cause)$/.test(key)
      ? [inner]
      : ourWords(inner),
  )
}

const WORDS = [...new Set(KEPT.flatMap(([, report]) => ourWords(report)))].sort()

test.each(WORDS)('a secret that is our own word %j, or a part of it, changes nothing of the verdict', (word) => {
  for (const secret of [word, word.slice(0, 4), word.slice(-5)]) {
    const { add, redact } = createRedactor()
    add(secret)
    for (const [name, report] of KEPT) {
      const kept = keptReport(report, redact)
      expect([name, ourWords(kept)]).toEqual([name, ourWords(report)])
      expect(formsOf(readReport(renderJson(kept)))).toEqual(formsOf(kept))
    }
  }
})

test('but a commit that is a secret as a whole is hidden', () => {
  const { add, redact } = createRedactor()
  add(EVERYTHING.result.commit!)
  expect(keptReport(EVERYTHING, redact).result.commit).toBe('***')
})

test('what is no number is left out', () => {
  const odd = { ...EVERYTHING, beside: undefined, verdict: { ...EVERYTHING.verdict, also: [] } }
  const [row] = odd.comparison.budgets
  const comparison = { ...odd.comparison, budgets: [{ ...row!, limit: Number.POSITIVE_INFINITY }] }
  expect(keptReport({ ...odd, comparison }, same).comparison.budgets[0]).not.toHaveProperty('limit')
})

// --- what is not a report --------------------------------------------------------------------------------------------

/** Every value that is no list and no record, by its way. */
function leaves(value: unknown, way: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [way]
  return Object.entries(value).flatMap(([key, inner]) =>
    leaves(inner, [...way, Array.isArray(value) ? Number(key) : key]),
  )
}

function changed(way: readonly (string | number)[], value: unknown): unknown {
  const copy = data(EVERYTHING)
  const last = way.at(-1)!
  way.slice(0, -1).reduce((at, key) => at[key], copy)[last] = value
  return copy
}

const refused = (value: unknown) => () => readReport(JSON.stringify(value))

test('no value of a report may be of another type, by the reader and by the schema', () => {
  // One of each place: what differs in an index alone is read alike.
  const places = new Map(
    leaves(data(EVERYTHING)).map((way) => [way.filter((key) => typeof key === 'string').join('.'), way]),
  )
  expect(places.size).toBeGreaterThan(180)
  const taken = [...places.values()].flatMap((way) =>
    [{}, null, [[]]].flatMap((value) => {
      const file = changed(way, value)
      const throws = (() => {
        try {
          readReport(JSON.stringify(file))
          return false
        } catch {
          return true
        }
      })()
      return throws && !isValid(file)
        ? []
        : [`${way.join('.')} = ${JSON.stringify(value)}: ${throws}, ${isValid(file)}`]
    }),
  )
  expect(taken).toEqual([])
})

test.each<[string, unknown, RegExp]>([
  ['no record', 7, /no report of Loadgate$/],
  ['nothing', null, /no report of Loadgate$/],
  ['another file', { name: 'x' }, /no report of Loadgate$/],
  ['a result', { kind: 'loadgate-result' }, /a result by itself: `loadgate compare` judges it/],
  ['a baseline', { kind: 'loadgate-baseline' }, /a baseline: `loadgate baseline show`/],
  ['a kind like no other', { kind: 'constructor' }, /no report of Loadgate$/],
  ['a later schema', changed(['schema'], 2), /The report has schema 2; this version reads 1/],
  ['an older schema, which never was', changed(['schema'], 0), /The report is damaged: schema is not 1/],
  ['no verdict', changed(['verdict'], undefined), /verdict is not a record/],
  ['an outcome that is none', changed(['verdict', 'outcome'], 'green'), /verdict\.outcome is not pass or fail or/],
  [
    'a metric that is none',
    changed(['comparison', 'budgets', 0, 'metric'], 'p95x'),
    /budgets\[0\]\.metric is not a metric/,
  ],
  [
    'a kind of judgement that is none',
    changed(['comparison', 'budgets', 0, 'judgement'], { kind: 'fine' }),
    /judgement\.kind is not holds or/,
  ],
  ['a damaged result', changed(['result', 'steps', 0, 'sent'], 7), /A result is damaged: steps\[0\] is not a sum/],
  ['a result of a later schema', changed(['result', 'schema'], 2), /The result has schema 2/],
  [
    'a run of the history that is not there',
    changed(['history', 'series', 0, 'points', 0, 'run'], 2),
    /history is not a history whose parts/,
  ],
  [
    'an environment that is not there',
    changed(['history', 'runs', 0, 'environment'], 1),
    /history is not a history whose parts/,
  ],
  ['a histogram that is none', changed(['beside', 0, 'response'], 'h1:A'), /histogram is damaged/],
  ['a text of megabytes', changed(['run', 'reproduce'], 'x'.repeat(10_001)), /run\.reproduce is not a text of at most/],
])('%s is refused', (_, value, words) => {
  expect(refused(value)).toThrow(words)
  expect(refused(value)).toThrow(expect.objectContaining({ name: 'LoadgateError' }))
})

test('what is no JSON is refused without a word of it', () => {
  for (const text of ['', '{', 'root:x:0:0', '['.repeat(200_000)])
    expect(() => readReport(text)).toThrow(/^The report is damaged: it is not JSON$/)
})

test('a key that is not known is left behind, and none reaches a prototype', () => {
  const text = renderJson(EVERYTHING)
  const more = text.replace('{', '{"colour":"red","__proto__":{"verdict":{"outcome":"pass"}},')
  expect(readReport(more)).toEqual(EVERYTHING)
})

test('the schema is that of this reader (else: npm run generate)', () => {
  const path = join(import.meta.dirname, '..', '..', 'loadgate-report.schema.json')
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(JSON.stringify(reportSchema())))
})
