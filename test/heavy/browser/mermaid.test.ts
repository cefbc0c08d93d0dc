// The charts of a comment, drawn by the newest Mermaid and by the oldest that GitHub is known to have run.
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { renderMarkdown } from '../../../src/report/markdown.ts'
import { mermaidChart } from '../../../src/report/mermaid.ts'
import * as reports from '../../report/reports.ts'
import { SITUATIONS } from '../../report/situations.ts'
import { type Browser, launchChromium, type Page, packageFile } from './chromium.ts'

const VERSIONS = ['mermaid-11-3/dist/mermaid.min.js', 'mermaid/dist/mermaid.min.js'] as const
const THEMES = ['default', 'dark'] as const

/** As much of it as is asked of it here. */
interface Mermaid {
  initialize(config: { readonly startOnLoad: boolean; readonly theme: string }): void
  render(id: string, source: string): Promise<{ readonly svg: string }>
}

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser?.close())

function chartsIn(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```mermaid\n([\s\S]*?)\n```$/gm)].map(([, source = '']) => source)
}

const EXTREMES = [[0, 0], [1e-9, 1e12], [0.000_3, 99.2], Array.from({ length: 20 }, (_, n) => n ** 7)].flatMap(
  (line) =>
    mermaidChart({
      ...{
        title: 'p99.9, this run last. Flat line: its limit',
        says: '2 runs, now 412 ms.',
        unit: '/s',
        places: line.map((_, at) => `-${at}`),
      },
      lines: [line, line.map(() => 275.5)],
    }) ?? [],
)

const SOURCES = [
  ...SITUATIONS.map(([, report]) => renderMarkdown(report, { limit: 1e6 })),
  renderMarkdown(reports.PASS, { limit: 1e6 }),
  ...EXTREMES,
].flatMap(chartsIn)

async function open(version: (typeof VERSIONS)[number], theme: string): Promise<Page> {
  const page = await browser.newPage()
  await page.setContent('<!doctype html><title>charts</title><main></main>')
  await page.addScriptTag({ path: packageFile(version) })
  await page.evaluate((theme) => {
    const { mermaid } = globalThis as unknown as { readonly mermaid: Mermaid }
    mermaid.initialize({ startOnLoad: false, theme })
  }, theme)
  return page
}

function draw(page: Page, source: string): Promise<string> {
  return page.evaluate(async (source) => {
    const { mermaid } = globalThis as unknown as { readonly mermaid: Mermaid }
    try {
      return (await mermaid.render(`chart${Math.random().toString(36).slice(2)}`, source)).svg
    } catch (error) {
      return `not drawn: ${error}`
    }
  }, source)
}

test.each(VERSIONS.flatMap((version) => THEMES.map((theme) => [version, theme] as const)))(
  '%s draws every chart on the theme %s, in colours of ours',
  async (version, theme) => {
    expect(SOURCES.length).toBeGreaterThanOrEqual(6)
    const page = await open(version, theme)
    for (const source of SOURCES) {
      const svg = await draw(page, source)
      expect([source, svg.slice(0, 60)]).toEqual([source, expect.stringMatching(/^<svg /)])
      const lines = source.match(/^ {2}line /gm)?.length ?? 0
      const drawn = ['#3b82f6', '#d97706'].filter((colour) => svg.includes(colour))
      expect([source, drawn.length]).toEqual([source, lines])
      expect(svg).not.toMatch(/Syntax error|NaN/)
      expect(svg).toMatch(/<desc[^>]*>[^<]+\.<\/desc>/)
    }
    await page.close()
  },
)

test('what is no chart is told from one', async () => {
  const page = await open(VERSIONS[0], 'default')
  expect(await draw(page, 'xychart-beta\n  line [1e3, x]')).toMatch(/not drawn|Syntax error/)
  await page.close()
})
