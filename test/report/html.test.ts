// The page as text: what it holds, that it is the same whenever it is made, and that no name becomes markup.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { pageAssets } from '../../scripts/page-assets.ts'
import { renderHtml } from '../../src/report/html/page.ts'
import type { PageData } from '../../src/report/html/page-data.ts'
import { keptReport } from '../../src/report/json.ts'
import type { Report } from '../../src/report/report.ts'
import { expectGolden } from '../support/golden.ts'
import * as pages from './pages.ts'
import * as reports from './reports.ts'
import { EVENTS } from './situations.ts'

test('the script and the style in the page are those of these sources (else: npm run generate)', async () => {
  const committed = readFileSync(resolve(import.meta.dirname, '../../src/report/html/page-assets.ts'), 'utf8')
  expect(await pageAssets()).toBe(committed)
})

test.each<[string, Report]>([
  ['pass', pages.PASS],
  ['fail', pages.FAIL],
  ['inconclusive', pages.INCONCLUSIVE],
  ['invalid', pages.INVALID],
  ['first-run', pages.FIRST],
  ['side-by-side', pages.SIDE_BY_SIDE],
  ['huge-change', pages.HUGE_CHANGE],
  ['improvement', pages.IMPROVEMENT],
  ['partial-workers', pages.PARTIAL],
  ['accepted', pages.ACCEPTED],
  ['fork', pages.FORK],
  ['mixed', pages.MIXED],
  ['300-steps', pages.manySteps(300)],
  ['hostile', pages.hostile(reports.HOSTILE)],
  ['little-known', reports.PASS],
  ['events', EVENTS],
])('the page of %s', (name, report) => {
  expectGolden(`page/${name}.golden.html`, bare(renderHtml(report)))
})

test('the policy lets our script and style in, by their hashes, and nothing else', () => {
  const page = renderHtml(pages.FAIL)
  const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? []
  const hashOf = (element: string) => {
    const [, code = ''] = new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(page) ?? []
    return `&#39;sha256-${createHash('sha256').update(code).digest('base64')}&#39;`
  }
  expect(policy.split('; ')).toEqual([
    'default-src &#39;none&#39;',
    `script-src ${hashOf('script')}`,
    `style-src ${hashOf('style')}`,
    'base-uri &#39;none&#39;',
    'form-action &#39;none&#39;',
  ])
  expect(/.{0,30}(?: style=| on\w+=|javascript:|\bsrc=).{0,30}/.exec(bare(page))?.[0]).toBeUndefined()
})

test('absent facts make no section', () => {
  const page = bare(renderHtml({ ...reports.PASS, result: { ...reports.PASS.result, steps: [] } }))
  const sections = [...page.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id)
  expect(sections).toEqual(['budgets', 'compared', 'steps', 'workers', 'method'])
  for (const id of sections) expect(page.includes(`<a href="#${id}">`)).toBe(true)
})

test('on broken evidence no budget is said to hold or to be exceeded', () => {
  const page = bare(renderHtml(pages.INVALID))
  expect(page.match(/class="result">not judged/g)).toHaveLength(3)
  expect(page).not.toMatch(/class="result">(holds|exceeded)/)
})

test('a secret that was taken out of the report is nowhere in the page, and no figure is taken for one', () => {
  const secret = 's3cr3t-t0ken'
  const names = Array.from({ length: 12 }, (_, n) => `${n} ${secret} ${n}`)
  const redact = (text: string) => text.replaceAll(secret, '***').replaceAll('412', '***')
  const report = pages.hostile(names)
  const steps = report.result.steps.map((step) => ({ ...step, statuses: { 200: 3 } }))
  const page = renderHtml(keptReport({ ...report, result: { ...report.result, steps } }, redact))
  expect(page.includes(secret)).toBe(false)
  expect(page.includes('0 *** 0')).toBe(true)
  expect(page.includes('<b>412 ms</b>')).toBe(true)
})

test('of arrivals and users at once both loads are drawn as they were planned, and none of the background', () => {
  const page = renderHtml(pages.MIXED)
  const { load, users } = dataOf(page)
  expect([load?.of, load?.at, load?.planned]).toEqual(['arrivals', [0, 30, 30, 60], [50, 100, 100, 100]])
  expect(users?.of).toBe('users')
  const level = (second: number) => users!.planned[users!.at.lastIndexOf(second)]
  expect([0, 20, 40, 60].map(level)).toEqual([5, 22.5, 0, 0])
  // What was achieved of each is not told apart.
  expect([load?.achieved, users?.achieved]).toEqual([undefined, undefined])
  const charts = [...page.matchAll(/data-chart="(load|users)" data-name="([^"]*)"/g)].map(([, name, title]) => [
    name,
    title,
  ])
  expect(charts).toEqual([
    ['load', 'Load: arrivals per second'],
    ['users', 'Load: users'],
  ])
  expect(page.replaceAll('\u00a0', ' ').match(/Planned up to [^.<]*\./g)).toEqual([
    'Planned up to 100/s.',
    'Planned up to 30 users.',
  ])
})

test('what a service wrote that did not start is shown line by line, and nothing of it is markup', () => {
  const lastOutput = 'no database\n\n<script>alert(1)</script>\r\n\u001b[31mred'
  const page = renderHtml({ ...pages.PASS, run: { ...pages.PASS.run, lastOutput } })
  const [, text] = /<section id="last-output">.*?<code>(.*?)<\/code>/s.exec(page) ?? []
  expect(text?.split('\n')).toEqual([
    'no database',
    '&lt;script&gt;alert(1)&lt;/script&gt;',
    expect.stringMatching(/red$/),
  ])
  expect(text).not.toContain('\u001b')
})

test('a damaged histogram does not keep the page from being written', () => {
  const steps = [reports.step('GET /store', { firstByte: undefined, service: reports.histogram(1), response: 'h1:?' })]
  const damaged = { ...pages.FAIL, result: { ...pages.FAIL.result, steps } }
  const page = bare(renderHtml(damaged))
  expect(page.includes('<section id="over-time">')).toBe(true)
  expect(page.includes('<section id="distribution">')).toBe(false)
})

test('a day of seconds is thinned out, and its extremes stay', () => {
  const at = 43_217
  const intervals = pages.sparse(86_400, {
    index: at,
    succeeded: 999,
    failed: 77,
    response: reports.histogram(1, 9_876),
  })
  const report = {
    ...pages.PASS,
    result: { ...pages.PASS.result, plan: { ...pages.PASS.result.plan, measured: 86_400_000 }, intervals },
  }
  const page = renderHtml(report)
  const { course } = dataOf(page)
  expect(course?.at.length).toBeLessThanOrEqual(1_200)
  expect(Math.max(...course!.max.map((value) => value ?? 0))).toBeCloseTo(9_876, -1)
  expect(Math.max(...course!.failed.map((value) => value ?? 0))).toBe(77)
  expect(Math.max(...course!.succeeded.map((value) => value ?? 0))).toBe(999)
  expect(Math.min(...course!.succeeded.map((value) => value ?? 0))).toBe(0)
  expect(/slowest request [^.]*/.exec(page)?.[0].replaceAll('\u00a0', ' ')).toBe(
    'slowest request 9875 ms, at 12 h 17 s',
  )
})

/** Tags and attributes without any text or value: what a name must not be able to change. */
function skeleton(page: string): string {
  return [...page.matchAll(/<(?:[^<>"]|"[^"]*")*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '')).join('')
}

/** Two whole pages would take jest minutes to print. */
function firstDifference(one: string, other: string): number {
  let at = 0
  while (at < one.length && one[at] === other[at]) at++
  return at
}

// biome-ignore format: one list, read as a list
const TRICKS = [
  ...reports.HOSTILE, '</script>', '<script>', '</style>', '<!--', '-->', '<![CDATA[', ']]>', '</title>', '"', "'", '`', '<', '>', '&', '&lt;', '&#60;',
  '" onload="alert(1)', "' onfocus='alert(1)", '</code>', '</option>', '</svg>', '<svg onload=alert(1)>', '<img src=x onerror=alert(1)>', 'javascript:alert(1)',
  '\ue000', '\ue001', '\u2028', '\u202e', '\u0000', '\ud800', '{{x}}', '${x}', '\\u003c', '\\', '\n', ' ',
]
const name = fc.oneof(
  fc.string({ unit: fc.constantFrom(...TRICKS), maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
)

test('no name changes the page: the same elements and attributes as with harmless names', () => {
  const harmless = skeleton(bare(renderHtml(pages.hostile(Array.from({ length: 12 }, (_, n) => `n${n}`)))))
  const check = (names: readonly string[]) => {
    const page = bare(renderHtml(pages.hostile(names)))
    const [own, at] = [skeleton(page), firstDifference(skeleton(page), harmless)]
    expect(own.slice(at, at + 100)).toBe(harmless.slice(at, at + 100))
    // Whatever is not one of our tags has no sign left that could begin one.
    expect(/.{0,30}[<>].{0,30}/.exec(page.replace(/<(?:[^<>"]|"[^"]*")*>/g, ''))?.[0]).toBeUndefined()
    expect(JSON.stringify(dataOf(page))).not.toMatch(/[^\w{}[\]",:.-]/)
  }
  fc.assert(fc.property(fc.uniqueArray(name, { minLength: 12, maxLength: 12 }), check), { numRuns: 40 })
  check(reports.HOSTILE)
})

function dataOf(page: string): PageData {
  return JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/.exec(page)?.[1] ?? '')
}

/** Without the script and the style, which are the same in every page. */
function bare(page: string): string {
  return page.replace(/<(script|style)>.*?<\/\1>/gs, '<$1>…</$1>').replaceAll(/sha256-[\w+/=]+/g, 'sha256-…')
}
