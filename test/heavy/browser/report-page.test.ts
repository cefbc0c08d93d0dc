// The report's page in a real browser: nothing is fetched, charts show what was measured, and everybody can use it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { ShardProgress } from '../../../src/engine/shard-result.ts'
import { serveLiveHtml } from '../../../src/live-html.ts'
import { renderHtml } from '../../../src/report/html/page.ts'
import type { Report } from '../../../src/report/report.ts'
import * as pages from '../../report/pages.ts'
import * as reports from '../../report/reports.ts'
import { type Browser, launchChromium, type Page, type PageOptions, packageFile } from './chromium.ts'

const DESKTOP = { width: 1_200, height: 900 }
const PHONE = { width: 390, height: 844 }

let browser: Browser
let directory: string
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'loadgate-page-'))
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  rmSync(directory, { recursive: true, force: true })
})

const SITUATIONS: Readonly<Record<string, Report>> = {
  pass: pages.PASS,
  fail: pages.FAIL,
  inconclusive: pages.INCONCLUSIVE,
  invalid: pages.INVALID,
  'first run': pages.FIRST,
  'side by side': pages.SIDE_BY_SIDE,
  'huge change': pages.HUGE_CHANGE,
  improvement: pages.IMPROVEMENT,
  'partial workers': pages.PARTIAL,
  'accepted regression': pages.ACCEPTED,
  fork: pages.FORK,
  '300 steps': pages.manySteps(300),
  hostile: pages.hostile(reports.HOSTILE),
  'little known': reports.PASS,
}

let files = 0

/** What went wrong in it, or left it, stands in `troubles`. */
async function open(report: Report, options: PageOptions = {}): Promise<{ page: Page; troubles: string[] }> {
  const path = join(directory, `${files++}.html`)
  writeFileSync(path, renderHtml(report))
  const page = await browser.newPage({ viewport: DESKTOP, ...options })
  const troubles: string[] = []
  const address = pathToFileURL(path).href
  page.on('console', (message) => troubles.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`))
  page.on('request', (request) => {
    if (request.url() !== address) troubles.push(`request: ${request.url()}`)
  })
  await page.goto(address)
  return { page, troubles }
}

const all = Object.entries(SITUATIONS)

test.each(all)('%s: nothing is asked for, nothing goes wrong, and every chart is drawn', async (_, report) => {
  const { page, troubles } = await open(report)
  const drawn = await page.evaluate<{ frames: number; charts: number; painted: number }>(`({
    frames: document.querySelectorAll('[data-chart]').length,
    charts: document.querySelectorAll('[data-chart] canvas').length,
    painted: [...document.querySelectorAll('[data-chart] canvas')].filter((canvas) =>
      canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte > 0)).length,
  })`)
  expect(drawn.charts).toBe(drawn.frames)
  expect(drawn.painted).toBe(drawn.frames)
  expect(troubles).toEqual([])
  await page.close()
})

test.each(
  all.flatMap(([name, report]) => (['light', 'dark'] as const).map((scheme) => [name, scheme, report] as const)),
)('%s in the %s is found to be accessible', async (_, colorScheme, report) => {
  // axe is put into the page, which the page's own policy would not have.
  const { page } = await open(report, { colorScheme, bypassCSP: true })
  await page.evaluate(`for (const details of document.querySelectorAll('details')) details.open = true`)
  await page.addScriptTag({ path: packageFile('axe-core/axe.min.js') })
  const found = await page.evaluate<readonly string[]>(`axe.run().then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 200) + ' ' + failureSummary).join(' | ')))`)
  expect(found).toEqual([])
  await page.close()
})

test.each(all)('%s on a phone does not scroll sideways', async (_, report) => {
  const { page } = await open(report, { viewport: PHONE })
  await page.evaluate(`for (const details of document.querySelectorAll('details')) details.open = true`)
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(PHONE.width)
  await page.close()
})

/** A number and its unit are kept on one line. */
async function textOf(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).first().innerText()).replaceAll('\u00a0', ' ')
}

/** Where the highest line is in a chart, as shares of the plot's width and height from its lower left corner. */
async function highest(page: Page, name: string): Promise<{ readonly x: number; readonly y: number }> {
  return page.evaluate(`(() => {
    const frame = document.querySelector('[data-chart="${name}"]')
    const canvas = frame.querySelector('canvas')
    const plot = frame.querySelector('.u-over').getBoundingClientRect()
    const own = canvas.getBoundingClientRect()
    const [left, top] = [Math.round(plot.left - own.left), Math.round(plot.top - own.top)]
    const [width, height] = [Math.round(plot.width), Math.round(plot.height)]
    const { data } = canvas.getContext('2d').getImageData(left, top, width, height)
    // Lines of the grid and shades are grey, areas are all but transparent.
    const isLine = ([red, green, blue, alpha]) => alpha > 90 && Math.max(red, green, blue) - Math.min(red, green, blue) > 15
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const at = 4 * (y * width + x)
        if (isLine(data.slice(at, at + 4))) return { x: x / width, y: 1 - y / height }
      }
    throw new Error('nothing is drawn')
  })()`)
}

test('the highest rate, the most failures and the slowest request are drawn where they were', async () => {
  const intervals = pages.course({ failed: (second) => (second === 17 ? 150 : 0) })
  const records = intervals.records.map((record) =>
    record.index === 43
      ? { ...record, succeeded: 400, response: reports.histogram(...pages.times(60), 640, 640, 640) }
      : record,
  )
  const { page } = await open({ ...pages.PASS, result: { ...pages.PASS.result, intervals: { ...intervals, records } } })
  const x = (second: number) => second / 60
  const rate = await highest(page, 'rate')
  expect(rate.x).toBeCloseTo(x(43), 1)
  expect(rate.y).toBeCloseTo(1 / 1.06, 1)
  const response = await highest(page, 'response')
  expect(Math.abs(response.x - x(43))).toBeLessThan(0.02)
  expect(response.y).toBeGreaterThan(0.85)
  expect(await textOf(page, '#chart-response .says')).toContain('slowest request 640 ms, at 43 s')
  expect(await textOf(page, '#chart-rate .says')).toContain('failures in 1 of 60 intervals, most 150/s, at 17 s')
  await page.close()
})

test('the keyboard walks along a chart, and says what is there', async () => {
  const { page } = await open(pages.FAIL)
  const chart = page.locator('[data-chart="response"]')
  await chart.focus()
  await page.keyboard.press('Home')
  expect(await chart.getAttribute('aria-valuetext')).toMatch(
    /^0: p50 [\d.]+ ms · p95 [\d.]+ ms · p99 [\d.]+ ms · slowest [\d.]+ ms$/,
  )
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Shift+ArrowRight')
  expect(await chart.getAttribute('aria-valuetext')).toMatch(/^11 s: /)
  expect(await page.locator('#chart-response .readout').innerText()).toBe(await chart.getAttribute('aria-valuetext'))
  // The charts below show the same moment.
  expect(await page.locator('#chart-rate .readout').innerText()).toMatch(/^11 s: succeeded /)
  await page.keyboard.press('End')
  expect(await chart.getAttribute('aria-valuenow')).toBe('59')
  await page.locator('[data-chart="distribution"]').focus()
  await page.keyboard.press('End')
  expect(await page.locator('#chart-distribution .readout').innerText()).toMatch(/ %: compared with 195 ms$/)
  await page.close()
})

test('whatever the keyboard reaches shows that it is reached', async () => {
  const { page } = await open(pages.FAIL)
  const seen = new Set<string>()
  for (let n = 0; n < 60; n++) {
    await page.keyboard.press('Tab')
    const [what, outline] = await page.evaluate<[string, string]>(
      `((e) => [e.dataset.chart ?? e.id ?? '', getComputedStyle(e).outlineStyle])(document.activeElement)`,
    )
    if ((await page.evaluate<string>('document.activeElement.tagName')) === 'BODY') break
    seen.add(what || (await page.evaluate<string>('document.activeElement.tagName')))
    expect([what, outline]).not.toEqual([what, 'none'])
  }
  for (const what of [
    'A',
    'response',
    'rate',
    'load',
    'SUMMARY',
    'distribution-of',
    'distribution',
    'steps-find',
    'steps-concern',
    'BUTTON',
  ])
    expect([...seen]).toContain(what)
  await page.close()
})

test('a thousand steps are sorted and filtered', async () => {
  const { page } = await open(pages.manySteps(1_000))
  const names = () =>
    page.evaluate<string[]>(
      `[...document.querySelector('#steps-table').tBodies[1].rows].filter((row) => !row.hidden).map((row) => row.cells[0].textContent)`,
    )
  const p95s = () =>
    page.evaluate<number[]>(
      `[...document.querySelector('#steps-table').tBodies[1].rows].map((row) => Number(row.cells[3].dataset.by))`,
    )
  const asItWas = await names()
  expect(asItWas).toHaveLength(1_000)
  expect(asItWas[0]).toMatch(/items\/7 exceeded/)
  const p95 = page.locator('#steps-table thead button').nth(3)
  await p95.click()
  const falling = await p95s()
  expect(falling).toEqual(falling.toSorted((a, b) => b - a))
  expect(await page.evaluate('document.querySelector("#steps-table [aria-sort]").innerText')).toMatch(/^p95/)
  await p95.focus()
  await page.keyboard.press('Enter')
  const rising = await p95s()
  expect(rising).toEqual(rising.toSorted((a, b) => a - b))
  await page.keyboard.press('Enter')
  expect(await names()).toEqual(asItWas)
  await page.locator('#steps-table thead button').first().click()
  expect((await names()).slice(0, 3).map((name) => name.split('/').at(-1))).toEqual(['0', '1', '2'])
  await page.locator('#steps-find').fill('ITEMS/99')
  expect(await page.locator('#steps-count').innerText()).toBe('11 of 1,000')
  await page.locator('#steps-find').fill('')
  await page.locator('#steps-concern').click()
  expect((await names()).map((name) => Number(/\d+/.exec(name)?.[0]))).toEqual([
    5, 7, 105, 205, 305, 405, 505, 605, 705, 805, 905,
  ])
  await page.close()
})

test('the distribution of a step is drawn when it is chosen', async () => {
  const { page } = await open(pages.FAIL)
  const picture = () =>
    page.evaluate<string>(`document.querySelector('[data-chart="distribution"] canvas').toDataURL()`)
  const before = await picture()
  await page.locator('#distribution-of').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  expect(await page.evaluate(`document.querySelector('#distribution-of').value`)).toBe('1')
  expect(await picture()).not.toBe(before)
  await page.close()
})

test('no name comes alive', async () => {
  const tricks = [
    '</script><script>document.title = 1</script>',
    '"><img src=x onerror="document.title = 2">',
    '</title><svg onload="document.title = 3">',
    '</option></select><b>',
  ]
  const { page, troubles } = await open(pages.hostile([...reports.HOSTILE, ...tricks]))
  expect(await page.evaluate('document.title')).toMatch(/^fail: .* – Loadgate$/)
  expect(
    await page.evaluate(
      `document.querySelectorAll('img, script:not([type]), iframe, form, object, [onerror], [onload]').length`,
    ),
  ).toBe(1)
  expect(
    await page.evaluate(
      `[...document.querySelectorAll('a')].map((a) => a.getAttribute('href')).filter((href) => !href.startsWith('#'))`,
    ),
  ).toEqual([])
  expect(troubles).toEqual([])
  await page.close()
})

test('without scripts, the verdict, its reasons, the budgets and the steps are there', async () => {
  const { page } = await open(pages.FAIL, { javaScriptEnabled: false })
  expect(await textOf(page, 'h1')).toBe(`✕ fail ${pages.FAIL.verdict.reason.replace(/\.$/, '')}`)
  for (const reason of pages.FAIL.verdict.also) expect(await textOf(page, '.reasons')).toContain(reason)
  expect(await page.locator('.budget .strip').count()).toBe(5)
  expect(await page.locator('#steps-table tbody tr').count()).toBe(4)
  expect(await page.locator('[data-chart="response"]').innerText()).toContain('which has not run')
  expect(await page.locator('.controls').first().isVisible()).toBe(false)
  await page.close()
})

test('a run is followed while it goes on, and ends in its report', async () => {
  const live = await serveLiveHtml(0, { profile: 'loadgate.yml' })
  try {
    const page = await browser.newPage({ viewport: DESKTOP })
    const troubles: string[] = []
    page.on('console', (message) => troubles.push(`console: ${message.text()}`))
    page.on('pageerror', (error) => troubles.push(`error: ${error.message}`))
    await page.goto(live.address)
    const tell = { base: live.follow(FRAME, 'base'), head: live.follow(FRAME, 'head') }
    for (let n = 1; n <= 3; n++) {
      await sleep(950)
      for (const side of ['base', 'head'] as const) tell[side](progress(n, side === 'base' ? 20 : 40))
    }
    const now = page.locator('#live-now')
    for (let tries = 0; tries < 100 && !(await now.innerText()).includes('300'); tries++) await sleep(50)
    expect((await now.innerText()).split('\n').map((row) => row.split('\t').slice(0, 4))).toEqual([
      ['base', '100/s', '20 ms', '20 ms'],
      ['head', '100/s', '40 ms', '40 ms'],
    ])
    expect(await page.locator('#live-state').innerText()).toBe('sending: 3 s of 10 s')
    expect(await page.locator('[data-chart] canvas').count()).toBe(3)
    await page.locator('[data-chart="live-response"]').focus()
    await page.keyboard.press('End')
    expect(await page.locator('[data-chart="live-response"]').getAttribute('aria-valuetext')).toMatch(
      /head p50 40 ms · head p95 40 ms$/,
    )
    await live.end(renderHtml(pages.SIDE_BY_SIDE))
    for (let tries = 0; tries < 100 && !(await page.locator('h1').innerText()).includes('pass'); tries++)
      await sleep(50)
    expect(await page.locator('h1').innerText()).toContain('All 3 budgets hold')
    expect(troubles).toEqual([])
  } finally {
    await live.close()
  }
})

const FRAME = { model: 'open' as const, measureFrom: 1_000, duration: 10_000 }

function progress(second: number, ms: number): ShardProgress {
  const counts = { sent: 100 * second, succeeded: 100 * second, failed: 0, dropped: 0, active: 4 }
  return { index: 0, elapsed: 1_000 * second, ...counts, recent: reports.histogram(ms, ms) }
}

test('24 hours of seconds with 50 steps open within 2 s, and scroll', async () => {
  const seconds = 86_400
  const steps = pages.manySteps(50)
  const slowest = { index: 43_210, succeeded: 200, failed: 0, response: reports.histogram(10, 20, 400) }
  const report: Report = {
    ...steps,
    result: {
      ...steps.result,
      plan: {
        ...steps.result.plan,
        measured: seconds * 1000,
        warmUp: 0,
        curve: [{ from: 50, to: 200, over: seconds * 1000 }],
      },
      intervals: pages.sparse(seconds, slowest),
    },
  }
  const times: number[] = []
  for (let n = 0; n < 3; n++) {
    const began = performance.now()
    const { page, troubles } = await open(report)
    const rendered = await page.evaluate<number>(
      `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))`,
    )
    times.push(rendered)
    expect(performance.now() - began).toBeGreaterThan(rendered)
    const { x } = await highest(page, 'response')
    expect(Math.abs(x - slowest.index / seconds)).toBeLessThan(0.01)
    const before = await page.evaluate<number>('scrollY')
    await page.mouse.wheel(0, 1_500)
    await page.evaluate(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`)
    await page.evaluate(`new Promise((done) => setTimeout(done, 300))`)
    expect(await page.evaluate<number>('scrollY')).toBeGreaterThan(before)
    expect(troubles).toEqual([])
    await page.close()
  }
  process.stdout.write(
    `24 hours of seconds with 50 steps: drawn ${times.map((time) => Math.round(time)).join(', ')} ms after the page was asked for\n`,
  )
  // The requirement's own figure, for the best of three on a machine that others use as well.
  expect(Math.min(...times)).toBeLessThan(2_000)
})
