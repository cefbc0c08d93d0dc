import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { CHART_COLOURS, mermaidChart } from '../../src/report/mermaid.ts'

const CHART = { title: 'p95', says: '2 runs at 1 ms.', unit: 'ms', places: ['-1', 'now'], lines: [[1, 2]] }

/** Of WCAG 2.1: from 1 to 21. */
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)]
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

test('each line stands out from a light page and from a dark one', () => {
  for (const colour of CHART_COLOURS)
    for (const page of ['#ffffff', '#0d1117', '#333333'])
      expect([colour, page, contrast(colour, page) >= 3]).toEqual([colour, page, true])
})

test('what stands in a chart is ours, or there is no chart', () => {
  expect(mermaidChart(CHART)).toContain('x-axis ["-1", "now"]')
  for (const word of ['"]', '%%{init', '`', '\n', '#quot;', '<b>', ';', '@x', 'ümlaut'])
    expect(mermaidChart({ ...CHART, places: [word, 'now'] })).toBeUndefined()
})

test('nothing is drawn of too little, of lines that part, or of what is no number', () => {
  expect(mermaidChart({ ...CHART, places: ['now'], lines: [[1]] })).toBeUndefined()
  for (const line of [[1], [1, 2, 3], [1, Number.NaN], [1, Number.POSITIVE_INFINITY]])
    expect(mermaidChart({ ...CHART, lines: [line] })).toBeUndefined()
})

test('numbers keep four digits, have no exponent, and are below the top of the axis', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (value) => {
      const text = mermaidChart({ ...CHART, lines: [[0, value]] }) ?? ''
      const [, drawn = ''] = /line \[0, (\d+(?:\.\d+)?)\]/.exec(text) ?? []
      const [, top = ''] = /0 --> (\d+(?:\.\d+)?)/.exec(text) ?? []
      expect(Math.abs(Number(drawn) - value)).toBeLessThanOrEqual(Math.max(value * 1e-3, 1e-5))
      expect(Number(top)).toBeGreaterThanOrEqual(Number(drawn))
      expect(Number(top)).toBeGreaterThan(0)
    }),
  )
})
