import { partNamed, WHOLE } from '../compare/scope.ts'
import { Histogram } from '../histogram.ts'
import { formatChange, formatCount, formatMs, type Ms } from '../units.ts'
import { codeSpan } from './code-span.ts'
import { NONE } from './figures.ts'
import { keyBudget } from './key-budget.ts'
import { mermaidChart } from './mermaid.ts'
import type { Report } from './report.ts'
import { table } from './table.ts'

const PERCENTILES = [50, 75, 90, 95, 99, 99.9]
/** A percentile of which so few samples lie beyond is that of a few requests. */
const FEWEST_BEYOND = 5

interface Row {
  readonly percentile: number
  readonly before: Ms
  readonly now: Ms
}

/** Where in the distribution a change is: percentiles side by side, for Markdown. Empty where nothing was compared. */
export function percentileBlocks(report: Report): readonly string[] {
  const found = percentilesOf(report)
  if (found === undefined || found.rows.length < 2) return []
  const { scope, rows, samples } = found
  const sides =
    report.comparison.baseline.kind === 'side-by-side' ? (['base', 'head'] as const) : (['before', 'now'] as const)
  const cells = rows.map(({ percentile, before, now }) => [
    `p${percentile}`,
    formatMs(before),
    formatMs(now),
    before > 0 ? formatChange(now / before) : NONE,
  ])
  const chart = mermaidChart({
    title: `Blue: ${sides[1]}. Orange: ${sides[0]}.`,
    says: 'The figures stand in the table above.',
    unit: 'ms',
    places: rows.map(({ percentile }) => `p${percentile}`),
    lines: [rows.map(({ now }) => now), rows.map(({ before }) => before)],
  })
  const what = scope === WHOLE.name ? 'The whole run' : codeSpan(scope)
  return [
    `${what}, ${formatCount(samples.before)} successful requests ${sides[0]} and ${formatCount(samples.now)} ${sides[1]}:`,
    table(['Percentile', ...sides, 'change'], cells, []),
    ...(chart === undefined ? [] : [chart]),
  ]
}

/** Of the part of the load that the verdict turns on. A damaged histogram has none, and is a defect told elsewhere. */
function percentilesOf(report: Report) {
  const { beside, result } = report
  if (beside === undefined) return undefined
  const part = partNamed(keyBudget(report)?.budget.of, result.steps, result.background) ?? WHOLE
  const times = (steps: typeof beside) => Histogram.of(...steps.filter(part.includes).map(({ response }) => response))
  try {
    const [before, now] = [times(beside), times(result.steps)]
    const rows = PERCENTILES.flatMap((percentile): Row[] => {
      const beyond = (1 - percentile / 100) * Math.min(before.count, now.count)
      const [was, is] = [before.quantile(percentile / 100), now.quantile(percentile / 100)]
      if (was === undefined || is === undefined || beyond < FEWEST_BEYOND) return []
      return [{ percentile, before: was / 1000, now: is / 1000 }]
    })
    return { scope: part.name, rows, samples: { before: before.count, now: now.count } }
  } catch {
    return undefined
  }
}
